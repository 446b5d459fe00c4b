import { assert, assertEquals, assertMatch } from "@std/assert";
import { startAgent } from "../../support/agent.ts";
import { folderOf } from "../../support/plugins.ts";
import { type Ended, runScript } from "../../support/program.ts";

const FLAGS = ["--allow-net=127.0.0.1", "--allow-env=LIFESIGN_TOKEN"];

/** Runs the command for an agent. */
function maintenance(
  url: string | undefined,
  args: readonly string[],
  { token = "", flags = FLAGS, env = {} }: {
    readonly token?: string;
    readonly flags?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Ended> {
  return runScript("src/cli/main.ts", {
    flags,
    args: ["maintenance", ...args, ...url === undefined ? [] : ["--url", url]],
    env: { LIFESIGN_TOKEN: token, ...env },
  });
}

/** A folder with the config of an agent, which keeps a history. */
async function placeOf(top: string) {
  const folder = await folderOf({});
  await Deno.writeTextFile(
    `${folder.path}/lifesign.yaml`,
    `
listen: 127.0.0.1:0
history: ${folder.path}/lifesign.db
defaults: { interval: 1h, initial_delay: 1h }
${top}
checks:
  web: { type: tcp, port: 1, group: edge }
  db: { type: tcp, port: 1 }
`,
  );
  return folder;
}

Deno.test("maintenance is started, listed, kept over a restart and stopped", async () => {
  await using folder = await placeOf("");
  {
    await using agent = await startAgent(folder.path);
    const { url } = agent;
    const none = await maintenance(url, ["list"]);
    assertEquals([none.code, none.stdout, none.stderr], [
      0,
      "no check is in maintenance\n",
      "",
    ]);
    const started = await maintenance(url, [
      "start",
      "db",
      "--group=edge",
      "--for=30m",
      "--reason",
      "Deploying 2.1",
    ]);
    assertMatch(
      started.stdout,
      /^web until \d{4}-\S+Z: Deploying 2\.1\ndb until \d{4}-\S+Z: Deploying 2\.1\n$/,
    );
    const unknown = await maintenance(url, ["start", "x", "--for=1m"]);
    assertEquals([unknown.code, unknown.stdout, unknown.stderr], [
      2,
      "",
      'lifesign: There is no check named "x"\n',
    ]);
    agent.kill("SIGTERM");
    assertEquals((await agent.ended).code, 0);
  }
  await using agent = await startAgent(folder.path);
  const { url } = agent;
  const kept = await maintenance(url, ["list", "--format=json"]);
  const { active, planned } = JSON.parse(kept.stdout);
  assertEquals(planned, []);
  assertEquals(
    active.map(({ check, reason }: Record<string, string>) => [check, reason]),
    [["web", "Deploying 2.1"], ["db", "Deploying 2.1"]],
  );
  const stopped = await maintenance(url, ["stop", "web"]);
  assertMatch(stopped.stdout, /^db until \S+: Deploying 2\.1\n$/);
  const all = await maintenance(url, ["stop", "--all"]);
  assertEquals(all.stdout, "no check is in maintenance\n");
});

Deno.test("maintenance by the file is listed, and the token is asked for", async () => {
  const day = 86_400_000;
  const [now, later] = [Date.now() - 60_000, Date.now() + day]
    .map((at) => new Date(at).toISOString().slice(0, 16) + "Z");
  await using folder = await placeOf(`
token: s3cret
maintenance:
  - { start: "${now}", duration: 30d, groups: [edge], reason: Rack }
  - { start: "${later}", duration: 1h }
`);
  await using agent = await startAgent(folder.path);
  const { url } = agent;
  const listed = await maintenance(url, ["list"], { token: "s3cret" });
  assertMatch(
    listed.stdout,
    /^web until \S+Z by the config file: Rack\nplanned from \S+Z to \S+Z for all checks\n$/,
  );
  // It goes on, as it is not by hand.
  const stopped = await maintenance(url, ["stop", "web"], { token: "s3cret" });
  assertEquals(stopped.stdout, listed.stdout);
  for (
    const [args, hint] of [
      [{ token: "other" }, "set LIFESIGN_TOKEN"],
      [
        { token: "s3cret", flags: FLAGS.slice(0, 1) },
        "set LIFESIGN_TOKEN, and run with --allow-env=LIFESIGN_TOKEN",
      ],
    ] as const
  ) {
    const { code, stdout, stderr } = await maintenance(
      url,
      ["start", "db", "--for=1m"],
      args,
    );
    assertEquals([code, stdout, stderr], [
      1,
      "",
      `lifesign: the agent asks for another token: ${hint}\n`,
    ]);
  }
});

Deno.test("an agent that cannot be reached is said, and what is not allowed", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const url = `http://127.0.0.1:${port}/below`;
  for (
    const [given, shown] of [
      [url, url],
      [
        url.replace("//", "//me:hunter2@"),
        url.replace("//", "//***@"),
      ],
    ] as const
  ) {
    const gone = await maintenance(given, ["list"]);
    assertEquals([gone.code, gone.stdout, gone.stderr], [
      1,
      "",
      `lifesign: cannot reach ${shown}/: Connection refused\n`,
    ]);
  }
  const denied = await maintenance(url, ["list"], { flags: [] });
  assertEquals(denied.code, 1);
  assertMatch(denied.stderr, /--allow-net/);
});

Deno.test("an answer that is not one of an agent is said in one line", async (t) => {
  let answer = new Response();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => answer,
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const other = `lifesign: ${url}: expected the HTTP app of lifesign`;
  for (
    const [what, response, line] of [
      ["a page", new Response("<html>"), other],
      ["a list", Response.json([]), other],
      ["null", Response.json(null), other],
      [
        "nothing",
        new Response(null, { status: 204 }),
        "lifesign: HTTP 204",
      ],
      [
        "an error without JSON",
        new Response("busy", { status: 503 }),
        "lifesign: HTTP 503",
      ],
      [
        "a redirect, which would start nothing",
        Response.redirect("https://status.example/maintenance", 301),
        "lifesign: HTTP 301, a redirect to https://status.example/maintenance",
      ],
    ] as const
  ) {
    await t.step(what, async () => {
      answer = response;
      const args = ["start", "web", "--for", "1m"];
      const { code, stdout, stderr } = await maintenance(url, args);
      assertEquals([code, stdout, stderr], [1, "", `${line}\n`]);
    });
  }
});

Deno.test("an agent of this machine is not asked through a proxy, which would see the token", async () => {
  const seen: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url }) => {
      seen.push(url);
      return new Response(null, { status: 502 });
    },
  );
  const proxy = `http://127.0.0.1:${server.addr.port}`;
  const env = { HTTP_PROXY: proxy, http_proxy: proxy };
  await using folder = await placeOf("");
  await using agent = await startAgent(folder.path);
  for (const name of ["127.0.0.1", "localhost"]) {
    const url = agent.url.replace("127.0.0.1", name);
    const flags = [`--allow-net=${new URL(url).host}`];
    const { code, stderr } = await maintenance(url, ["list"], { env, flags });
    assertEquals([code, stderr], [0, ""]);
  }
  assertEquals(seen, []);
  // Others may be reachable through it only.
  const other = await maintenance("http://agent.invalid/", ["list"], {
    env,
    flags: ["--allow-net"],
  });
  assertEquals([other.code, seen], [1, ["http://agent.invalid/maintenance"]]);
});

Deno.test("validate prints the next times of each window", async () => {
  await using folder = await placeOf(`
timezone: America/New_York
maintenance:
  - { every: "0 3 1 jan *", duration: 2h }
  - { start: 2020-01-01T03:00, duration: 2h }
`);
  const { code, stdout } = await runScript("src/cli/main.ts", {
    flags: [`--allow-read=${folder.path}`],
    args: ["validate", `${folder.path}/lifesign.yaml`],
  });
  const time = "from \\d{4}-01-01 03:00 to \\d{4}-01-01 05:00";
  assertMatch(
    stdout,
    new RegExp(
      `2 checks, no problems\n  maintenance\\[0\\] is next ${time}, ${time}, ${time} \\(America/New_York\\)\n  maintenance\\[1\\] is over\n$`,
    ),
  );
  assertEquals(code, 0);
});

Deno.test("maintenance says what is wrong with a command line", async (t) => {
  const needed = "Expected a check, --group or --all, got none of them";
  for (
    const [args, message] of [
      [[], "Expected start, stop, or list, got nothing"],
      [["begin"], 'Expected start, stop, or list, got "begin"'],
      [["start", "--for", "1m"], needed],
      [["stop"], needed],
      [["start", "web"], "Expected --for with a duration such as 30m"],
      [
        ["start", "web", "--for", "0s"],
        '--for: expected a duration above 0 such as 30m, got "0s"',
      ],
      [
        ["stop", "web", "--for", "1m"],
        "--for: expected no such option with stop",
      ],
      [["list", "--all"], "--all: expected no such option with list"],
      [["list", "web"], "Expected no check with list, got web"],
      [
        ["list", "--url", "localhost:8686"],
        '--url: expected a URL such as http://127.0.0.1:8686/, got "localhost:8686"',
      ],
      [
        ["list", "--url", "ftp://me:hunter2@x"],
        '--url: expected a URL such as http://127.0.0.1:8686/, got "ftp://***@x"',
      ],
      [["list", "--format", "xml"], "--format: expected text or json"],
    ] as const
  ) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await maintenance(undefined, args);
      assertEquals([code, stdout], [2, ""]);
      assert(stderr.startsWith(`lifesign: ${message}`), stderr);
    });
  }
});
