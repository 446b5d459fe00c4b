import { assertEquals } from "@std/assert";
import { noCounts } from "../../../src/core/rollup.ts";
import { summary, upcoming } from "../../../src/core/people/summary.ts";
import type { Status } from "../../../src/core/types.ts";

/** How many of each status, and the sentence. */
const SUMMARIES: readonly (readonly [
  Partial<Record<Status, number>>,
  string,
])[] = [
  [{}, "There are no checks"],
  [{ healthy: 1 }, "The check is healthy"],
  [{ healthy: 3 }, "All 3 checks are healthy"],
  [{ degraded: 1 }, "1 of 1 is degraded"],
  [{ healthy: 1, degraded: 1 }, "1 of 2 is degraded"],
  [{ healthy: 1, degraded: 2 }, "2 of 3 are degraded"],
  [{ healthy: 1, degraded: 1, unknown: 1 }, "1 of 3 is unknown, 1 degraded"],
  [{ unknown: 2 }, "2 of 2 are unknown"],
  [{ unknown: 2, unhealthy: 1 }, "1 of 3 is down, 2 unknown"],
  [{ healthy: 5, unhealthy: 2 }, "2 of 7 are down"],
  [
    { healthy: 36, unhealthy: 4, degraded: 10 },
    "4 of 50 are down, 10 degraded",
  ],
];

for (const [counts, sentence] of SUMMARIES) {
  Deno.test(`summary() says of ${JSON.stringify(counts)}: ${sentence}`, () => {
    assertEquals(summary({ counts: { ...noCounts(), ...counts } }), sentence);
  });
}

Deno.test("summary() counts what is in maintenance apart", () => {
  const say = (counts: Partial<Record<Status, number>>, maintenance: number) =>
    summary({ counts: { ...noCounts(), ...counts }, maintenance });
  assertEquals(say({ healthy: 4 }, 1), "1 of 5 is in maintenance");
  assertEquals(
    say({ healthy: 2, unhealthy: 1 }, 2),
    "1 of 5 is down, 2 in maintenance",
  );
  assertEquals(say({}, 3), "3 of 3 are in maintenance");
});

Deno.test("summary() needs nothing from around it", () => {
  const alone = new Function(`return (${summary})`)();
  assertEquals(alone({ counts: noCounts() }), "There are no checks");
});

Deno.test("upcoming() says when what is not soon is due", () => {
  const now = Date.UTC(2026, 10, 26, 12);
  const due = (seconds: number) =>
    upcoming({ nextAt: new Date(now + seconds * 1000) }, now);
  assertEquals(due(3600), "next at 2026-11-26 13:00 UTC");
  assertEquals(due(-3600), "was due at 2026-11-26 11:00 UTC");
  assertEquals([due(59), due(-59), upcoming({ nextAt: null }, now)], [
    "",
    "",
    "",
  ]);
});
