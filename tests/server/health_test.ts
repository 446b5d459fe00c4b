import { assert, assertEquals } from "@std/assert";
import { noCounts, rollup } from "../../src/core/rollup.ts";
import type { Snapshot, Status } from "../../src/core/types.ts";
import {
  type Health,
  httpStatusOf,
  toHealth,
} from "../../src/server/health.ts";
import { VERSION } from "../../src/version.ts";
import { PASS } from "../support/probes.ts";
import { EACH, ODD, snapshotsOf } from "./fleets.ts";

/** What is said of some snapshots, as it is read. */
function told(snapshots: readonly Snapshot[], title = "lifesign"): Health {
  const counts = noCounts();
  for (const { status } of snapshots) counts[status]++;
  const health = toHealth({ title, rollup: rollup(counts), snapshots });
  return JSON.parse(JSON.stringify(health));
}

/** A status in lifesign's words, in the draft's, and as HTTP has it. */
const STATUSES: readonly (readonly [Status, string, number])[] = [
  ["healthy", "pass", 200],
  ["degraded", "warn", 200],
  ["unknown", "warn", 200],
  ["unhealthy", "fail", 503],
];

for (const [status, word, code] of STATUSES) {
  Deno.test(`toHealth() calls ${status} ${word}, with ${code}`, () => {
    const counts = { ...noCounts(), [status]: 1 };
    const health = toHealth({
      title: "lifesign",
      rollup: rollup(counts),
      snapshots: [],
    });
    assertEquals<string>(health.status, word);
    assertEquals<number>(httpStatusOf(health), code);
    assertEquals("output" in health, word !== "pass");
  });
}

Deno.test("toHealth() says everything of a healthy check that the draft has a word for", async () => {
  const [snapshot] = await snapshotsOf({ "a/b?": { step: PASS } });
  const checkedAt = new Date("2026-01-02T03:04:05.678Z");
  assertEquals<unknown>(
    told([{ ...snapshot!, durationMs: 1.23456, checkedAt }], "Our services"),
    {
      status: "pass",
      version: VERSION.split(".")[0],
      releaseId: VERSION,
      serviceId: "lifesign",
      description: "Our services",
      notes: ["The check is healthy"],
      checks: {
        "a/b?:responseTime": [{
          componentType: "script",
          observedValue: 1.23,
          observedUnit: "ms",
          status: "pass",
          time: "2026-01-02T03:04:05.678Z",
          links: { self: "checks/a%2Fb%3F" },
        }],
      },
      links: { self: "health", "service-desc": "openapi.json" },
    },
  );
});

Deno.test("toHealth() says why in the output of all and of each, unless it passes", async () => {
  const snapshots = await snapshotsOf(EACH);
  const { output, notes, checks } = told(snapshots);
  assertEquals(output, "down: Connection refused");
  assertEquals(notes, ["1 of 4 is down, 1 unknown, 1 degraded"]);
  assertEquals(
    Object.entries(checks).map(([key, list]) => [
      key,
      list.map(({ status, output }) => [status, output]),
    ]),
    [
      ["up:responseTime", [["pass", undefined]]],
      ["slow:responseTime", [["warn", "Too slow"]]],
      ["down:responseTime", [["fail", "Connection refused"]]],
      ["lost:responseTime", [["warn", "Not allowed to look"]]],
    ],
  );
  assertEquals(
    told(snapshots.filter(({ id }) => id !== "down")).output,
    "slow: Too slow, lost: Not allowed to look",
  );
});

Deno.test("toHealth() leaves out what is not known of a check that was never tried", async () => {
  const { output, checks } = told(await snapshotsOf({ new: {} }));
  assertEquals(output, "new: unknown");
  assertEquals<unknown>(checks, {
    "new:responseTime": [{
      componentType: "script",
      status: "warn",
      links: { self: "checks/new" },
    }],
  });
});

Deno.test("toHealth() warns where there are no checks", () => {
  const { status, output, checks } = told([]);
  assertEquals([status, output, checks], ["warn", "There are no checks", {}]);
});

Deno.test("toHealth() leaves the output out for pass, even if there is a reason", async () => {
  const [snapshot] = await snapshotsOf({ up: { step: PASS } });
  const health = told([
    { ...snapshot!, reason: { code: "timeout", message: "Timed out once" } },
  ]);
  assertEquals("output" in health.checks["up:responseTime"]![0]!, false);
  assertEquals("output" in health, false);
});

Deno.test("toHealth() keeps its output a line, however much is down", async () => {
  const [snapshot] = await snapshotsOf({ down: EACH.down! });
  const { output } = told(
    Array.from({ length: 1000 }, (_, i) => ({ ...snapshot!, id: `${i}\n` })),
  );
  assert(output!.length <= 300 && !output!.includes("\n"), output);
});

Deno.test("toHealth() keeps every check, whatever its id is", async () => {
  const ids = [...ODD, "a:b", "a"];
  const snapshots = await snapshotsOf(
    Object.fromEntries(ids.map((id) => [id, {}])),
  );
  const { checks } = told(snapshots);
  assertEquals(
    Object.keys(checks),
    snapshots.map(({ id }) => `${id}:responseTime`),
  );
  for (const { id } of snapshots) {
    const [check] = checks[`${id}:responseTime`]!;
    const { self } = check!.links;
    const { pathname, search } = new URL(self!, "http://x/status/health");
    assertEquals(search, "");
    assertEquals(
      decodeURIComponent(pathname),
      `/status/checks/${id.toWellFormed()}`,
    );
  }
  assertEquals(snapshots.length >= ids.length - 1, true);
});
