import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { PastAttempt } from "../../../src/fleet/history.ts";
import { type PastFiles, pastFiles } from "../../support/past_files.ts";
import { lifesign, startScript } from "../../support/program.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const CHECKS = `
  web: { type: tcp, port: 1, group: edge }
  api: { type: tcp, port: 2, group: edge }
  db: { type: tcp, port: 3 }
`;

/** Ten days, in which web was down for an hour. */
async function tenDays(): Promise<PastFiles> {
  const now = Date.now();
  const from = now - 10 * DAY;
  const down = now - 5 * DAY;
  const reason = { code: "refused", message: "refused" };
  const attempts = Array.from({ length: 100 }, (_, i): PastAttempt => ({
    verdict: "pass",
    at: from + (i + 1) * HOUR,
    durationMs: i < 96 ? 20 : 900,
  }));
  return await pastFiles(CHECKS, {
    checks: {
      web: {
        statuses: [
          [from, "healthy"],
          [down, "unhealthy"],
          [down + HOUR, "healthy"],
        ],
        attempts,
      },
      api: { statuses: [[from, "degraded"]] },
    },
    runs: [{ from, to: now }],
    batchMs: HOUR,
    incidents: [{
      id: "1",
      check: "web",
      began: down,
      ended: down + HOUR,
      end: "recovered",
      firstReason: reason,
      lastReason: reason,
      muted: null,
    }],
  });
}

Deno.test("report prints the figures of each check, each group and all", async () => {
  await using files = await tenDays();
  const { code, stdout, stderr } = await lifesign(["report", files.config]);
  assertEquals([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assertMatch(lines[0]!, /^\d{4}-\d\d-\d\d \d\d:\d\d to .+ UTC$/);
  assertMatch(
    lines[2]!,
    /^CHECK +UPTIME +DOWN +INCIDENTS +LONGEST +MTTR +MTBF/,
  );
  assertMatch(
    lines[3]!,
    /^web +99\.58 % of 33 % known +1h +1 +1h +1h +9d23h +\d\dms +\d\dms +\d{3}ms$/,
  );
  assertMatch(lines[4]!, /^api +100 % of 33 % known +0 +0 +- +- +-/);
  assertMatch(lines[5]!, /^db +unknown +0 +0 +-/);
  assertMatch(lines[7]!, /^GROUP +UPTIME/);
  assertMatch(lines[8]!, /^edge +99\.79 % of 33 % known +1h +1 /);
  assertMatch(lines[9]!, /^all 3 checks +99\.79 % of 22 % known +1h +1 /);
});

Deno.test("report prints JSON of the checks and the time that are asked for", async () => {
  await using files = await tenDays();
  const { code, stdout } = await lifesign([
    "report",
    files.config,
    "--since",
    "9d",
    "--until",
    "1d",
    "--check",
    "web",
    "--format",
    "json",
  ]);
  assertEquals(code, 0);
  const { from, to, checks: [web, ...others], groups, all } = JSON.parse(
    stdout,
  );
  assertAlmostEquals(Date.parse(to) - Date.parse(from), 8 * DAY, 2 * HOUR);
  assertEquals(others, []);
  assertEquals([groups.length, all.checks], [1, 1]);
  assertEquals([web.id, web.group, web.incidents], ["web", "edge", 1]);
  assertAlmostEquals(web.uptime.ratio, 1 - 1 / (8 * 24), 1e-4);
  assertAlmostEquals(web.uptime.up + web.uptime.down, 1, 1e-9);
  assertEquals([web.downMs, web.mttrMs], [HOUR, HOUR]);
});

Deno.test("report takes times for those of the file's time zone", async () => {
  await using files = await tenDays();
  const config = await Deno.readTextFile(files.config);
  await Deno.writeTextFile(files.config, `timezone: Asia/Tokyo\n${config}`);
  const args = ["report", files.config, "--check=web", "--since=2025-03-01"];
  const { stdout } = await lifesign([...args, "--until=2025-03-02"]);
  assertMatch(stdout, /^2025-03-01 00:00 to 2025-03-02 00:00 Asia\/Tokyo\n/);
  const json = await lifesign([...args, "--until=2025-03-02", "--format=json"]);
  assertEquals(JSON.parse(json.stdout).from, "2025-02-28T15:00:00.000Z");
});

Deno.test("report prints CSV and Markdown", async () => {
  await using files = await tenDays();
  const csv = await lifesign(["report", files.config, "--format", "csv"]);
  assertMatch(csv.stdout, /^scope,id,group,checks,from,to,uptime,/);
  assertMatch(csv.stdout, /\r\nall,,,3,/);
  const markdown = await lifesign([
    "report",
    files.config,
    "--format=markdown",
  ]);
  assertMatch(markdown.stdout, /\n\| web \| 99\.58 % of 33 % known \| 1h \|/);
});

Deno.test("report needs to read the config and the history, and changes and makes nothing", async () => {
  await using files = await tenDays();
  const before = await Deno.readFile(files.database);
  // Where no agent runs, the history is alone in its folder.
  await Deno.chmod(files.folder, 0o500);
  const { code, stderr } = await lifesign(["report", files.config], {
    flags: [`--allow-read=${files.folder}`],
  });
  await Deno.chmod(files.folder, 0o700);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(await Deno.readFile(files.database), before);
  const names = [...Deno.readDirSync(files.folder)].map(({ name }) => name);
  assertEquals(names.sort(), ["lifesign.yaml", "past.db"]);
});

Deno.test("report says which permission it needs for the history", async () => {
  await using files = await tenDays();
  const { code, stdout, stderr } = await lifesign(["report", files.config], {
    flags: ["--no-prompt", `--allow-read=${files.config}`],
  });
  assertEquals([code, stdout, stderr], [
    2,
    "",
    `${files.database}: not allowed by Deno: run with --allow-read=${files.database}\n`,
  ]);
});

Deno.test("report reads the history of an agent that runs", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using _listener = listener;
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    const config = `${folder}/lifesign.yaml`;
    await Deno.writeTextFile(
      config,
      `
listen: false
history: ${folder}/past.db
checks:
  up: { type: tcp, port: ${listener.addr.port}, interval: 100ms }
  down: { type: tcp, port: 1, retries: 1, interval: 100ms, backoff: false }
`,
    );
    await using agent = startScript("src/cli/main.ts", {
      flags: ["--allow-net", "--allow-read", `--allow-write=${folder}`],
      args: ["run", config],
    });
    await agent.line("stdout", /down unknown -> unhealthy/);
    let figures;
    for (let i = 0; i < 60; i++) {
      const { code, stdout, stderr } = await lifesign([
        "report",
        config,
        "--since=1h",
        "--format=json",
      ]);
      assertEquals([code, stderr], [0, ""]);
      figures = JSON.parse(stdout);
      if (figures.checks[1].downMs > 2000) break;
    }
    const [up, down] = figures.checks;
    assertEquals([up.uptime.ratio, up.incidents], [1, 0]);
    assert(up.attempts.pass > 0 && up.latencyMs.p50 > 0);
    assertEquals(down.incidents, 1);
    assert(down.downMs > 2000 && down.attempts.fail > 0);
    assert(down.uptime.ratio < 0.5);
    agent.kill("SIGTERM");
    assertEquals((await agent.ended).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What is wrong, and what is said of it. */
const WRONG: readonly (readonly [
  string,
  (files: PastFiles) => void | Promise<void>,
  readonly string[],
  (files: PastFiles) => string,
])[] = [
  [
    "a file without a history",
    ({ config }) =>
      Deno.writeTextFile(config, "checks: { a: { type: tcp, port: 1 } }"),
    [],
    ({ config }) =>
      `${config}: expected a history, such as history: lifesign.db, got none`,
  ],
  [
    "a history that is not there",
    ({ database }) => Deno.remove(database),
    [],
    ({ database }) => `${database}: no such file: lifesign run makes it`,
  ],
  [
    "a history of a newer version",
    ({ database }) => {
      using db = new DatabaseSync(database);
      db.exec("PRAGMA user_version = 99");
    },
    [],
    ({ database }) => `${database}: written by a newer lifesign: expected`,
  ],
  [
    "something else in the place of the history",
    ({ database }) => Deno.writeTextFile(database, "not a database"),
    [],
    ({ database }) => `${database}: not a SQLite database`,
  ],
  [
    "an empty range",
    () => {},
    ["--since=1h", "--until=2h"],
    () => "lifesign: --since: expected a time before 20",
  ],
  [
    "a range in the future",
    () => {},
    ["--since=2999-01-01"],
    () => "lifesign: --since: expected a time before 20",
  ],
  [
    "a time that is none",
    () => {},
    ["--until=yesterday"],
    () =>
      `lifesign: --until: expected a time such as "2026-11-01T08:00:00Z" or a duration before now such as "7d", got "yesterday"`,
  ],
  [
    "a check that is not in the file",
    () => {},
    ["--check=wbe"],
    ({ config }) =>
      `lifesign: --check: there is no check "wbe" in ${config}; did you mean "web"?`,
  ],
  [
    "a format that is none",
    () => {},
    ["--format=xml"],
    () =>
      `lifesign: --format: expected table, json, csv, or markdown, got "xml"`,
  ],
];

for (const [what, prepare, args, message] of WRONG) {
  Deno.test(`report says what is wrong with ${what}`, async () => {
    await using files = await tenDays();
    await prepare(files);
    const { code, stdout, stderr } = await lifesign([
      "report",
      files.config,
      ...args,
    ]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message(files));
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  });
}

Deno.test("report makes no history where there is none", async () => {
  await using files = await pastFiles(CHECKS);
  const { code } = await lifesign(["report", files.config], {
    flags: ["--allow-read", `--allow-write=${files.folder}`],
  });
  assertEquals(code, 2);
  assertEquals([...Deno.readDirSync(files.folder)].length, 1);
});

Deno.test("report explains its figures", async () => {
  const { code, stdout } = await lifesign(["report", "--help"]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "MTTR       the mean time to recovery");
});
