import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type PastFiles, pastFiles } from "../../support/past_files.ts";
import { lifesign, startScript } from "../../support/program.ts";
import { failing, record, START } from "../../support/recorded.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Five hours up to now, with a short outage and a long one. */
async function fiveHours(): Promise<PastFiles> {
  const now = Date.now();
  const from = now - 5 * HOUR;
  const target = failing(
    [HOUR, HOUR + 30_000],
    [3 * HOUR, 3 * HOUR + 10 * MINUTE],
  );
  const { attempts, incidents } = record(target, {
    ms: 5 * HOUR - MINUTE,
    durationMs: 5,
  });
  const shift = (at: number): number => at - START + from;
  return await pastFiles(
    `
  web: { type: tcp, port: 1 }
  db: { type: tcp, port: 2 }
`,
    {
      checks: {
        web: {
          statuses: [[from, "healthy"]],
          attempts: attempts.map((it) => ({ ...it, at: shift(it.at) })),
        },
        db: {},
      },
      runs: [{ from, to: now }],
      incidents: incidents.map((it) => ({
        ...it,
        began: shift(it.began),
        ended: shift(it.ended!),
      })),
    },
  );
}

Deno.test("replay prints what another policy would have made of the attempts", async () => {
  await using files = await fiveHours();
  const { code, stdout, stderr } = await lifesign([
    "replay",
    files.config,
    "--since=5h",
    "--set",
    "retries=5",
  ], { flags: [`--allow-read=${files.config},${files.database}`] });
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^20.+ UTC with retries=5\n\nCHECK +INCIDENTS +FOUND/);
  assertMatch(stdout, /\nweb +2 -> 1 +1 +1 +0 +1 /);
  assertMatch(stdout, /\nweb +20\S+ \d\d:\d\d, for 20s +-\n/);
  assertStringIncludes(stdout, "\ndb: no attempts are kept of this time.\n");
});

Deno.test("replay without a change finds exactly what was", async () => {
  await using files = await fiveHours();
  const { code, stdout } = await lifesign([
    "replay",
    files.config,
    "--format=json",
    "--since=5h",
    "--check=web",
  ]);
  assertEquals(code, 0);
  const { checks: [web], notes } = JSON.parse(stdout);
  assertEquals(notes, []);
  assertEquals(web.isConsistent, true);
  assertEquals(web.would, web.was);
  assertEquals([web.found, web.missed, web.added], [2, 0, 0]);
  assertEquals([web.unseen, web.made], [0, web.attempts]);
  for (const { was, would } of web.outages) assertEquals(would, was);
});

Deno.test("replay changes one check only where that is asked for", async () => {
  await using files = await fiveHours();
  const { stdout } = await lifesign([
    "replay",
    files.config,
    "--format=json",
    "--set=checks.db.retries=5",
    "--since=2h30m",
  ]);
  const { settings, checks: [web], all } = JSON.parse(stdout);
  assertEquals(settings, ["checks.db.retries=5"]);
  assertEquals([web.was.incidents, web.would.incidents], [1, 1]);
  assertEquals(all.messages, undefined);
  assertEquals(all.was.messages, 2);
});

Deno.test("replay finds the incidents again that an agent has found", async () => {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    const config = `${folder}/lifesign.yaml`;
    await Deno.writeTextFile(
      config,
      `
listen: false
history: ${folder}/past.db
checks:
  flapping:
    type: command
    command: test -e ${folder}/up
    interval: 100ms
    retries: 2
    rise: 2
    backoff: { factor: 1.5, max: 300ms }
`,
    );
    await using agent = startScript("src/cli/main.ts", {
      flags: [
        "--allow-read",
        `--allow-write=${folder}`,
        "--allow-run=sh",
      ],
      args: ["run", config],
    });
    for (let i = 0; i < 2; i++) {
      await Deno.writeTextFile(`${folder}/up`, "");
      await agent.line("stdout", /-> healthy/);
      await Deno.remove(`${folder}/up`);
      await agent.line("stdout", /-> unhealthy/);
    }
    agent.kill("SIGTERM");
    assertEquals((await agent.ended).code, 0);

    const { stdout } = await lifesign([
      "replay",
      config,
      "--since=1h",
      "--format=json",
    ]);
    const { checks: [flapping], notes } = JSON.parse(stdout);
    assertEquals([flapping.isConsistent, notes], [true, []]);
    assertEquals(flapping.was.incidents, 2);
    assertEquals(flapping.would, flapping.was);
    assertEquals(flapping.unseen, 0);
    const slower = await lifesign([
      "replay",
      config,
      "--since=1h",
      "--set=retries=1000",
      "--format=json",
    ]);
    const { missed, would } = JSON.parse(slower.stdout).checks[0];
    assertEquals([missed, would.incidents], [2, 0]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (
  const [args, message] of [
    [
      ["--set=retry=5"],
      "lifesign: --set retry=5: expected interval, timeout, retries,",
    ],
    [
      ["--set=checks.wbe.retries=5"],
      `lifesign: --set checks.wbe.retries=5: there is no check "wbe" in `,
    ],
    [
      ["--set=interval=often"],
      `lifesign: --set interval=often: expected a duration such as "500ms", "10s" or "1m30s", got "often"`,
    ],
    [["--set"], "lifesign: Option '--set <value>' argument missing"],
    [["--format=csv"], `lifesign: --format: expected table or json, got "csv"`],
  ] as const
) {
  Deno.test(`replay says what is wrong with ${args.join(" ")}`, async () => {
    await using files = await fiveHours();
    const { code, stdout, stderr } = await lifesign([
      "replay",
      files.config,
      ...args,
    ]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
  });
}
