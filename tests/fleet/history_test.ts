import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { Verdict } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { AttemptRing } from "../../src/fleet/history.ts";
import {
  after,
  ERROR,
  FAIL,
  hang,
  PASS,
  scripted,
  WARN,
} from "../support/probes.ts";
import { SettableTime } from "../support/time.ts";

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
      const exact = last[i]!.durationMs;
      assertLessOrEqual(
        Math.abs(durationMs - exact),
        Math.max(0.0005, exact * 0.0031),
      );
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
  for (const durationMs of [1e12, Infinity]) {
    ring.note({ durationMs, outcome: { verdict: "fail" } });
  }
  assertEquals(ring.take().attempts, [
    { verdict: "fail", durationMs: 1_637_000_000 },
    { verdict: "fail", durationMs: 1_637_000_000 },
  ]);
});

Deno.test("AttemptRing keeps three digits of a duration as they are", () => {
  const digits = fc.integer({ min: 0, max: 999 });
  const power = fc.integer({ min: 0, max: 8 });
  fc.assert(fc.property(digits, power, (digits, power) => {
    const ring = new AttemptRing();
    const durationMs = digits * 10 ** power / 1000;
    ring.note({ durationMs, outcome: { verdict: "pass" } });
    assertEquals(ring.take().attempts, [{ verdict: "pass", durationMs }]);
  }));
});

Deno.test("AttemptRing goes on from its own past as it was", () => {
  fc.assert(fc.property(attempts, (attempts) => {
    const ring = new AttemptRing();
    for (const { verdict, durationMs } of attempts) {
      ring.note({ durationMs, outcome: { verdict } });
    }
    const resumed = new AttemptRing();
    resumed.resume(ring.take());
    assertEquals(resumed.take(), ring.take());
  }));
});

Deno.test("history() tells what came of each attempt at a check", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet({ background: false });
  const steps = [after(20, PASS), WARN, FAIL, ERROR, hang, hang];
  fleet.add(scripted(steps), { id: "a", timeout: "1s" });
  fleet.add(scripted([PASS]), { id: "b" });
  assertEquals(fleet.history("nobody"), undefined);
  assertEquals(fleet.history("a"), { attempts: [], passed: 0, failed: 0 });
  for (let i = 0; i < 5; i++) {
    const attempt = fleet.attempt("a");
    await time.advance(1000);
    await attempt;
  }
  const history = fleet.history("a");
  assertEquals(history, {
    attempts: [
      { verdict: "pass", durationMs: 20 },
      { verdict: "warn", durationMs: 0 },
      { verdict: "fail", durationMs: 0 },
      { verdict: "error", durationMs: 0 },
      { verdict: "fail", durationMs: 1000 },
    ],
    passed: 2,
    failed: 2,
  });
  assertEquals(fleet.history("b")!.attempts, []);
  // One that is given up came to nothing.
  const attempt = fleet.attempt("a");
  await time.advance(0);
  await fleet.remove("a");
  await attempt;
  assertEquals(history!.attempts.length, 5);
  assertEquals(fleet.history("a"), undefined);
  fleet.add(scripted([PASS]), { id: "a" });
  assertEquals(fleet.history("a"), { attempts: [], passed: 0, failed: 0 });
});
