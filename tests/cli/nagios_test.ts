import { assert, assertEquals, assertMatch } from "@std/assert";
import { toPluginError, toPluginOutput } from "../../src/cli/nagios.ts";
import type { Snapshot, Status } from "../../src/core/types.ts";
import { lifesign, startScript, temporaryFile } from "../support/program.ts";
import { hang, tcpServer } from "../support/servers.ts";
import { snapshot } from "./terminal/snapshots.ts";

const fiveSeconds = { timeoutMs: (): number => 5000 };

function of(status: Status, about: Partial<Snapshot> = {}): Snapshot {
  const reason = { code: "refused", message: "It refused" } as const;
  return snapshot({
    id: status,
    status,
    reason: status === "healthy" ? null : reason,
    ...about,
  });
}

/** Statuses, what the first line says of them, and the exit code. */
const STATES: readonly (readonly [readonly Status[], string, number])[] = [
  [["healthy"], "OK - 1 of 1 healthy", 0],
  [["healthy", "healthy"], "OK - 2 of 2 healthy", 0],
  [["healthy", "degraded"], "WARNING - 1 of 2 degraded", 1],
  [["degraded", "unknown"], "UNKNOWN - 1 of 2 unknown, 1 degraded", 3],
  [
    ["unknown", "unhealthy", "healthy", "unhealthy"],
    "CRITICAL - 2 of 4 unhealthy, 1 unknown",
    2,
  ],
];

for (const [statuses, expected, code] of STATES) {
  Deno.test(`toPluginOutput() of ${statuses} is ${expected}`, () => {
    const snapshots = statuses.map((status, i) => of(status, { id: `c${i}` }));
    const output = toPluginOutput(snapshots, fiveSeconds);
    assertEquals(output.code, code);
    assertEquals(output.lines[0]!.split(" | ")[0], `LIFESIGN ${expected}`);
    const bad = statuses.filter((status) => status !== "healthy");
    assertEquals(output.lines.length, 1 + bad.length);
  });
}

Deno.test("toPluginOutput() has durations in seconds, and a line for each check that is not healthy, the worst first", () => {
  const output = toPluginOutput([
    of("healthy", { id: "web", durationMs: 12.345 }),
    of("degraded", { id: "slow one", durationMs: 1500 }),
    of("unhealthy", { id: "db", durationMs: 0.001 }),
    of("unknown", { id: "never", durationMs: null }),
  ], { timeoutMs: (id) => id === "db" ? 500 : 5000 });
  assertEquals(output, {
    code: 2,
    lines: [
      "LIFESIGN CRITICAL - 1 of 4 unhealthy, 1 unknown, 1 degraded | " +
      "'web'=0.012345s;;;0;5 'slow one'=1.5s;;;0;5 'db'=0.000001s;;;0;0.5",
      "db is unhealthy: It refused",
      "never is unknown: It refused",
      "slow one is degraded: It refused",
    ],
  });
});

Deno.test("toPluginOutput() quotes odd ids, and has one | only, before the figures", () => {
  const ids = [
    "it's",
    "a=b",
    "a|b",
    "a\nb",
    "http://h/?q=1;2|3",
    "'",
    "\0",
    "été 日本",
    "exec:test \"$X\" | grep 'y'",
  ];
  const message = "Got a | b\nand | more\x1b[2J";
  const { lines } = toPluginOutput(
    ids.map((id) => of("unhealthy", { id, reason: { code: "exit", message } })),
    fiveSeconds,
  );
  const [text, figures, ...rest] = lines[0]!.split("|");
  assertEquals(rest, []);
  assertEquals(text, "LIFESIGN CRITICAL - 9 of 9 unhealthy ");
  assertEquals(figures!.trim().split("s;;;0;5").join("").split("=0.001"), [
    "'it%27s'",
    " 'a%3Db'",
    " 'a%7Cb'",
    " 'a%0Ab'",
    " 'http://h/?q%3D1;2%7C3'",
    " '%27'",
    " '%00'",
    " 'été 日本'",
    " 'exec:test \"$X\" %7C grep %27y%27'",
    "",
  ]);
  for (const line of lines.slice(1)) {
    assert(!line.includes("|"), line);
    assertMatch(line, /\bis unhealthy: Got a ¦ b and ¦ more \[2J$/);
  }
});

Deno.test("toPluginOutput() gives no two ids the same label", () => {
  const ids = [
    ..."_%' \0\n\t\u00a0\u2028\ud800\udbff",
    ...["", "%25", "%27", "%ud800", "\ud83d\ude00", "\ude00\ud83d"],
    ...["a=b", "a|b", "a'b", "a_b", "a b", "a  b", " a b", "a\tb", "a\r\nb"],
    ...["x".repeat(2000), "x".repeat(2001), "a…", "a\u200db", "ab"],
  ];
  const { lines } = toPluginOutput(
    ids.map((id) => of("healthy", { id })),
    fiveSeconds,
  );
  const [line, ...others] = lines;
  assertEquals(others, []);
  assertMatch(line!, PLUGIN_LINE);
  assert(!/[\p{Cc}\p{Cf}\p{Cs}]/u.test(line!), line);
  const labels = Array.from(
    line!.matchAll(/'([^']+)'=/g),
    ([, label]) => label,
  );
  assertEquals(labels.length, ids.length);
  assertEquals(new Set(labels).size, ids.length);
});

Deno.test("toPluginError() is UNKNOWN, with every problem", () => {
  assertEquals(toPluginError("f.yaml: 1 problem\n  a: x|y"), {
    code: 3,
    lines: ["LIFESIGN UNKNOWN - f.yaml: 1 problem", "a: x¦y"],
  });
});

/** A line of a plugin, as Nagios reads it. */
const PLUGIN_LINE =
  /^LIFESIGN (?:OK|WARNING|CRITICAL|UNKNOWN) - [^|]*(?:\| '[^'=|]+'=\d+(?:\.\d+)?s;;;0;\d+(?:\.\d+)?(?: '[^'=|]+'=\d+(?:\.\d+)?s;;;0;\d+(?:\.\d+)?)*)?$/;

Deno.test("check --nagios is a plugin of Nagios", async (t) => {
  await using server = tcpServer(hang);
  await using slow = await temporaryFile(`
checks:
  "it's": { type: tcp, port: ${server.port} }
  slow: { type: command, command: "exit 1", exit: nagios, timeout: 1m }
`);
  await using wrong = await temporaryFile("checks: { a: { type: tcp } }");
  const cases: [args: string[], code: number, output: RegExp][] = [
    [
      [server.authority.replace(/^/, "tcp://")],
      0,
      /^\S+ OK - 1 of 1 healthy \| '/,
    ],
    [
      [slow.path],
      1,
      /WARNING - 1 of 2 degraded \| 'it%27s'=.* 'slow'=.*;60\nslow is /,
    ],
    [
      ["--timeout=20s", "tcp://127.0.0.1:1", "exec:true"],
      2,
      /CRITICAL - 1 of 2 unhealthy \| .*;20 .*;20\ntcp:\/\/127\.0\.0\.1:1 is unhealthy: /,
    ],
    [
      ["exec:lifesign-no-such"],
      3,
      /UNKNOWN - 1 of 1 unknown \| .*\nexec.* is unk/,
    ],
    [
      [wrong.path],
      3,
      /UNKNOWN - \S+: 1 problem\nchecks\.a\.port: expected a port/,
    ],
    [["no-such.yaml"], 3, /UNKNOWN - no-such\.yaml: no such file/],
    [["--nope"], 3, /UNKNOWN - Unknown option '--nope'/],
    [["--timeout=x", "exec:true"], 3, /UNKNOWN - --timeout: expected a dur/],
    [["--format=json", "exec:true"], 3, /UNKNOWN - --format: expected it with/],
    [["htp://x"], 3, /UNKNOWN - htp:\/\/x: expected a target/],
  ];
  for (const [args, expected, output] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await lifesign([
        "check",
        "--nagios",
        ...args,
      ]);
      assertMatch(stdout, output);
      const [first, ...others] = stdout.trimEnd().split("\n");
      assertMatch(first!, PLUGIN_LINE);
      for (const line of others) assert(!line.includes("|"), line);
      assertEquals([code, stderr], [expected, ""]);
    });
  }
});

Deno.test("check --nagios that is interrupted prints what is known", async () => {
  await using server = tcpServer(hang);
  await using script = startScript("src/cli/main.ts", {
    flags: ["--allow-net"],
    args: ["check", "--nagios", `http://${server.authority}/`],
  });
  while (server.connections === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  script.kill("SIGTERM");
  const { code, stdout } = await script.ended;
  assertEquals(
    stdout,
    "LIFESIGN UNKNOWN - interrupted by SIGTERM, 1 of 1 unknown\n" +
      `http://${server.authority}/ is unknown: not finished\n`,
  );
  assertEquals(code, 3);
});
