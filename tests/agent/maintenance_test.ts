import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  ConfigError,
  loadConfig,
  parseConfig,
} from "../../src/agent/config.ts";
import { type Agent, startAgent } from "../../src/agent/mod.ts";
import { maintenanceNotes } from "../../src/agent/maintenance/windows.ts";
import { folderOf } from "../support/plugins.ts";
import { advance, START } from "../support/time.ts";

const MINUTE_MS = 60_000;

/** A config with windows, and a check in a group and one in none. */
function textOf(maintenance: string, top = ""): string {
  return `
listen: false
${top}
maintenance: ${maintenance}
checks:
  web: { type: tcp, port: 1, group: edge, initial_delay: 10d }
  db: { type: tcp, port: 2, initial_delay: 10d }
`;
}

/** A config that is read from a file. */
async function load(
  text: string,
): Promise<Awaited<ReturnType<typeof loadConfig>>> {
  await using folder = await folderOf({ "it.yaml": text });
  return await loadConfig(`${folder.path}/it.yaml`, { env: () => undefined });
}

/** Windows, and what is wrong with them. */
const WRONG: readonly (readonly [maintenance: string, ...string[]])[] = [
  ["[{ duration: 1h }]", "[0]: expected start or every"],
  [
    '[{ start: "2026-11-29T22:00", every: "@daily", duration: 1h }]',
    "[0].every: expected no start with it",
  ],
  [
    "[{ start: 2026-11-29T22:00 }]",
    "[0].duration: expected a duration above 0 such as",
  ],
  [
    "[{ start: 2026-11-31T22:00, duration: 1h }]",
    '[0].start: expected a date and a time such as "2026-11-29T22:00", got "2026-11-31T22:00"',
  ],
  [
    '[{ every: "@daily", duration: 1h }, { every: "0 3 * *", duration: 367d, timezone: Berlin }]',
    '[1].duration: expected at most 366d, got "367d"',
    '[1].timezone: expected a time zone such as "Europe/Berlin", got "Berlin"',
  ],
  [
    '[{ every: "0 3 * *", duration: 1h }]',
    '[0].every: expected five fields such as "0 3 * * *"',
  ],
  [
    '[{ every: "0 3 * * sunday", duration: 1h }]',
    '[0].every: expected a schedule such as "0 3 * * *", got "0 3 * * sunday"',
  ],
  [
    '[{ every: "@daily", duration: 1h, checks: [web, dbb], groups: [edge, egde] }]',
    '[0].checks[1]: there is no check "dbb"',
    '[0].groups[1]: there is no group "egde"; did you mean "edge"?',
  ],
  [
    '[{ every: "@daily", duration: 1h, checks: [] }]',
    "[0].checks: expected a list of ids of checks, got an empty list",
  ],
  [
    '[{ every: "@daily", duration: 1h, check: web }]',
    '[0].check: unknown key; did you mean "checks"?',
  ],
  [
    '[7, { duration: 1h }, { start: 2026-11-29T22:00 }, { every: "@daily", duration: 1h, checks: [dbb] }]',
    "[0]: expected a maintenance window",
    "[2].duration: expected a duration above 0",
    "[1]: expected start or every",
    '[3].checks[0]: there is no check "dbb"',
  ],
  ["{}", ": expected a list of maintenance windows"],
];

for (const [maintenance, ...problems] of WRONG) {
  Deno.test(`a config is refused with the maintenance ${maintenance}`, async () => {
    const { issues } = await assertRejects(
      () => load(textOf(maintenance)),
      ConfigError,
    );
    assertEquals(
      issues.map(({ path, message }, i) => {
        const text = `${path}: ${message}`;
        return text.slice(0, `maintenance${problems[i]}`.length);
      }),
      problems.map((problem) => `maintenance${problem}`),
    );
  });
}

Deno.test("groups of checks that are not valid are no problem of the maintenance", () => {
  const text = textOf(
    "[{ start: 2026-11-29T22:00, duration: 1h, groups: [other], checks: [bad] }]",
  );
  const error = thrownBy(() =>
    parseConfig(`${text}  bad: { type: tcp, group: other }`)
  );
  assertMatch(error.message, /^config: 1 problem\n {2}checks\.bad\.port: /);
});

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Expected an error");
}

/** Which checks are in maintenance. */
function covered({ fleet, incidents }: Agent): string[] {
  return fleet.ids().filter((id) => incidents.isInMaintenance(id));
}

Deno.test("an agent maintains by the file, in its time zone, and a reload changes that", async () => {
  const texts = [
    textOf(
      `[{ start: 2026-01-01T02:00, duration: 1h, checks: [db] }]`,
      "timezone: Europe/Berlin",
    ),
    textOf(
      `[{ every: "0 1 * * *", duration: 1h, groups: [edge], reason: Disks }]`,
    ),
    textOf("[]"),
  ];
  const configs = await Promise.all(texts.map(load));
  using time = new FakeTime(START);
  await using agent = await startAgent(configs[0]!);
  await advance(time, 90 * MINUTE_MS);
  assertEquals(covered(agent), ["db"]);
  const again = await agent.reload(configs[0]!);
  assertEquals([again.notes, again.needRestart], [[], []]);

  const { notes, needRestart } = await agent.reload(configs[1]!);
  assertEquals([notes, needRestart], [["maintenance changed"], []]);
  assertEquals(covered(agent), ["web"]);
  assertEquals(agent.maintenance.of("web")?.reason, "Disks");
  await advance(time, 24 * 60 * MINUTE_MS);
  assertEquals(covered(agent), ["web"]);

  await agent.reload(configs[2]!);
  assertEquals(covered(agent), []);
});

Deno.test("an incident that is open is muted by a reload, and told once", async () => {
  using time = new FakeTime(START);
  const [without, having] = [
    "[]",
    "[{ start: 2026-01-01T00:00Z, duration: 1h }]",
  ]
    .map((maintenance) => parseConfig(textOf(maintenance)));
  await using agent = await startAgent(without!);
  const { fleet, incidents } = agent;
  const told: string[] = [];
  incidents.observe((step) => {
    if (step.type === "maintenance") return;
    const what = `${step.type}${step.incident.muted === null ? "" : " muted"}`;
    // The reason may change, too.
    if (what !== told.at(-1)) told.push(what);
  });
  for (let i = 0; i < 3; i++) {
    fleet.report("web", {
      verdict: "fail",
      reason: { code: "refused", message: "Refused" },
    });
  }
  await agent.reload(having!);
  assertEquals(told, ["begin", "change muted"]);
  await advance(time, 60 * MINUTE_MS);
  assertEquals(told, ["begin", "change muted", "change"]);
  assertEquals(incidents.list().length, 1);
});

Deno.test("a group that a reload renames stays in maintenance with its window", async () => {
  const configWith = (group: string, window: string) =>
    load(
      textOf(`[{ ${window}, duration: 1h, groups: [${group}] }]`)
        .replace("group: edge", `group: ${group}`),
    );
  for (
    const window of ["start: 2026-01-01T00:00Z", 'every: "0 0 1 * *"'] as const
  ) {
    const [before, after] = await Promise.all(
      ["edge", "rim"].map((group) => configWith(group, window)),
    );
    using _time = new FakeTime(START);
    await using agent = await startAgent(before!);
    assertEquals(covered(agent), ["web"]);
    const told: string[] = [];
    agent.incidents.observe(({ type }) => void told.push(type));
    await agent.reload(after!);
    assertEquals([covered(agent), told], [["web"], []]);
    // It is not in that group any more.
    await agent.reload(before!);
    await agent.reload(
      await load(textOf("[]").replace("group: edge", "group: rim")),
    );
    assertEquals([covered(agent), told], [[], ["maintenance"]]);
  }
});

Deno.test("maintenanceNotes() says when the next three times of windows are", async () => {
  const { sections, timezone } = await load(textOf(
    `[
  { every: "0 3 * * sun", duration: 2h },
  { start: 2026-03-29T02:30, duration: 30m, timezone: UTC },
  { start: 2025-03-29T02:30, duration: 30m },
]`,
    "timezone: Europe/Berlin",
  ));
  // The clocks of Berlin are set forward at 2026-03-29T02:00.
  const now = Date.parse("2026-03-20T00:00Z");
  assertEquals(maintenanceNotes(sections.maintenance!, timezone, now), [
    "maintenance[0] is next from 2026-03-22 03:00 to 2026-03-22 05:00, from 2026-03-29 03:00 to 2026-03-29 05:00, from 2026-04-05 03:00 to 2026-04-05 05:00 (Europe/Berlin)",
    "maintenance[1] is from 2026-03-29 02:30 to 2026-03-29 03:00 (UTC)",
    "maintenance[2] is over",
  ]);
});
