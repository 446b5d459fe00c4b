import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { noCounts, rollup } from "../../src/core/rollup.ts";
import type { Status } from "../../src/core/types.ts";

Deno.test("rollup() of nothing is unknown", () => {
  assertEquals(rollup(noCounts()), { status: "unknown", counts: noCounts() });
});

const TABLE: readonly (readonly [Status, Partial<Record<Status, number>>])[] = [
  ["healthy", { healthy: 1 }],
  ["degraded", { healthy: 9, degraded: 1 }],
  ["unknown", { healthy: 9, degraded: 9, unknown: 1 }],
  ["unhealthy", { healthy: 9, degraded: 9, unknown: 9, unhealthy: 1 }],
  ["unhealthy", { healthy: 9, unhealthy: 1 }],
  ["unknown", { healthy: 9, unknown: 1 }],
];

for (const [status, some] of TABLE) {
  Deno.test(`rollup() of ${Object.keys(some).join(", ")} is ${status}`, () => {
    const counts = { ...noCounts(), ...some };
    assertEquals(rollup(counts), { status, counts });
  });
}

Deno.test("rollup() is as bad as the worst, whatever else there is", () => {
  const worstFirst: Status[] = ["unhealthy", "unknown", "degraded", "healthy"];
  const some = fc.array(fc.constantFrom(...worstFirst), { minLength: 1 });
  fc.assert(fc.property(some, (statuses) => {
    const counts = noCounts();
    for (const status of statuses) counts[status]++;
    const [worst] = statuses.toSorted((a, b) =>
      worstFirst.indexOf(a) - worstFirst.indexOf(b)
    );
    assertEquals(rollup(counts).status, worst!);
  }));
});

Deno.test("rollup() does not change with the counts that it was given", () => {
  const counts = noCounts();
  const before = rollup(counts);
  counts.healthy++;
  assertEquals(before.counts.healthy, 0);
});
