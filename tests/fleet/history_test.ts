import {
  assertEquals,
  assertLessOrEqual,
  assertStrictEquals,
} from "@std/assert";
import fc from "fast-check";
import type { Reason, Verdict } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { AttemptRing, type PastAttempt } from "../../src/fleet/history.ts";
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

/** A reason out of so many. */
function reasons(count: number): fc.Arbitrary<Reason> {
  return fc.nat({ max: count - 1 }).map((nth) => ({
    code: "refused",
    message: `reason ${nth}`,
  }));
}

/** Attempts that fail for so many reasons. */
function attemptsWith(count: number): fc.Arbitrary<PastAttempt[]> {
  return fc.array(
    fc.record({
      verdict: fc.constantFrom<Verdict>("pass", "warn", "fail", "error"),
      at: fc.nat({ max: 2 ** 44 - 1 }),
      durationMs: fc.option(fc.double({ min: 0, max: 1e7, noNaN: true })),
      reason: reasons(count),
    }).map(({ reason, ...attempt }) =>
      attempt.verdict === "pass" ? attempt : { ...attempt, reason }
    ),
    { maxLength: 200 },
  );
}

/** As many reasons as a ring remembers, for all to be there. */
const attempts = attemptsWith(15);

function note(ring: AttemptRing, durationMs: number, verdict: Verdict): void {
  ring.note({ verdict, at: 0, durationMs });
}

Deno.test("AttemptRing keeps the last 60 attempts, oldest first, and counts all", () => {
  fc.assert(fc.property(attempts, (attempts) => {
    const ring = new AttemptRing();
    // Another one in the same block.
    const neighbour = new AttemptRing();
    for (const attempt of attempts) {
      ring.note(attempt);
      note(neighbour, 0, "error");
    }
    const kept = ring.take();
    const last = attempts.slice(-60);
    assertEquals(
      kept.attempts.map(({ durationMs: _, ...rest }) => rest),
      last.map(({ durationMs: _, ...rest }) => rest),
    );
    for (const [i, { durationMs }] of kept.attempts.entries()) {
      const exact = last[i]!.durationMs;
      if (durationMs === null || exact === null) {
        assertEquals(durationMs, exact);
        continue;
      }
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
  for (const durationMs of [1e12, Infinity]) note(ring, durationMs, "fail");
  assertEquals(
    ring.take().attempts.map(({ durationMs }) => durationMs),
    [1_637_000_000, 1_637_000_000],
  );
});

Deno.test("AttemptRing keeps three digits of a duration as they are", () => {
  const digits = fc.integer({ min: 0, max: 999 });
  const power = fc.integer({ min: 0, max: 8 });
  fc.assert(fc.property(digits, power, (digits, power) => {
    const ring = new AttemptRing();
    const durationMs = digits * 10 ** power / 1000;
    note(ring, durationMs, "pass");
    assertEquals(ring.take().attempts, [{
      verdict: "pass",
      at: 0,
      durationMs,
    }]);
  }));
});

Deno.test("AttemptRing keeps a time within its range, in whole milliseconds", () => {
  const ring = new AttemptRing();
  const times = [-1, 0, 0.5, 1_790_000_000_123, 2 ** 44 - 1, 2 ** 44, 8.64e15];
  for (const at of times) ring.note({ verdict: "pass", at, durationMs: 0 });
  assertEquals(ring.take().attempts.map(({ at }) => at), [
    0,
    0,
    1,
    1_790_000_000_123,
    2 ** 44 - 1,
    2 ** 44 - 1,
    2 ** 44 - 1,
  ]);
});

Deno.test("AttemptRing keeps the 15 reasons that were given last, and shares them", () => {
  fc.assert(fc.property(attemptsWith(40), (attempts) => {
    const ring = new AttemptRing();
    /** The same, as a list in which a new reason takes the oldest one away. */
    let model: PastAttempt[] = [];
    for (const attempt of attempts) {
      ring.note(attempt);
      const known = new Set(
        model.toReversed().flatMap(({ reason }) => reason?.message ?? []),
      );
      const { message } = attempt.reason ?? {};
      if (message !== undefined && known.size === 15 && !known.has(message)) {
        const oldest = [...known].at(-1);
        model = model.map(({ reason, ...rest }) =>
          reason === undefined || reason.message === oldest
            ? rest
            : { ...rest, reason }
        );
      }
      model = [...model, attempt].slice(-60);
    }
    const kept = ring.take().attempts;
    assertEquals(
      kept.map(({ reason }) => reason),
      model.map(({ reason }) => reason),
    );
    const shared = Map.groupBy(kept, ({ reason }) => reason?.message);
    for (const group of shared.values()) {
      for (const { reason } of group) {
        assertStrictEquals(reason, group[0]!.reason);
      }
    }
  }));
});

Deno.test("AttemptRing goes on from its own past as it was", () => {
  fc.assert(fc.property(attempts, (attempts) => {
    const ring = new AttemptRing();
    for (const attempt of attempts) ring.note(attempt);
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
  const begin = Date.now() - 5000;
  const timeout = {
    code: "timeout",
    message: "Timed out after 1s",
  };
  assertEquals(history, {
    attempts: [
      { verdict: "pass", at: begin + 20, durationMs: 20 },
      {
        verdict: "warn",
        at: begin + 1000,
        durationMs: 0,
        reason: WARN.reason!,
      },
      {
        verdict: "fail",
        at: begin + 2000,
        durationMs: 0,
        reason: FAIL.reason!,
      },
      {
        verdict: "error",
        at: begin + 3000,
        durationMs: 0,
        reason: ERROR.reason!,
      },
      {
        verdict: "fail",
        at: begin + 5000,
        durationMs: 1000,
        reason: timeout,
      },
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
