import { assertEquals } from "@std/assert";
import { noCounts, rollup } from "../../src/core/rollup.ts";
import { summary } from "../../src/core/summary.ts";
import type { Status } from "../../src/core/types.ts";

/** How many of each status, and the sentence. */
const SUMMARIES: readonly (readonly [
  Partial<Record<Status, number>>,
  string,
])[] = [
  [{}, "There are no checks"],
  [{ healthy: 1 }, "The check is healthy"],
  [{ healthy: 3 }, "All 3 checks are healthy"],
  [{ degraded: 1 }, "1 of 1 check is degraded"],
  [{ healthy: 1, degraded: 1 }, "1 of 2 checks is degraded"],
  [{ healthy: 1, degraded: 2 }, "2 of 3 checks are degraded"],
  [{ healthy: 1, degraded: 1, unknown: 1 }, "1 of 3 checks is unknown"],
  [{ unknown: 2 }, "2 of 2 checks are unknown"],
  [{ unknown: 2, unhealthy: 1 }, "1 of 3 checks is down"],
  [{ healthy: 5, unhealthy: 2 }, "2 of 7 checks are down"],
];

for (const [counts, sentence] of SUMMARIES) {
  Deno.test(`summary() says of ${JSON.stringify(counts)}: ${sentence}`, () => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    assertEquals(
      summary(rollup({ ...noCounts(), ...counts }), total),
      sentence,
    );
  });
}
