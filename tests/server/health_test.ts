import { assertEquals } from "@std/assert";
import { noCounts, rollup } from "../../src/core/rollup.ts";
import type { Status } from "../../src/core/types.ts";
import { httpStatusOf, toHealth } from "../../src/server/health.ts";
import { PASS } from "../support/probes.ts";
import { EACH, ODD, snapshotsOf } from "./fleets.ts";

/** A status in lifesign's words, in the draft's, and as HTTP has it. */
const STATUSES: readonly (readonly [Status, string, number])[] = [
  ["healthy", "pass", 200],
  ["degraded", "warn", 200],
  ["unknown", "warn", 200],
  ["unhealthy", "fail", 503],
];

for (const [status, word, code] of STATUSES) {
  Deno.test(`toHealth() calls ${status} ${word}, with ${code}`, () => {
    const health = toHealth(rollup({ ...noCounts(), [status]: 1 }), []);
    assertEquals(health, { status: word, checks: {} } as typeof health);
    assertEquals(httpStatusOf(health), code as 200 | 503);
  });
}

Deno.test("toHealth() has one measurement of each check, keyed as the draft wants it", async () => {
  const snapshots = await snapshotsOf(EACH);
  const { checks } = toHealth(rollup(noCounts()), snapshots);
  assertEquals(
    Object.fromEntries(
      Object.entries(checks).map(([key, [check, ...others]]) => {
        assertEquals(others, []);
        const { componentType, observedUnit, status, output } = check!;
        return [key, [componentType, observedUnit, status, output]];
      }),
    ),
    {
      "up:responseTime": ["script", "ms", "pass", undefined],
      "slow:responseTime": ["script", "ms", "warn", "Too slow"],
      "down:responseTime": ["script", "ms", "fail", "Connection refused"],
      "lost:responseTime": ["script", "ms", "warn", "Not allowed to look"],
    },
  );
});

Deno.test("toHealth() gives the time and the duration in at most hundredths", async () => {
  const [snapshot] = await snapshotsOf({ up: { step: PASS } });
  const checkedAt = new Date("2026-01-02T03:04:05.678Z");
  const health = toHealth(rollup(noCounts()), [
    { ...snapshot!, durationMs: 1.23456, checkedAt },
  ]);
  assertEquals(JSON.parse(JSON.stringify(health.checks)), {
    "up:responseTime": [{
      componentType: "script",
      observedValue: 1.23,
      observedUnit: "ms",
      status: "pass",
      time: "2026-01-02T03:04:05.678Z",
    }],
  });
});

Deno.test("toHealth() leaves out what is not known of a check that was never tried", async () => {
  const { checks } = toHealth(
    rollup(noCounts()),
    await snapshotsOf({ new: {} }),
  );
  assertEquals(JSON.parse(JSON.stringify(checks)), {
    "new:responseTime": [{ componentType: "script", status: "warn" }],
  });
});

Deno.test("toHealth() leaves the output out for pass, even if there is a reason", async () => {
  const [snapshot] = await snapshotsOf({ up: { step: PASS } });
  const { checks } = toHealth(rollup(noCounts()), [
    { ...snapshot!, reason: { code: "timeout", message: "Timed out once" } },
  ]);
  assertEquals("output" in checks["up:responseTime"]![0]!, false);
});

Deno.test("toHealth() keeps every check, whatever its id is", async () => {
  const ids = [...ODD, "a:b", "a"];
  const snapshots = await snapshotsOf(
    Object.fromEntries(ids.map((id) => [id, {}])),
  );
  const { checks } = toHealth(rollup(noCounts()), snapshots);
  assertEquals(
    Object.keys(checks),
    snapshots.map(({ id }) => `${id}:responseTime`),
  );
  assertEquals(snapshots.length >= ids.length - 1, true);
});
