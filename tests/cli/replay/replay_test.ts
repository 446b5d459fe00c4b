import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parsePolicy, type PolicyOptions } from "../../../src/core/policy.ts";
import type { Incident } from "../../../src/core/past/incident.ts";
import {
  type CheckReplay,
  replayCheck,
  sumOf,
} from "../../../src/cli/replay/check_replay.ts";
import { toJson } from "../../../src/cli/replay/json.ts";
import { notesOf, type ReplayResult } from "../../../src/cli/replay/result.ts";
import { toTable } from "../../../src/cli/replay/table.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";
import { memoryArchive } from "../../support/memory_archive.ts";
import { PASS, scripted } from "../../support/probes.ts";
import { failing, record, START, type Target } from "../../support/recorded.ts";

const UTC = new Zone("UTC");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = START + 10 * HOUR;

/** Replays a recording of ten hours from one time of it on. */
async function replayed(
  target: Target,
  { was = {}, would, from = START, id = "web", ofFile = was, keptFrom = 0 }: {
    readonly was?: PolicyOptions;
    readonly would: PolicyOptions;
    readonly from?: number;
    readonly id?: string;
    readonly ofFile?: PolicyOptions;
    readonly keptFrom?: number;
  },
): Promise<CheckReplay> {
  const { attempts, incidents } = record(target, {
    options: was,
    ms: 10 * HOUR,
  });
  const stretches = [{ was: "healthy", from: START, to: NOW }] as const;
  const archive = memoryArchive(
    {
      [id]: {
        stretches,
        attempts: attempts.filter(({ at }) => at >= keptFrom),
      },
    },
    NOW,
    incidents.map((incident): Incident => ({ ...incident, check: id })),
  );
  return await replayCheck(
    archive,
    { id, probe: scripted([PASS]), options: { ...ofFile, group: "edge" } },
    { inFile: parsePolicy(ofFile), changed: parsePolicy(would) },
    { from, to: NOW },
  );
}

function resultOf(...checks: CheckReplay[]): ReplayResult {
  return {
    from: START,
    to: NOW,
    settings: ["retries=5"],
    checks,
    all: sumOf(checks),
  };
}

/** A short outage at 1:00, and a long one at 5:00. */
const OUTAGES = failing(
  [HOUR, HOUR + 30_000],
  [5 * HOUR, 5 * HOUR + 10 * MINUTE],
);
const WAS: PolicyOptions = { backoff: false };

Deno.test("replayCheck() compares what is kept with what would have been", async () => {
  const found = await replayed(OUTAGES, {
    was: WAS,
    would: { ...WAS, retries: 5 },
  });
  const { was, would, outages, ...figures } = found;
  assertEquals(figures, {
    id: "web",
    group: "edge",
    attempts: 3600,
    firstAt: START,
    made: 3600,
    unseen: 0,
    cutShort: 0,
    isNew: true,
    isConsistent: true,
    found: 1,
    missed: 1,
    shortened: 1,
    added: 0,
  });
  assertEquals([was.incidents, was.messages], [2, 4]);
  assertEquals([would.incidents, would.messages], [1, 2]);
  assertEquals(outages.length, 2);
});

Deno.test("replayCheck() knows the beginning of its range from what was before it", async () => {
  // In the middle of the row of failures, and of the incident.
  for (const at of [5 * HOUR + 15_000, 5 * HOUR + MINUTE]) {
    const { isConsistent, was, would } = await replayed(OUTAGES, {
      was: WAS,
      would: WAS,
      from: START + at,
    });
    assert(isConsistent);
    assertEquals(would, was);
    assertEquals(was.incidents, 1);
  }
});

Deno.test("replayCheck() leaves out incidents of a time of which no attempts are kept", async () => {
  const { was, missed } = await replayed(OUTAGES, {
    was: WAS,
    would: WAS,
    keptFrom: START + 4 * HOUR,
  });
  assertEquals([was.incidents, missed], [1, 0]);
});

Deno.test("replayCheck() says if the policy in the file is not what led to the incidents", async () => {
  const { isConsistent } = await replayed(OUTAGES, {
    was: WAS,
    ofFile: { ...WAS, retries: 4 },
    would: { ...WAS, retries: 5 },
  });
  assertEquals(isConsistent, false);
});

Deno.test("replayCheck() minds the start period of a check that was new then", async () => {
  const options = { ...WAS, startPeriod: "2m" } as const;
  const target = failing([0, 100_000]);
  const { isConsistent, was } = await replayed(target, {
    was: options,
    would: options,
    from: START - HOUR,
  });
  assert(isConsistent);
  assertEquals(was.incidents, 0);
  const { isNew } = await replayed(target, {
    was: options,
    would: options,
    keptFrom: START + 2 * HOUR,
  });
  assert(!isNew);
});

Deno.test("the table of a replay has the figures, the outages that differ, and what is not known", async () => {
  const result = resultOf(
    await replayed(OUTAGES, { was: WAS, would: { ...WAS, retries: 5 } }),
    await replayed(failing([2 * HOUR, 2 * HOUR + 20_000]), {
      id: "d\nb",
      was: WAS,
      would: { ...WAS, retries: 2, interval: "5s" },
    }),
  );
  assertEquals(
    await toTable(result, "lifesign.yaml", UTC),
    `\
2026-11-20 00:00 to 2026-11-20 10:00 UTC with retries=5

CHECK         INCIDENTS  FOUND  MISSED  NEW  SHORTER  DOWN            DELAY       MESSAGES
web           2 -> 1     1      1       0    1        9m50s -> 9m20s  20s -> 40s  4 -> 2
d b           0 -> 1     0      0       1    0        0 -> 10s        - -> 10s    0 -> 2
all 2 checks  2          1      1       1    1        9m50s -> 9m30s  20s -> 25s  4

CHECK  WAS                          WOULD HAVE BEEN
web    2026-11-20 01:00, for 10s    -
web    2026-11-20 05:00, for 9m40s  20s later, for 9m20s
d b    -                            2026-11-20 02:00, for 10s

d b: 3599 attempts would have been made in between, and nobody knows what they would have found.`,
  );
});

Deno.test("the table of a replay without a difference says so", async () => {
  const result = resultOf(await replayed(OUTAGES, { was: WAS, would: WAS }));
  const table = await toTable(result, "lifesign.yaml", UTC);
  assertStringIncludes(table, "\n\nAll incidents would have been the same.");
  assertStringIncludes(table, "\nweb    2          2      0 ");
});

Deno.test("the JSON of a replay has all of its figures, and what is not known", async () => {
  const check = await replayed(OUTAGES, {
    was: WAS,
    would: { ...WAS, retries: 5 },
  });
  const json = JSON.parse(toJson(resultOf(check), "lifesign.yaml"));
  assertEquals(
    [json.from, json.to, json.settings, json.notes],
    ["2026-11-20T00:00:00.000Z", "2026-11-20T10:00:00.000Z", ["retries=5"], []],
  );
  const [web] = json.checks;
  assertEquals([web.id, web.missed, web.was], ["web", 1, check.was]);
  assertEquals(web.outages[0], {
    was: {
      began: "2026-11-20T01:00:20.000Z",
      ended: "2026-11-20T01:00:30.000Z",
      incidents: 1,
      downMs: 10_000,
      delayMs: 20_000,
      reason: "refused",
    },
    would: null,
  });
  assertEquals(json.all.found, 1);
});

Deno.test("notesOf() says of which checks what is not known", async () => {
  const some = { was: WAS, would: WAS };
  const late = await replayed(OUTAGES, { ...some, keptFrom: START + 4 * HOUR });
  const empty = await replayed(OUTAGES, { ...some, keptFrom: NOW });
  const other = await replayed(OUTAGES, {
    ...some,
    ofFile: { ...WAS, retries: 4 },
  });
  const result = resultOf(
    late,
    ...["a", "b", "c", "d", "e", "f"].map((id) => ({ ...empty, id })),
    { ...other, id: "changed" },
    { ...other, id: "slow", isConsistent: true, cutShort: 1 },
  );
  assertEquals(notesOf(result, "a.yaml"), [
    "a, b, c, d, e and 1 more: no attempts are kept of this time.",
    "web: attempts are kept of the last part of this time only, and what was before is left out.",
    "slow: 1 attempt timed out that would have had more time, and nobody knows what it would have come to.",
    "changed: the incidents that were are not those of the policy in a.yaml: it may have been another one, or the agent was restarted.",
  ]);
});
