import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { Verdict } from "../../src/core/types.ts";
import { AttemptRing } from "../../src/monitor/history.ts";

const attempts = fc.array(
  fc.record({
    verdict: fc.constantFrom<Verdict>("pass", "warn", "fail", "error"),
    durationMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
  }),
  { maxLength: 200 },
);

Deno.test("AttemptRing keeps the last 60 attempts, oldest first, and counts all", () => {
  fc.assert(fc.property(attempts, (attempts) => {
    const ring = new AttemptRing();
    // Another one in the same block.
    const neighbour = new AttemptRing();
    for (const { verdict, durationMs } of attempts) {
      ring.note({ durationMs, outcome: { verdict } });
      neighbour.note({ durationMs: 0, outcome: { verdict: "error" } });
    }
    const kept = ring.take();
    const last = attempts.slice(-60);
    assertEquals(
      kept.attempts.map(({ verdict }) => verdict),
      last.map(({ verdict }) => verdict),
    );
    for (const [i, { durationMs }] of kept.attempts.entries()) {
      assertLessOrEqual(Math.abs(durationMs - last[i]!.durationMs), 0.006);
    }
    const of = (...verdicts: Verdict[]): number =>
      attempts.filter(({ verdict }) => verdicts.includes(verdict)).length;
    assertEquals(kept.passed, of("pass", "warn"));
    assertEquals(kept.failed, of("fail"));
    assertEquals(
      neighbour.take().attempts.every(({ verdict }) => verdict === "error"),
      true,
    );
  }));
});

Deno.test("AttemptRing keeps a duration beyond its range as its longest", () => {
  const ring = new AttemptRing();
  ring.note({ durationMs: 1e12, outcome: { verdict: "fail" } });
  assertEquals(ring.take().attempts, [
    { verdict: "fail", durationMs: 10_737_418.23 },
  ]);
});
