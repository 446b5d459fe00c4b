import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { State } from "../../src/core/state.ts";
import { delayMs, initialState, step } from "../../src/core/machine.ts";
import {
  parsePolicy,
  type Policy,
  type PolicyOptions,
} from "../../src/core/policy.ts";
import type { Outcome, Status, Verdict } from "../../src/core/types.ts";

/** Verdicts and statuses by their first letter, to write tables with. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  P: "pass",
  W: "warn",
  F: "fail",
  E: "error",
};
const LETTERS: Readonly<Record<Status, string>> = {
  unknown: "?",
  healthy: "H",
  degraded: "D",
  unhealthy: "U",
};

/** An outcome whose reason tells it from others. */
function outcome(verdict: Verdict, nth = 0): Outcome {
  return verdict === "pass" ? { verdict } : {
    verdict,
    reason: { code: "mismatch", message: `${verdict} ${nth}` },
  };
}

/** One attempt, and the state after it. */
function attempt(
  state: State,
  policy: Policy,
  verdict: Verdict,
  { startAt, endAt = startAt, nth = 0 }: {
    readonly startAt: number;
    readonly endAt?: number;
    readonly nth?: number;
  },
): State {
  const started = step(state, { type: "start", at: startAt }, policy);
  return step(started, {
    type: "end",
    at: endAt,
    durationMs: endAt - startAt,
    outcome: outcome(verdict, nth),
  }, policy);
}

/** The states after each of the verdicts, an interval apart. */
function run(verdicts: string, options: PolicyOptions = {}): State[] {
  const policy = parsePolicy(options);
  const states: State[] = [];
  let state = initialState(0, policy);
  for (const [i, letter] of [...verdicts].entries()) {
    state = attempt(state, policy, VERDICTS[letter]!, {
      startAt: i * policy.intervalMs,
      nth: i,
    });
    states.push(state);
  }
  return states;
}

function letters(states: readonly State[]): string {
  return states.map(({ status }) => LETTERS[status]).join("");
}

type Row = readonly [verdicts: string, statuses: string, PolicyOptions?];

const STATUSES: Readonly<Record<string, readonly Row[]>> = {
  "M1: the first pass settles it": [
    ["P", "H"],
    ["W", "D"],
    ["FFP", "??H"],
    ["P", "H", { rise: 3 }],
    ["W", "D", { rise: 3 }],
  ],
  "M2: it takes so many failures in a row": [
    ["FFF", "??U"],
    ["PFFF", "HHHU"],
    ["WFFF", "DDDU"],
    ["PFFPFFP", "HHHHHHH"],
    ["PFFWFFF", "HHHHHHU"],
    ["WFFWFFF", "DDDDDDU"],
    ["F", "U", { retries: 1 }],
    ["PFPF", "HUHU", { retries: 1 }],
    ["PFFFF", "HHHHU", { retries: 4 }],
  ],
  "M3: and so many passes in a row to rise": [
    ["FFFP", "??UH"],
    ["FFFPPP", "??UUUH", { rise: 3 }],
    ["FFFPPFPPP", "??UUUUUUH", { rise: 3 }],
    ["FPPFPP", "UUHUUH", { retries: 1, rise: 2 }],
    ["FPFPFPP", "UUUUUUH", { retries: 1, rise: 2 }],
  ],
  "M4: warnings in a row degrade it, and passes in a row end that": [
    ["PWPW", "HHHH"],
    ["PWWPWW", "HHHHHH"],
    ["PWWW", "HHHD"],
    ["PWWWW", "HHHDD"],
    ["PWWWP", "HHHDH"],
    ["PWPW", "HDHD", { retries: 1 }],
    ["PWWWPP", "HHHDDH", { rise: 2 }],
    ["PWWWPWPP", "HHHDDDDH", { rise: 2 }],
    ["WPWPP", "DDDDH", { rise: 2 }],
    ["WPW", "DHH"],
    ["WPWWW", "DHHHD"],
  ],
  "M4: a failure ends a row of passes, but not one of warnings": [
    ["PWFWFW", "HHHHHD"],
    ["PWFPWW", "HHHHHH"],
    ["PFFWWW", "HHHHHD"],
    ["WPFPP", "DDDDH", { rise: 2 }],
  ],
  "M4: an error ends neither row": [
    ["PWEWEW", "HHHHHD"],
    ["WPEP", "DDDH", { rise: 2 }],
    ["PWWEEEW", "HHHHH?D"],
  ],
  "M4: a warning counts as a pass of the way up from unhealthy": [
    ["FFFW", "??UD"],
    ["FFFWP", "??UDH"],
    ["FFFWW", "??UUD", { rise: 2 }],
    ["FFFPW", "??UUD", { rise: 2 }],
    ["FFFWP", "??UUD", { rise: 2 }],
    ["FFFWPP", "??UUDH", { rise: 2 }],
    ["FFFWWPP", "??UUDDH", { rise: 2 }],
  ],
  "M5: errors do not count, but too many tell nothing": [
    ["EEE", "???"],
    ["PEEE", "HHH?"],
    ["PEEPEEP", "HHHHHHH"],
    ["PEEFEE", "HHHHHH"],
    ["PEEWEEE", "HHHHHH?"],
    ["WEEWEEE", "DDDDDD?"],
    ["PFEFEF", "HHHHHU"],
    ["PEF", "H?U", { retries: 1 }],
    ["FFFEEE", "??UUU?"],
    ["FFFEEEF", "??UUU?U"],
    ["FFFEEEP", "??UUU?H"],
    ["FFFEEEP", "??UUU?H", { rise: 2 }],
    ["FFFPEP", "??UUUH", { rise: 2 }],
    ["PEEEP", "HHH?H", { rise: 2 }],
  ],
  "M6: failures of the start period do not count": [
    ["FFFFFF", "?????U", { startPeriod: "30s" }],
    ["FFPFFF", "??HHHU", { startPeriod: "10m" }],
    ["FFWFFF", "??DDDU", { startPeriod: "10m" }],
    ["FFFF", "???U", { startPeriod: "10s" }],
    ["EEEEE", "?????", { startPeriod: "1m" }],
  ],
};

for (const [rule, rows] of Object.entries(STATUSES)) {
  for (const [verdicts, statuses, options] of rows) {
    const policy = options === undefined ? "" : ` ${JSON.stringify(options)}`;
    Deno.test(`${rule}: ${verdicts} is ${statuses}${policy}`, () => {
      assertEquals(letters(run(verdicts, options)), statuses);
    });
  }
}

Deno.test("M2: a failure counts up and starts the passes anew, and the other way round", () => {
  const states = run("PPFFPW", { retries: 5 });
  assertEquals(states.map((s) => s.failures), [0, 0, 1, 2, 0, 0]);
  assertEquals(states.map((s) => s.successes), [1, 2, 0, 0, 1, 2]);
});

Deno.test("M3: it keeps its reason until it has risen", () => {
  const states = run("FFFPWEP", { rise: 4 });
  assertEquals(
    states.map(({ reason }) => reason?.message),
    ["fail 0", "fail 1", "fail 2", "fail 2", "fail 2", "error 5", "fail 2"],
  );
  assertEquals(run("FFFPP", { rise: 2 }).at(-1)!.reason, null);
});

Deno.test("M4: it counts warnings and passes in a row", () => {
  const states = run("PPWFWEWPEP", { retries: 5 });
  assertEquals(states.map((s) => s.passes), [1, 2, 0, 0, 0, 0, 0, 1, 1, 2]);
  assertEquals(states.map((s) => s.warnings), [0, 0, 1, 1, 2, 2, 3, 0, 0, 0]);
});

Deno.test("M4: on the way the reason and the verdict are those of the last attempt", () => {
  const states = run("PWWWPWPP", { rise: 2 });
  assertEquals(letters(states), "HHHDDDDH");
  assertEquals(
    states.map(({ reason }) => reason?.message ?? null),
    [null, "warn 1", "warn 2", "warn 3", null, "warn 5", null, null],
  );
  assertEquals(
    states.map(({ verdict }) => verdict),
    ["pass", "warn", "warn", "warn", "pass", "warn", "pass", "pass"],
  );
});

Deno.test("a reason says why it is not healthy, or did not pass", () => {
  assertEquals(
    run("PFPWPE").map(({ reason }) => reason?.message ?? null),
    [null, "fail 1", null, "warn 3", null, "error 5"],
  );
});

Deno.test("M5: an error touches neither count", () => {
  const [, failed] = run("FFE").slice(1);
  assertEquals([failed!.failures, failed!.successes], [2, 0]);
  const [, passed] = run("PPE").slice(1);
  assertEquals([passed!.failures, passed!.successes], [0, 2]);
});

Deno.test("M5: an unknown status has the reason of the last error", () => {
  const { status, reason } = run("PEEE").at(-1)!;
  assertEquals([status, reason?.message], ["unknown", "error 3"]);
});

Deno.test("M6: what counts is when the attempt began, not when it ended", () => {
  const policy = parsePolicy({ startPeriod: "30s", retries: 1 });
  const first = attempt(initialState(0, policy), policy, "fail", {
    startAt: 5000,
  });
  const inside = { startAt: 34_999, endAt: 40_000 };
  assertEquals(attempt(first, policy, "fail", inside).status, "unknown");
  assertEquals(attempt(first, policy, "fail", inside).failures, 0);
  const outside = { startAt: 35_000, endAt: 40_000 };
  assertEquals(attempt(first, policy, "fail", outside).status, "unhealthy");
});

Deno.test("M6: the start period begins with the first attempt", () => {
  const policy = parsePolicy({ startPeriod: "30s", retries: 1 });
  const made = initialState(0, policy);
  assert(made.starting);
  const late = attempt(made, policy, "fail", { startAt: 3_600_000 });
  assertEquals([late.status, late.starting], ["unknown", true]);
});

Deno.test("M6: the interval is the start interval until it is over", () => {
  const options = { startPeriod: "20s", startInterval: "1s" };
  const policy = parsePolicy(options);
  assertEquals(
    run("FFFF", options).map((state) => delayMs(state, policy)),
    [1000, 1000, 10_000, 10_000],
  );
  assertEquals(
    run("FPFF", options).map((state) => delayMs(state, policy)),
    [1000, 10_000, 10_000, 10_000],
  );
  assertEquals(
    run("FPF", options).map(({ starting }) => starting),
    [true, false, false],
  );
});

Deno.test("M6: it is not starting without a start period", () => {
  assertEquals(initialState(0, parsePolicy()).starting, false);
  assertEquals(run("F")[0]!.starting, false);
});

type DelayRow = readonly [
  verdicts: string,
  delays: readonly number[],
  PolicyOptions?,
];

const DELAYS_S: readonly DelayRow[] = [
  ["FFFFFF", [10, 10, 20, 40, 60, 60]],
  ["PFFFP", [10, 10, 10, 20, 10]],
  ["FFF", [20, 40, 60], { retries: 1 }],
  ["FFF", [10, 10, 10], { retries: 1, backoff: false }],
  ["FFF", [30, 90, 100], { retries: 1, backoff: { factor: 3, max: "100s" } }],
  ["FFF", [10, 10, 10], { retries: 1, backoff: { factor: 1 } }],
  ["FFF", [15, 22.5, 25], {
    retries: 1,
    backoff: { factor: 1.5, max: "25s" },
  }],
  // An interval that is longer than the longest backoff stays as it is.
  ["FFF", [120, 120, 120], { retries: 1, interval: "2m" }],
  ["FFF", [10, 10, 10], { retries: 1, backoff: { max: "5s" } }],
  // On the way to rise the delay is the interval.
  ["FFPP", [20, 40, 10, 10], { retries: 1, rise: 3 }],
  // Failing again on that way: below the threshold, it is no shorter.
  ["FFFFPFFFF", [10, 10, 20, 40, 10, 10, 10, 20, 40], { rise: 2 }],
  // Errors leave it as it is, until nothing is known any more.
  ["FFFEEE", [10, 10, 20, 20, 20, 10]],
];

for (const [verdicts, delays, options] of DELAYS_S) {
  const policy = options === undefined ? "" : ` ${JSON.stringify(options)}`;
  Deno.test(`M7: the delays after ${verdicts} are ${delays} s${policy}`, () => {
    const parsed = parsePolicy(options);
    assertEquals(
      run(verdicts, options).map((state) => delayMs(state, parsed) / 1000),
      delays,
    );
  });
}

Deno.test("M7: a huge exponent does not overflow", () => {
  const policy = parsePolicy({ backoff: { factor: 1e300 } });
  const state = run("FFF").at(-1)!;
  for (const failures of [2000, 1e6, Number.MAX_SAFE_INTEGER]) {
    assertEquals(delayMs({ ...state, failures }, policy), 60_000);
    assertEquals(delayMs({ ...state, failures }, parsePolicy()), 60_000);
  }
});

Deno.test("M7: the delay before anything is known is the interval", () => {
  const policy = parsePolicy({ interval: "7s" });
  assertEquals(delayMs(initialState(0, policy), policy), 7000);
});

Deno.test("M8: since and transitions change when the status does, and only then", () => {
  const states = run("FFFFPPWWWEEE");
  assertEquals(letters(states), "??UUHHHHDDD?");
  assertEquals(
    states.map(({ since }) => since / 1000),
    [0, 0, 20, 20, 40, 40, 40, 40, 80, 80, 80, 110],
  );
  assertEquals(
    states.map(({ transitions }) => transitions),
    [0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4],
  );
});

Deno.test("step() keeps the last status while checking", () => {
  const policy = parsePolicy();
  const settled = run("PF").at(-1)!;
  const checking = step(settled, { type: "start", at: 99_000 }, policy);
  assertEquals(checking, { ...settled, checking: true });
});

Deno.test("step() forgets an attempt that was given up", () => {
  const policy = parsePolicy();
  const settled = run("PF").at(-1)!;
  const checking = step(settled, { type: "start", at: 99_000 }, policy);
  assertEquals(step(checking, { type: "abort", at: 99_500 }, policy), settled);
});

Deno.test("step() takes a report as an attempt of its time, and leaves one in flight", () => {
  const policy = parsePolicy({ retries: 2, startPeriod: "30s" });
  const report = (state: State, at: number, durationMs: number | null) =>
    step(state, { type: "report", at, durationMs, outcome: outcome("fail") }, {
      ...policy,
    });
  // The same as an attempt, for which there are tables.
  let [tried, reported] = [initialState(0, policy), initialState(0, policy)];
  for (const startAt of [5, 10_000, 40_000, 50_000]) {
    const endAt = startAt + 100;
    tried = attempt(tried, policy, "fail", { startAt, endAt });
    reported = report(reported, endAt, 100);
    assertEquals(reported, tried);
  }
  assertEquals(reported.status, "unhealthy");
  const checking = step(tried, { type: "start", at: 60_000 }, policy);
  const during = report(checking, 60_001, null);
  assertEquals([during.checking, during.durationMs, during.attempts], [
    true,
    null,
    5,
  ]);
});

Deno.test("step() notes what the attempt saw and when", () => {
  const policy = parsePolicy();
  const started = step(
    initialState(0, policy),
    { type: "start", at: 5 },
    policy,
  );
  const ended = step(started, {
    type: "end",
    at: 12,
    durationMs: 7,
    outcome: { verdict: "pass", detail: { httpStatus: 204 } },
  }, policy);
  assertEquals(ended.detail, { httpStatus: 204 });
  assertEquals([ended.checkedAt, ended.durationMs, ended.attempts], [12, 7, 1]);
  assertEquals(ended.verdict, "pass");
  const next = attempt(ended, policy, "fail", { startAt: 20, endAt: 21 });
  assertEquals([next.attempts, next.detail, next.verdict], [2, null, "fail"]);
});

Deno.test("step() changes neither of its arguments", () => {
  const policy = Object.freeze(parsePolicy());
  const state = Object.freeze(initialState(0, policy));
  const started = step(state, { type: "start", at: 1 }, policy);
  assertStrictEquals(state.checking, false);
  Object.freeze(started);
  const event = Object.freeze({
    type: "end",
    at: 2,
    durationMs: 1,
    outcome: outcome("fail"),
  });
  assertStrictEquals(step(started, event, policy).failures, 1);
  assertStrictEquals(started.failures, 0);
});

/** An attempt of the past, as the naive model remembers it. */
interface Past {
  readonly verdict: Verdict;
  readonly startAt: number;
  readonly endAt: number;
  readonly nth: number;
}

/** What the rules say, read off the whole past each time. */
class NaiveModel {
  readonly #policy: Policy;
  readonly #past: Past[] = [];
  status: Status = "unknown";
  since = 0;
  transitions = 0;

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  add(past: Past): void {
    this.#past.push(past);
    const status = this.#judge();
    if (status === this.status) return;
    this.status = status;
    this.since = past.endAt;
    this.transitions++;
  }

  /** The newest ones for as long as they satisfy, errors being looked over. */
  #streak(satisfies: (past: Past) => boolean): Past[] {
    const told = this.#past.filter(({ verdict }) => verdict !== "error");
    const end = told.findLastIndex((past) => !satisfies(past));
    return told.slice(end + 1);
  }

  get failures(): number {
    return this.#streak(({ verdict }) => verdict === "fail")
      .filter((past) => !this.#isForgiven(past)).length;
  }

  get successes(): number {
    return this.#streak(({ verdict }) => verdict !== "fail").length;
  }

  /** Passes without a warning, up to now. */
  get passes(): number {
    return this.#streak(({ verdict }) => verdict === "pass").length;
  }

  /** Warnings since the last pass without one. */
  get warnings(): number {
    const end = this.#past.findLastIndex(({ verdict }) => verdict === "pass");
    return this.#past.slice(end + 1)
      .filter(({ verdict }) => verdict === "warn").length;
  }

  get errors(): number {
    const end = this.#past.findLastIndex(({ verdict }) => verdict !== "error");
    return this.#past.length - 1 - end;
  }

  /** A start period ends with a pass: what failed later is not forgiven. */
  #isForgiven({ startAt, nth }: Past): boolean {
    return startAt - this.#past[0]!.startAt < this.#policy.startPeriodMs &&
      !this.#past.slice(0, nth).some(isPass);
  }

  #judge(): Status {
    const last = this.#past.at(-1)!;
    const { retries, rise } = this.#policy;
    if (last.verdict === "error") {
      return this.errors >= retries ? "unknown" : this.status;
    }
    if (last.verdict === "fail") {
      const counts = !this.#isForgiven(last);
      return counts && this.failures >= retries ? "unhealthy" : this.status;
    }
    if (this.status === "unknown") {
      return last.verdict === "pass" ? "healthy" : "degraded";
    }
    if (this.status === "healthy") {
      return this.warnings >= retries ? "degraded" : "healthy";
    }
    if (this.status === "unhealthy" && this.successes < rise) {
      return "unhealthy";
    }
    return this.passes >= rise ? "healthy" : "degraded";
  }

  get starting(): boolean {
    const last = this.#past.at(-1)!;
    return !this.#past.some(isPass) &&
      last.endAt - this.#past[0]!.startAt < this.#policy.startPeriodMs;
  }

  get reason(): string | null {
    const last = this.#past.at(-1)!;
    if (this.status === "unhealthy" && isPass(last)) {
      const failed = this.#past.findLast(({ verdict }) => verdict === "fail")!;
      return `fail ${failed.nth}`;
    }
    return last.verdict === "pass" ? null : `${last.verdict} ${last.nth}`;
  }

  get delay(): number {
    const { intervalMs, startIntervalMs } = this.#policy;
    if (this.starting) return startIntervalMs;
    if (this.status !== "unhealthy") return intervalMs;
    let delay = intervalMs;
    for (let n = this.#policy.retries; n <= this.failures; n++) {
      delay = Math.min(
        delay * this.#policy.backoffFactor,
        this.#policy.backoffMaxMs,
      );
    }
    return delay;
  }
}

function isPass({ verdict }: Past): boolean {
  return verdict === "pass" || verdict === "warn";
}

Deno.test("step() agrees with a naive reading of the rules on random walks", () => {
  const count = fc.integer({ min: 1, max: 4 });
  const options = fc.record({
    interval: fc.integer({ min: 1, max: 90_000 }),
    retries: count,
    rise: count,
    startPeriod: fc.constantFrom(0, 0, 1000, 60_000),
    startInterval: fc.integer({ min: 1, max: 5000 }),
    backoff: fc.oneof(
      fc.constant(false as const),
      fc.record({
        factor: fc.constantFrom(1, 2, 3),
        max: fc.integer({ min: 1, max: 300_000 }),
      }),
    ),
  });
  const walk = fc.array(
    fc.record({
      // Runs of the same are what the rules are about.
      verdict: fc.constantFrom<Verdict>(
        "pass",
        "pass",
        "warn",
        "warn",
        "fail",
        "fail",
        "fail",
        "error",
      ),
      times: count,
      waitMs: fc.integer({ min: 0, max: 15_000 }),
      tookMs: fc.integer({ min: 0, max: 15_000 }),
    }),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(options, walk, (options, walk) => {
      const policy = parsePolicy(options);
      const model = new NaiveModel(policy);
      let state = initialState(0, policy);
      let now = 0;
      let nth = 0;
      for (const { verdict, times, waitMs, tookMs } of walk) {
        for (let i = 0; i < times; i++, nth++) {
          const startAt = now + waitMs;
          now = startAt + tookMs;
          state = attempt(state, policy, verdict, { startAt, endAt: now, nth });
          model.add({ verdict, startAt, endAt: now, nth });
          assertEquals({
            status: state.status,
            failures: state.failures,
            successes: state.successes,
            passes: state.passes,
            warnings: state.warnings,
            errors: state.errors,
            starting: state.starting,
            since: state.since,
            transitions: state.transitions,
            attempts: state.attempts,
            reason: state.reason?.message ?? null,
            delayMs: delayMs(state, policy),
          }, {
            status: model.status,
            failures: model.failures,
            successes: model.successes,
            passes: model.passes,
            warnings: model.warnings,
            errors: model.errors,
            starting: model.starting,
            since: model.since,
            transitions: model.transitions,
            attempts: nth + 1,
            reason: model.reason,
            delayMs: model.delay,
          });
          assert(state.starting || delayMs(state, policy) >= policy.intervalMs);
        }
      }
    }),
    { numRuns: 500 },
  );
});
