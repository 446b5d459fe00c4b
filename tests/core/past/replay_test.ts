import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { compare } from "../../../src/core/past/comparison.ts";
import type { Incident } from "../../../src/core/past/incident.ts";
import { replay } from "../../../src/core/past/replay.ts";
import {
  type BackoffOptions,
  parsePolicy,
  type PolicyOptions,
} from "../../../src/core/policy.ts";
import type { Verdict } from "../../../src/core/types.ts";
import {
  changing,
  failing,
  record,
  START,
  type Target,
} from "../../support/recorded.ts";

/** When incidents began and ended, in milliseconds after the start. */
function times(
  incidents: readonly Incident[],
): (readonly [number, number | null])[] {
  return incidents.map(({ began, ended }) => [
    began - START,
    ended === null ? null : ended - START,
  ]);
}

const policies: fc.Arbitrary<PolicyOptions> = fc.record({
  interval: fc.constantFrom(1000, 7000, 10_000),
  retries: fc.integer({ min: 1, max: 5 }),
  rise: fc.integer({ min: 1, max: 3 }),
  startPeriod: fc.constantFrom(0, 0, 25_000),
  startInterval: fc.constantFrom(500, 10_000),
  backoff: fc.constantFrom<false | BackoffOptions>(
    false,
    {},
    { factor: 3, max: "2m" },
  ),
});

const verdicts = fc.array(
  fc.tuple(
    fc.constantFrom<Verdict>("pass", "pass", "warn", "fail", "fail", "error"),
    fc.integer({ min: 1, max: 60 }),
  ),
  { minLength: 1, maxLength: 20 },
);

Deno.test("replay() with the policy of the recording finds exactly what was", () => {
  fc.assert(fc.property(
    policies,
    verdicts,
    fc.array(fc.nat(900), { minLength: 1, maxLength: 9 }),
    fc.nat(90),
    (options, pieces, lagsMs, durationMs) => {
      const recording = record(changing(pieces), {
        options,
        ms: 600_000,
        lagsMs,
        durationMs,
      });
      const found = replay(recording, recording.policy);
      assertEquals(found.incidents, recording.incidents);
      assertEquals(found.expected, recording.incidents);
      assertEquals(found.made, recording.attempts.length);
      assertEquals([found.unseen, found.cutShort], [0, 0]);
    },
  ));
});

Deno.test("replay() finds what was also from the middle of the recording on, once all is well or if it is down", () => {
  fc.assert(fc.property(
    policies,
    verdicts,
    fc.double({ min: 0, max: 1, noNaN: true }),
    (options, pieces, where) => {
      const whole = record(changing([["pass", 60], ...pieces]), {
        options,
        ms: 1_200_000,
      });
      const { attempts, incidents, policy } = whole;
      // From the end of a row of passes on, all is forgotten.
      const first = attempts.findIndex(({ verdict }, i) =>
        i > where * attempts.length && verdict === "pass" &&
        attempts.slice(Math.max(0, i - 5), i).every((it) =>
          it.verdict === "pass"
        )
      );
      if (first < 0) return;
      const recording = {
        ...whole,
        attempts: attempts.slice(first),
        isNew: false,
      };
      const { at } = attempts[first]!;
      assertEquals(
        replay(recording, policy).incidents,
        incidents.filter(({ ended }) => (ended ?? Infinity) > at),
      );
    },
  ));
});

Deno.test("replay() goes on with the incident that lasts when the recording begins", () => {
  const whole = record(failing([0, 100_000]), {
    options: { retries: 3, backoff: false },
    ms: 200_000,
  });
  assertEquals(times(whole.incidents), [[20_000, 100_000]]);
  const recording = {
    ...whole,
    attempts: whole.attempts.slice(6),
    isNew: false,
  };
  assertEquals(replay(recording, whole.policy).incidents, whole.incidents);
});

interface Case {
  readonly name: string;
  readonly target: Target;
  readonly was?: PolicyOptions;
  readonly would: PolicyOptions;
  /** When incidents would have begun and ended, in seconds. */
  readonly incidents: readonly (readonly [number, number | null])[];
  readonly made?: number;
  readonly unseen?: number;
}

/** Attempts are made every 10 s for 10 minutes, without backoff. */
const CASES: readonly Case[] = [
  {
    name: "more retries miss short outages, and begin others later",
    target: failing([100_000, 130_000], [200_000, 300_000]),
    would: { retries: 5 },
    incidents: [[240, 300]],
    made: 60,
  },
  {
    name: "one retry finds each failure at once",
    target: failing([100_000, 110_000], [200_000, 300_000]),
    would: { retries: 1 },
    incidents: [[100, 110], [200, 300]],
  },
  {
    name: "a higher rise makes incidents longer",
    target: failing([100_000, 200_000]),
    would: { rise: 4 },
    incidents: [[120, 230]],
  },
  {
    name: "a longer interval has only the attempts that it would have made",
    target: failing([100_000, 130_000], [200_000, 400_000]),
    would: { interval: "30s" },
    // At 210, 240 and 270.
    incidents: [[270, 420]],
    made: 20,
  },
  {
    name: "an interval that is no multiple keeps its mean",
    target: failing(),
    would: { interval: "25s" },
    incidents: [],
    made: 24,
  },
  {
    name: "backoff leaves out attempts once the check is down",
    target: failing([100_000, 300_000]),
    would: { backoff: { factor: 2, max: "40s" } },
    // At 120, 140, 180, 220, 260 and 300.
    incidents: [[120, 300]],
    made: 60 - 1 - 3 * 4,
  },
  {
    name: "a shorter interval sees no more than what was recorded",
    target: failing([100_000, 130_000]),
    would: { interval: "2s" },
    incidents: [[120, 130]],
    made: 60,
    unseen: 59 * 4,
  },
  {
    name: "without the backoff that was, some attempts are not known",
    target: failing([100_000, 200_000]),
    was: { backoff: { factor: 2, max: "60s" } },
    would: { backoff: false },
    // It was down from 120 on, and was tried at 140, 180 and 240.
    incidents: [[120, 240]],
    unseen: 1 + 3 + 5,
  },
  {
    name: "a start period forgives what failed in it",
    target: failing([0, 100_000]),
    would: { startPeriod: "1m" },
    incidents: [[80, 100]],
  },
];

for (const { name, target, was, would, incidents, made, unseen } of CASES) {
  Deno.test(`replay(): ${name}`, () => {
    const options = { retries: 3, backoff: false, ...was } as const;
    const recording = record(target, { options, ms: 600_000 });
    const found = replay(recording, parsePolicy({ ...options, ...would }));
    assertEquals(
      times(found.incidents),
      incidents.map(([began, ended]) => [
        began * 1000,
        ended === null ? null : ended * 1000,
      ]),
    );
    if (made !== undefined) assertEquals(found.made, made);
    assertEquals(found.unseen, unseen ?? 0);
  });
}

Deno.test("replay() begins its schedule anew after a gap, and counts nothing in it", () => {
  const whole = record(failing(), { ms: 600_000 });
  const recording = {
    ...whole,
    attempts: whole.attempts.filter(({ at }) =>
      at - START < 100_000 || at - START >= 395_000
    ),
  };
  const longer = replay(recording, parsePolicy({ interval: "50s" }));
  // At 0 and 50, then at 400, 450, 500 and 550.
  assertEquals(longer.made, 6);
  const shorter = replay(recording, parsePolicy({ interval: "5s" }));
  assertEquals(shorter.unseen, 9 + 1 + 19);
});

Deno.test("replay() of results that are reported goes by no interval", () => {
  const recording = record(failing([100_000, 130_000]), {
    options: { retries: 1 },
    ms: 600_000,
    isPassive: true,
  });
  const { made } = replay(recording, parsePolicy({ interval: "1h" }));
  assertEquals(made, recording.attempts.length);
});

Deno.test("replay() takes attempts that took longer than a shorter timeout for failures", () => {
  const recording = record(failing(), {
    options: { retries: 2, timeout: "5s" },
    durationMs: 800,
    ms: 60_000,
  });
  const policy = parsePolicy({ retries: 2, timeout: "500ms" });
  const { incidents } = replay(recording, policy);
  assertEquals(times(incidents), [[10_800, null]]);
  assertEquals(incidents[0]?.firstReason.code, "timeout");
});

Deno.test("replay() counts the timeouts of which a longer timeout would tell more", () => {
  const recording = record(failing([20_000, 40_000]), { ms: 60_000 });
  const attempts = recording.attempts.map((attempt) =>
    attempt.verdict === "fail"
      ? { ...attempt, reason: { code: "timeout", message: "timed out" } }
      : attempt
  );
  const policy = parsePolicy({ timeout: "8s" });
  assertEquals(replay({ ...recording, attempts }, policy).cutShort, 2);
  const same = replay({ ...recording, attempts }, recording.policy);
  assertEquals(same.cutShort, 0);
});

Deno.test("compare() tells what would have been found, missed, added and shorter", () => {
  const target = failing(
    [100_000, 120_000],
    [200_000, 300_000],
    [400_000, 500_000],
  );
  const range = { from: START, to: START + 600_000 };
  const options = { backoff: false } as const;
  const two = record(target, { options: { ...options, retries: 2 }, ms: 6e5 });
  const five = record(target, { options: { ...options, retries: 5 }, ms: 6e5 });
  const { attempts } = two;
  const less = compare({
    ...range,
    attempts,
    was: two.incidents,
    would: five.incidents,
  });
  assertEquals(
    [less.found, less.missed, less.shortened, less.added],
    [2, 1, 2, 0],
  );
  assertEquals(less.was, {
    incidents: 3,
    downMs: 10_000 + 90_000 + 90_000,
    messages: 6,
    meanDelayMs: 10_000,
  });
  assertEquals(less.would, {
    incidents: 2,
    downMs: 120_000,
    messages: 4,
    meanDelayMs: 40_000,
  });
  assertEquals(
    less.outages.map(({ was, would }) => [was?.delayMs, would?.delayMs]),
    [[10_000, undefined], [10_000, 40_000], [10_000, 40_000]],
  );
  const more = compare({
    ...range,
    attempts,
    was: five.incidents,
    would: two.incidents,
  });
  assertEquals(
    [more.found, more.missed, more.shortened, more.added],
    [2, 0, 0, 1],
  );
});

Deno.test("compare() counts what lasts and what began before, as far as it is in the range", () => {
  const recording = record(failing([0, 50_000], [80_000, 600_000]), {
    options: { retries: 1, backoff: false },
    ms: 600_000,
  });
  const { attempts, incidents } = recording;
  const { was, outages } = compare({
    from: START + 20_000,
    to: START + 100_000,
    attempts,
    was: incidents,
    would: [],
  });
  assertEquals(was, {
    incidents: 2,
    downMs: 30_000 + 20_000,
    messages: 2,
    meanDelayMs: 0,
  });
  assertEquals(outages.map(({ was }) => was?.ended), [START + 50_000, null]);
});

Deno.test("compare() takes an incident and its two halves for one outage", () => {
  const target = failing([100_000, 150_000], [160_000, 200_000]);
  const options = { retries: 1, backoff: false } as const;
  const two = record(target, { options, ms: 300_000 });
  const one = record(target, { options: { ...options, rise: 2 }, ms: 300_000 });
  const { outages, found, added } = compare({
    from: START,
    to: START + 300_000,
    attempts: two.attempts,
    was: one.incidents,
    would: two.incidents,
  });
  assertEquals([found, added, outages.length], [1, 0, 1]);
  assertEquals(outages[0]?.would?.incidents, 2);
  assertEquals(outages[0]?.would?.downMs, 90_000);
  assert(outages[0]?.was?.downMs === 110_000);
});
