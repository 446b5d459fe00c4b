import type { State } from "./state.ts";
import type { Policy } from "./policy.ts";
import type { Outcome, Status, Verdict } from "./types.ts";

/** What happens to a check. */
export type Event =
  /** An attempt begins. */
  | { readonly type: "start"; readonly at: number }
  /** An attempt ends with an outcome. */
  | {
    readonly type: "end";
    readonly at: number;
    readonly durationMs: number | null;
    readonly outcome: Outcome;
  }
  /** An attempt was given up before it had an outcome. */
  | { readonly type: "abort"; readonly at: number }
  /**
   * A result comes from outside; how long it took may not be known. An attempt in
   * flight goes on.
   */
  | {
    readonly type: "report";
    readonly at: number;
    readonly durationMs: number | null;
    readonly outcome: Outcome;
  };

/** The state of a check that nothing has happened to, as of a time. */
export function initialState(at: number, policy: Policy): State {
  return {
    status: "unknown",
    checking: false,
    starting: policy.startPeriodMs > 0,
    failures: 0,
    successes: 0,
    passes: 0,
    warnings: 0,
    errors: 0,
    verdict: null,
    reason: null,
    cause: null,
    detail: null,
    firstAt: null,
    since: at,
    checkedAt: null,
    durationMs: null,
    attempts: 0,
    transitions: 0,
  };
}

/**
 * Takes a check from one state to the next (rules M1 to M8 of the design).
 * Pure: the time comes with the event, and neither argument is changed.
 */
export function step(state: State, event: Event, policy: Policy): State {
  switch (event.type) {
    case "start":
      return start(state, event.at, policy);
    case "abort":
      return { ...state, checking: false };
    case "end":
      return conclude(state, event, policy);
    case "report": {
      const { at, durationMs } = event;
      const started = start(state, at - (durationMs ?? 0), policy);
      const { checking } = state;
      return { ...conclude(started, event, policy), checking };
    }
    default:
      return event satisfies never;
  }
}

/**
 * The same state after the clock was set by so many milliseconds: what is
 * measured by it, the start period, goes on as it was.
 */
export function clockSet(state: State, ms: number): State {
  return {
    ...state,
    firstAt: state.firstAt === null ? null : state.firstAt + ms,
  };
}

/**
 * The delay from the last attempt to the next, in milliseconds: the interval,
 * or the start interval, or what backoff makes of it (M6, M7).
 */
export function delayMs(state: State, policy: Policy): number {
  if (state.starting) return policy.startIntervalMs;
  if (state.status !== "unhealthy" || state.successes > 0) {
    return policy.intervalMs;
  }
  // After a pass on the way up, failures start below the threshold again.
  const exponent = Math.max(0, state.failures - policy.retries + 1);
  // A huge power is Infinity, which the maximum brings back to earth.
  return Math.min(
    policy.intervalMs * policy.backoffFactor ** exponent,
    policy.backoffMaxMs,
  );
}

/** Whether the start period that began with the first attempt still lasts. */
function lasts(firstAt: number | null, at: number, policy: Policy): boolean {
  return at - (firstAt ?? at) < policy.startPeriodMs;
}

function start(state: State, at: number, policy: Policy): State {
  const firstAt = state.firstAt ?? at;
  const starting = state.starting && lasts(firstAt, at, policy);
  return {
    ...state,
    checking: true,
    starting,
    firstAt: starting ? firstAt : null,
  };
}

function conclude(
  state: State,
  { at, durationMs, outcome }: Event & { type: "end" | "report" },
  policy: Policy,
): State {
  const { verdict } = outcome;
  const succeeds = verdict === "pass" || verdict === "warn";
  // Docker: a failure is forgiven if its attempt began inside the period.
  const forgiven = state.starting;
  const starting = forgiven && !succeeds && lasts(state.firstAt, at, policy);
  const counts = count(state, verdict, forgiven);
  // What is forgiven changes nothing, whatever was counted before it.
  const status = forgiven && verdict === "fail"
    ? state.status
    : judge(state.status, verdict, counts, policy);
  const cause = verdict === "fail"
    ? outcome.reason ?? null
    : status === "unhealthy"
    ? state.cause
    : null;
  const changed = status !== state.status;
  return {
    status,
    checking: false,
    starting,
    ...counts,
    verdict,
    reason: verdict === "pass" || status === "unhealthy" && succeeds
      ? cause
      : outcome.reason ?? null,
    cause,
    detail: outcome.detail ?? null,
    firstAt: starting ? state.firstAt : null,
    since: changed ? at : state.since,
    checkedAt: at,
    durationMs,
    attempts: state.attempts + 1,
    transitions: state.transitions + (changed ? 1 : 0),
  };
}

/** The attempts in a row that the rules count. */
type Counts = Pick<
  State,
  "failures" | "successes" | "passes" | "warnings" | "errors"
>;

/** Counts one more attempt. */
function count(state: State, verdict: Verdict, forgiven: boolean): Counts {
  const { failures, successes, passes, warnings } = state;
  switch (verdict) {
    case "pass":
      return {
        failures: 0,
        successes: successes + 1,
        passes: passes + 1,
        warnings: 0,
        errors: 0,
      };
    case "warn":
      return {
        failures: 0,
        successes: successes + 1,
        passes: 0,
        warnings: warnings + 1,
        errors: 0,
      };
    case "fail":
      // The row of warnings stays: a target that fails and warns in turns is
      // not healthy.
      return {
        failures: forgiven ? failures : failures + 1,
        successes: 0,
        passes: 0,
        warnings,
        errors: 0,
      };
    case "error":
      // It says nothing of the target.
      return {
        failures,
        successes,
        passes,
        warnings,
        errors: state.errors + 1,
      };
    default:
      return verdict satisfies never;
  }
}

function judge(
  status: Status,
  verdict: Verdict,
  counts: Counts,
  policy: Policy,
): Status {
  switch (verdict) {
    case "pass":
    case "warn":
      return afterSuccess(status, counts, policy);
    case "fail":
      return counts.failures >= policy.retries ? "unhealthy" : status;
    case "error":
      return counts.errors >= policy.retries ? "unknown" : status;
    default:
      return verdict satisfies never;
  }
}

/** The status after a pass or a warning (M1, M3, M4). */
function afterSuccess(
  status: Status,
  { successes, passes, warnings }: Counts,
  { retries, rise }: Policy,
): Status {
  switch (status) {
    case "unknown":
      return passes > 0 ? "healthy" : "degraded";
    case "healthy":
      return warnings >= retries ? "degraded" : "healthy";
    case "degraded":
      return passes >= rise ? "healthy" : "degraded";
    case "unhealthy":
      if (successes < rise) return "unhealthy";
      return passes >= rise ? "healthy" : "degraded";
    default:
      return status satisfies never;
  }
}
