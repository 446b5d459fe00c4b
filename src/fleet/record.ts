import type { State } from "../core/machine.ts";
import { redactDetail, redactReason } from "../core/outcome.ts";
import type { Secrets } from "../core/secrets.ts";
import type { Detail, Reason, Status, Verdict } from "../core/types.ts";
import type { History } from "./history.ts";

/**
 * What is kept of a check from one run to the next, as JSON can have it; times
 * are milliseconds of the epoch.
 */
export interface CheckRecord {
  /** The check's name. */
  readonly id: string;
  /** The kind of its probe. */
  readonly type: string;
  /** What that looked at; the record is of no use for another target. */
  readonly target: string;
  /** The settled judgement. */
  readonly status: Status;
  /** Failures in a row. */
  readonly failures: number;
  /** Passes in a row, with a warning or without. */
  readonly successes: number;
  /** Passes in a row without a warning. */
  readonly passes: number;
  /** Warnings in a row: only a pass without a warning ends the row. */
  readonly warnings: number;
  /** Errors in a row. */
  readonly errors: number;
  /** What the last attempt found. */
  readonly verdict: Verdict | null;
  /**
   * Why the last attempt did not pass; while the status is unhealthy and the
   * last attempt passed, why one last failed.
   */
  readonly reason: Reason | null;
  /** Why it last failed, kept until it is healthy again. */
  readonly cause: Reason | null;
  /** What else the last attempt found. */
  readonly detail: Detail | null;
  /** When this status began. */
  readonly since: number;
  /** When the last attempt ended. */
  readonly checkedAt: number | null;
  /** How long the last attempt took, in milliseconds. */
  readonly durationMs: number | null;
  /** Attempts so far. */
  readonly attempts: number;
  /** Changes of status so far. */
  readonly transitions: number;
  /** Its last attempts. */
  readonly history: History;
}

/** What a state and a record have in common. */
const KEPT = [
  "status",
  "failures",
  "successes",
  "passes",
  "warnings",
  "errors",
  "verdict",
  "reason",
  "cause",
  "detail",
  "since",
  "checkedAt",
  "durationMs",
  "attempts",
  "transitions",
] as const;

/** The part of a check's state that outlives the process. */
export type KeptState = Pick<State & CheckRecord, typeof KEPT[number]>;

/** Takes from a state, or a record, what is to be kept. */
export function keptOf(state: KeptState): KeptState {
  return Object.fromEntries(
    KEPT.map((key) => [key, state[key]]),
  ) as unknown as KeptState;
}

/** What a check has to say of its attempts. */
interface Said {
  readonly reason: Reason | null;
  readonly cause: Reason | null;
  readonly detail: Detail | null;
}

/**
 * What is known of a check without the secrets of its probe: it may have been
 * found by another probe, which had fewer.
 */
export function redactState<T extends Said>(
  state: T,
  secrets: Secrets | undefined,
): T {
  if (secrets === undefined) return state;
  const { reason, cause, detail } = state;
  return {
    ...state,
    reason: reason && redactReason(reason, secrets),
    cause: cause && redactReason(cause, secrets),
    detail: detail && redactDetail(detail, secrets),
  };
}

/** The past of a check, likewise. */
export function redactHistory(
  history: History,
  secrets: Secrets | undefined,
): History {
  if (secrets === undefined) return history;
  return {
    ...history,
    attempts: history.attempts.map((attempt) =>
      attempt.reason === undefined ? attempt : {
        ...attempt,
        reason: redactReason(attempt.reason, secrets),
      }
    ),
  };
}
