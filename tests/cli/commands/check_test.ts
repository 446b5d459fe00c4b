import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Snapshot } from "../../../src/core/types.ts";
import {
  lifesign,
  type RunningScript,
  runScript,
  startScript,
  temporaryFile,
} from "../../support/program.ts";
import { unstalled } from "../../support/busy.ts";

Deno.test("check prints the status of each target, and exits 1 if one is down", async () => {
  const startedAt = performance.now();
  const { code, stdout, stderr } = await lifesign([
    "check",
    "127.0.0.1:1",
    "http://127.0.0.1:9/x",
  ]);
  assert(performance.now() - startedAt < 20_000);
  const [heading, first, second] = stdout.split("\n");
  assertMatch(heading!, /^CHECK +STATUS +TIME +REASON$/);
  assertMatch(
    first!,
    /^tcp:\/\/127\.0\.0\.1:1 +unhealthy +\S+ +127\.0\.0\.1:1 refused the connection$/,
  );
  assertMatch(
    second!,
    /^http:\/\/127\.0\.0\.1:9\/x +unhealthy +\S+ +127\.0\.0\.1:9 refused the connection$/,
  );
  assertEquals([code, stderr], [1, ""]);
});

Deno.test("check exits 0 if every target is healthy", async () => {
  await using server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
  }, () => new Response("ok"));
  const { port } = server.addr;
  const { code, stdout } = await lifesign([
    "check",
    `http://127.0.0.1:${port}/`,
    `tcp://127.0.0.1:${port}`,
    "exec:exit 0",
  ]);
  assertEquals(stdout.match(/ healthy /g)?.length, 3, stdout);
  assertEquals(code, 0);
});

Deno.test("check decides by one attempt, whatever the file's retries and start period", async () => {
  await using file = await temporaryFile(`
checks:
  up: { type: command, command: "exit 0" }
  down: { type: tcp, port: 1, retries: 5, start_period: 1m, initial_delay: 1m }
  late: { type: command, command: sleep 60, timeout: 100ms }
`);
  const { code, stdout } = await unstalled(() =>
    lifesign(["check", file.path])
  );
  assertMatch(stdout, /^up +healthy /m);
  assertMatch(stdout, /^down +unhealthy .*refused/m);
  assertMatch(
    stdout,
    /^late +unhealthy .*Timed out after 100ms while running/m,
  );
  assertEquals(code, 1);
});

Deno.test("check --format json prints snapshots and nothing else", async () => {
  const { code, stdout } = await lifesign([
    "check",
    "--format",
    "json",
    "tcp://[::1]:1",
  ]);
  const [snapshot] = JSON.parse(stdout);
  assertEquals(snapshot.id, "tcp://[::1]:1");
  assertEquals(snapshot.status, "unhealthy");
  assertEquals(snapshot.reason.code, "refused");
  assertEquals(code, 1);
});

Deno.test("check --timeout bounds an attempt", async () => {
  const { code, stdout } = await unstalled(() =>
    lifesign(["check", "--timeout=50ms", "exec:sleep 60"])
  );
  assertStringIncludes(stdout, "Timed out after 50ms");
  assertEquals(code, 1);
});

Deno.test("check does not print the credentials of a URL", async () => {
  const { stdout, stderr } = await lifesign([
    "check",
    "http://user:hunter22@127.0.0.1:1024/",
  ]);
  assertEquals((stdout + stderr).includes("hunter22"), false);
});

Deno.test("check names a missing flag, and the status is unknown", async () => {
  const { code, stdout, stderr } = await runScript("src/cli/main.ts", {
    flags: ["--allow-net=127.0.0.1:8080"],
    args: ["check", "tcp://127.0.0.1:8081", "http://127.0.0.1:8082/"],
  });
  assertMatch(stdout, /8081 +unknown .*--allow-net=127\.0\.0\.1:8081/);
  assertMatch(stdout, /8082\/ +unknown .*--allow-net=127\.0\.0\.1:8082/);
  assertEquals([code, stderr], [1, ""]);
});

Deno.test("check that is interrupted leaves no command behind", async () => {
  using hang = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = hang.addr as Deno.NetAddr;
  await using script = startScript("src/cli/main.ts", {
    flags: ["--allow-net", "--allow-run"],
    args: [
      "check",
      "exec:sleep 61.17",
      `tcp://127.0.0.1:${port}`,
      `http://127.0.0.1:${port}/`,
    ],
  });
  // Both targets have been asked, and so has the command been started.
  using _tcp = await hang.accept();
  using _http = await hang.accept();
  script.kill("SIGINT");
  assertEquals((await script.ended).code, 130);
  const left = await new Deno.Command("pgrep", {
    args: ["-f", "^sleep 61[.]17"],
  }).output();
  assertEquals(left.code, 1);
});

/** Checks one after the other: one that is done, one that hangs, and others. */
async function startSlowCheck(
  args: readonly string[],
): Promise<RunningScript> {
  using hang = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = hang.addr as Deno.NetAddr;
  const file = await temporaryFile(`
concurrency: 1
checks:
  done: { type: command, command: "true" }
  hangs: { type: http, url: "http://127.0.0.1:${port}/", timeout: 1m }
  later: { type: command, command: "true" }
  last: { type: command, command: "true" }
`);
  const script = startScript("src/cli/main.ts", {
    flags: ["--allow-net", "--allow-read", "--allow-run"],
    args: ["check", ...args, file.path],
  });
  const connection = await hang.accept();
  return {
    ...script,
    async [Symbol.asyncDispose]() {
      await script[Symbol.asyncDispose]();
      connection.close();
      await file[Symbol.asyncDispose]();
    },
  };
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`check prints what is known on ${signal}, and what it did not try`, async () => {
    await using script = await startSlowCheck([]);
    script.kill(signal);
    const { code, stdout, stderr } = await script.ended;
    assertMatch(
      stdout,
      /^CHECK.*\ndone +healthy +\S+\nhangs +unknown +not finished\nlater +unknown +not tried\nlast +unknown +not tried\n$/,
    );
    assertEquals(
      stderr,
      `lifesign: interrupted by ${signal}: 1 of 4 done, 1 not finished, 2 not tried\n`,
    );
    assertEquals(code, 130);
  });
}

Deno.test("check --format json prints what is known on a signal", async () => {
  await using script = await startSlowCheck(["--format=json"]);
  script.kill("SIGINT");
  const { code, stdout, stderr } = await script.ended;
  const snapshots: Snapshot[] = JSON.parse(stdout);
  assertEquals(
    snapshots.map(({ id, status, attempts, checking }) => [
      id,
      status,
      attempts,
      checking,
    ]),
    [
      ["done", "healthy", 1, false],
      ["hangs", "unknown", 0, true],
      ["later", "unknown", 0, false],
      ["last", "unknown", 0, false],
    ],
  );
  assertMatch(stderr, /^lifesign: interrupted by SIGINT: 1 of 4 done/);
  assertEquals(code, 130);
});

/** The ids of the rows of a table, in their order. */
function idsOf(table: string): string[] {
  return table.trimEnd().split("\n").slice(1).map((row) => row.split(/ +/)[0]!);
}

const GROUPS = `
checks:
  web: { type: command, command: "true", group: edge }
  api: { type: command, command: "true", group: edge }
  db: { type: command, command: "true", group: data }
  9: { type: command, command: "true" }
`;

for (
  const [args, ids] of [
    [[], ["web", "api", "db", "9"]],
    [["--check=db"], ["db"]],
    [["--check", "9", "--check", "web"], ["web", "9"]],
    [["--group=edge"], ["web", "api"]],
    [["--group=edge", "--group=data"], ["web", "api", "db"]],
    [["--group=edge", "--check=9", "--check=web"], ["web", "api", "9"]],
  ] as const
) {
  Deno.test(`check ${args.join(" ") || "FILE"} tries ${ids.join(", ")}`, async () => {
    await using file = await temporaryFile(GROUPS);
    const { code, stdout } = await lifesign(["check", file.path, ...args]);
    assertEquals([code, idsOf(stdout)], [0, ids]);
  });
}

Deno.test("check --check of a quorum tries what it is made of, and shows the quorum", async () => {
  await using file = await temporaryFile(`
checks:
  a: { type: command, command: "true" }
  q: { type: quorum, of: [b, c], need: any }
  b: { type: command, command: "true" }
  c: { type: command, command: "false" }
`);
  const { code, stdout } = await lifesign(["check", file.path, "--check=q"]);
  assertEquals([code, idsOf(stdout)], [0, ["q"]]);
  assertMatch(stdout, /^q +degraded .*1 of 2 checks are up: "c" is unhealthy/m);
});

Deno.test("check leaves out what only an agent knows, and says so", async () => {
  await using file = await temporaryFile(`
checks:
  backup: { type: heartbeat, every: 1h }
  a: { type: command, command: "true" }
`);
  const { code, stdout, stderr } = await lifesign(["check", file.path]);
  assertEquals([code, idsOf(stdout)], [0, ["a"]]);
  const why = "backup is known only to an agent, which gets the pings";
  assertStringIncludes(stderr, `lifesign: left out: ${why}`);
  const alone = await lifesign(["check", file.path, "--check=backup"]);
  assertEquals([alone.code, alone.stdout], [2, ""]);
  assertStringIncludes(alone.stderr, why);
});

Deno.test("check takes files and targets together, in their order", async () => {
  await using file = await temporaryFile(GROUPS);
  await using other = await temporaryFile(
    `checks: { more: { type: command, command: "true" } }`,
  );
  const { code, stdout } = await lifesign([
    "check",
    "exec:exit 0",
    file.path,
    "exec:true",
    other.path,
    file.path,
    "--group=data",
    "--check=more",
  ]);
  assertEquals([code, idsOf(stdout)], [
    0,
    ["exec:exit", "db", "exec:true", "more"],
  ]);
});

Deno.test("check explains a wrong selection", async (t) => {
  await using file = await temporaryFile(GROUPS);
  await using twin = await temporaryFile(GROUPS);
  const cases: [args: string[], message: string][] = [
    [[file.path, "--check=dbb"], '"dbb" in F; did you mean "db"? (see'],
    [[file.path, "--check=x"], '--check: there is no check "x" in F (see'],
    [[file.path, "--group=egde"], 'no group "egde" in F; did you mean "edge"?'],
    [[file.path, "--check=edge"], 'there is no check "edge" in F (see'],
    [["exec:true", "--check=db"], "--check: expected a config file with it"],
    [["exec:true", "--group=db"], "--group: expected a config file with it"],
    [[file.path, twin.path], 'Two checks have the id "web": in F and in F'],
    [
      [file.path, "exec:true", "nope"],
      "nope: no such file; as a target, write",
    ],
  ];
  for (const [args, message] of cases) {
    await t.step(args.slice(1).join(" "), async () => {
      const { code, stdout, stderr } = await lifesign(["check", ...args]);
      assertStringIncludes(
        stderr.replaceAll(/\/tmp\/\S+\.yaml/g, "F"),
        message,
      );
      assertEquals([code, stdout], [2, ""]);
    });
  }
});

Deno.test("check tries targets that differ only in their secrets separately", async () => {
  const { code, stdout, stderr } = await lifesign([
    "check",
    "--format=json",
    "http://127.0.0.1:1024",
    "http://127.0.0.1:1024/",
    "http://127.0.0.1:1024/?token=aaaaaaaa",
    "http://127.0.0.1:1024/?token=bbbbbbbb",
    "http://127.0.0.1:1024/?token=bbbbbbbb",
  ]);
  const snapshots: { id: string }[] = JSON.parse(stdout);
  assertEquals(snapshots.map(({ id }) => id), [
    "http://127.0.0.1:1024/",
    "http://127.0.0.1:1024/ #2",
    "http://127.0.0.1:1024/?token=***",
    "http://127.0.0.1:1024/?token=*** #2",
  ]);
  assertEquals([code, stderr], [1, ""]);
});

Deno.test("check does not print the password of a wrong target", async () => {
  const { code, stderr } = await lifesign([
    "check",
    "http://bob:hunter22@127.0.0.1:99999/",
  ]);
  assertEquals([code, stderr.includes("hunter22")], [2, false]);
});

Deno.test("check writes an id with line breaks as one line", async () => {
  await using file = await temporaryFile(
    String.raw`checks: { "a\nb\u001b[2J": { type: tcp, port: 1 } }`,
  );
  const { stdout } = await lifesign(["check", file.path]);
  assertMatch(stdout, /^a b \[2J +unhealthy/m);
});

Deno.test("check blames no target when it is itself out of file descriptors", async () => {
  using hang = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = hang.addr as Deno.NetAddr;
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of hang) connections.push(connection);
  })();
  const checks = Array.from(
    { length: 80 },
    (_, i) => `  c${i}: { type: http, url: "http://127.0.0.1:${port}/${i}" }`,
  );
  await using file = await temporaryFile(
    `per_host: 80\nchecks:\n${checks.join("\n")}`,
  );
  const { code, stdout } = await unstalled(() =>
    lifesign(["check", "--format=json", "--timeout=1s", file.path], {
      maxFiles: 64,
    })
  );
  const snapshots: { verdict: string; reason: { code: string } }[] = JSON.parse(
    stdout,
  );
  const found = new Set(
    snapshots.map(({ verdict, reason }) => `${verdict}/${reason.code}`),
  );
  assertEquals(found, new Set(["fail/timeout", "error/internal"]));
  assertEquals(code, 1);
  hang.close();
  await accepting.catch(() => {});
  for (const connection of connections) connection.close();
});
