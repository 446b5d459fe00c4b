import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  lifesign,
  runScript,
  startScript,
  temporaryFile,
} from "../../support/program.ts";
import { closedPort } from "../../support/servers.ts";

const MAIN = "src/cli/main.ts";

/** The flags of a line as a shell takes it. */
async function wordsOf(line: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `printf '%s\\n' ${line}`],
  }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/** The statuses that the agent of a file comes to. */
async function statusesOf(
  path: string,
  count: number,
  flags: readonly string[],
  args: readonly string[] = [],
): Promise<string[]> {
  await using agent = startScript(MAIN, {
    flags,
    args: ["run", ...args, path],
  });
  const seen = new Set<string>();
  while (seen.size < count) {
    const line = await agent.line("stdout", / unknown -> /);
    seen.add(line.split(" ").slice(1).join(" "));
  }
  agent.kill("SIGTERM");
  const { code, stderr } = await agent.ended;
  assertEquals(code, 0);
  assertEquals(/could not be checked|no token/.test(stderr), false, stderr);
  return [...seen].sort();
}

Deno.test("permissions prints all that the example needs, and --strict accepts it", async () => {
  const example = await Deno.readTextFile("examples/lifesign.yaml");
  await using file = await temporaryFile(
    example.replaceAll("8686", String(closedPort())),
  );
  const { code, stdout, stderr } = await runScript(MAIN, {
    flags: [`--allow-read=${file.path}`],
    args: ["permissions", file.path],
  });
  assertEquals([code, stderr, stdout.split("\n").length], [0, "", 2]);
  const flags = await wordsOf(stdout);
  const bounded = await statusesOf(file.path, 4, flags, ["--strict"]);
  assertEquals(bounded, await statusesOf(file.path, 4, ["-A"]));
  assertEquals(bounded.length, 4);
});

Deno.test("permissions merges and sorts what the file, its checks and the agent need", async () => {
  await using file = await temporaryFile(String.raw`
listen: "[::1]:8080"
checks:
  web: { type: http, url: "https://\${LIFESIGN_HOST}/", ca: "/tmp/a cat's.pem" }
  db: { type: tcp, host: db, port: 5432 }
  same: { type: tcp, host: db, port: 5432, expect: x }
  socket: { type: http, url: "http://docker/", unix: /run/docker.sock }
  proxied: { type: http, url: "http://a/", proxy: "http://proxy:3128" }
  disk: { type: command, command: [check_disk, -w, "20%"] }
  shell: { type: command, command: "echo \${LIFESIGN_WORD:-word}" }
`.replaceAll("\\$", "$"));
  const options = {
    flags: [
      `--allow-read=${file.path}`,
      "--allow-env=LIFESIGN_HOST,LIFESIGN_WORD",
    ],
    env: { LIFESIGN_HOST: "web" },
  };
  const { code, stdout, stderr } = await runScript(MAIN, {
    ...options,
    args: ["permissions", file.path],
  });
  const expected = [
    "--allow-env=LIFESIGN_HOST,LIFESIGN_TOKEN,LIFESIGN_WORD",
    "--allow-net=[::1]:8080,db:5432,proxy:3128,unix:/run/docker.sock,web:443",
    `--allow-read=/run/docker.sock,${
      ["/tmp/a cat's.pem", file.path].sort().join(",")
    }`,
    "--allow-run=check_disk,sh",
    "--allow-write=/run/docker.sock",
  ];
  assertEquals(await wordsOf(stdout), expected);
  assertEquals([code, stderr], [0, ""]);
  const json = await runScript(MAIN, {
    ...options,
    args: ["permissions", "--json", file.path],
  });
  const { flags, permissions } = JSON.parse(json.stdout);
  assertEquals(flags, expected);
  assertEquals(permissions.length, 14);
  assertEquals(permissions.at(-1), { name: "write", path: "/run/docker.sock" });
});

Deno.test("permissions has the files of a history, and of its worker", async () => {
  await using file = await temporaryFile(
    "{ listen: false, history: h.db, checks: { db: { type: tcp, port: 1 } } }",
  );
  const { stdout } = await lifesign(["permissions", file.path]);
  const files = "h.db,h.db-shm,h.db-wal,h.db.bad,h.db.bad-wal,h.db.lock";
  // Modules that do not come from JSR are files.
  const { pathname } = new URL("../../../src/", import.meta.url);
  const read = [file.path, pathname, ...files.split(",")].sort();
  assertEquals(
    stdout,
    `--allow-net=127.0.0.1:1 --allow-read=${read} --allow-write=${files}\n`,
  );
});

Deno.test("permissions prints no flag that nothing needs", async () => {
  await using file = await temporaryFile(
    "{ listen: false, checks: { db: { type: tcp, port: 5432 } } }",
  );
  const { stdout } = await lifesign(["permissions", file.path]);
  assertEquals(
    stdout,
    `--allow-net=127.0.0.1:5432 --allow-read=${file.path}\n`,
  );
  await using withToken = await temporaryFile(
    "{ token: secret, checks: { db: { type: tcp, port: 5432 } } }",
  );
  const { stdout: line } = await lifesign(["permissions", withToken.path]);
  assertEquals(line.includes("LIFESIGN_TOKEN"), false);
});

Deno.test("permissions names what no flag can allow, and the problems of a file", async () => {
  await using comma = await temporaryFile(
    'checks: { a: { type: http, url: "https://a/", ca: "a,b.pem" } }',
  );
  const unnamable = await lifesign(["permissions", comma.path]);
  assertStringIncludes(unnamable.stderr, 'No flag can allow "a,b.pem"');
  assertEquals([unnamable.code, unnamable.stdout], [2, ""]);
  await using wrong = await temporaryFile("checks: { a: { type: tcp } }");
  const { code, stderr } = await lifesign(["permissions", wrong.path]);
  assertStringIncludes(stderr, "checks.a.port: expected a port");
  assertEquals(code, 2);
});

Deno.test("run --strict refuses flags without limits, and names them", async (t) => {
  await using file = await temporaryFile(
    "{ listen: false, checks: { db: { type: tcp, port: 1 } } }",
  );
  const read = `--allow-read=${file.path}`;
  const cases: [flags: string[], surplus: string][] = [
    [["--allow-net", read], "--allow-net"],
    [["--allow-net", "--deny-net=example.com", read], "--allow-net"],
    [["--allow-run", "--allow-env", read], "--allow-env --allow-run"],
    [["--allow-read"], "--allow-read"],
    [["--allow-read=/", "--allow-write=/"], "--allow-read=/ --allow-write=/"],
    [["--allow-sys", "--allow-ffi", read], "--allow-ffi --allow-sys"],
    [
      ["-A"],
      "--allow-env --allow-ffi --allow-import --allow-net --allow-read --allow-run --allow-sys --allow-write",
    ],
  ];
  for (const [flags, surplus] of cases) {
    await t.step(flags.join(" "), async () => {
      const { code, stdout, stderr } = await runScript(MAIN, {
        flags,
        args: ["run", "--strict", file.path],
      });
      assert(stderr.includes(`--strict: ${surplus} allow`), stderr);
      assertEquals([code, stdout], [2, ""]);
    });
  }
});

Deno.test("docs/permissions.md shows the flags of the example", async () => {
  const { stdout } = await runScript(MAIN, {
    flags: ["--allow-read=examples"],
    args: ["permissions", "examples/lifesign.yaml"],
  });
  const page = await Deno.readTextFile("docs/permissions.md");
  assertStringIncludes(page, `\n${stdout}`);
  assertStringIncludes(page, stdout.trimEnd().replaceAll(" ", " \\\n  "));
});
