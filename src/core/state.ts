import type { Detail, Reason, Snapshot, Status, Verdict } from "./types.ts";

/**
 * The part of a check's state that outlives the process; times are milliseconds
 * of the epoch.
 */
export interface SavedState {
  /** The settled judgement. */
  readonly status: Status;
  /** Failures in a row. */
  readonly failures: number;
  /** Passes in a row, with a warning or without. */
  readonly successes: number;
  /** Passes in a row without a warning. */
  readonly passes: number;
  /** Warnings since the last pass without one. */
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
  /** Why it last failed, until it is healthy again. */
  readonly cause: Reason | null;
  /** What else the last attempt found. */
  readonly detail: Detail | null;
  /** When this status began. */
  readonly since: number;
  /** When the last attempt ended. */
  readonly checkedAt: number | null;
  /** How long the last attempt took, in milliseconds, if it is known. */
  readonly durationMs: number | null;
  /** Attempts so far. */
  readonly attempts: number;
  /** Changes of status so far. */
  readonly transitions: number;
}

/** What the machine knows of one check; times are milliseconds of the epoch. */
export interface State extends SavedState {
  /** Whether an attempt is in flight. */
  readonly checking: boolean;
  /** Whether the start period lasts and nothing has passed yet, ever. */
  readonly starting: boolean;
  /** When the first attempt began; `null` once the start period is over. */
  readonly firstAt: number | null;
  /** Whether it is from before a restart, and no attempt has ended since. */
  readonly stale?: true;
}

/** The fields of a saved check. */
export type SavedFields = SavedState & Pick<Snapshot, "id" | "type" | "target">;
