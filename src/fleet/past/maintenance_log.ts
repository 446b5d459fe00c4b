import type { HandChange } from "../../core/past/by_hand.ts";

/** Maintenance that covers a check now. */
export interface Maintenance {
  /** The id of the check. */
  readonly check: string;
  /** When it began, in milliseconds of the epoch. */
  readonly from: number;
  /** When it ends by itself, likewise. */
  readonly to: number;
  /** Why, for people; `null` if nobody said. */
  readonly reason: string | null;
  /** Whether it is a window of the config file, or was started by hand. */
  readonly by: "file" | "hand";
}

/** A time of a maintenance window of the config file. */
export interface PlannedMaintenance {
  /** When it begins, in milliseconds of the epoch. */
  readonly from: number;
  /** When it ends, likewise. */
  readonly to: number;
  /** Why, for people; `null` if the file does not say. */
  readonly reason: string | null;
  /** The ids of its checks; `null` if it is for all. */
  readonly checks: readonly string[] | null;
}

/** The maintenance of the checks of a fleet. */
export interface MaintenanceLog {
  /** What covers checks now, in the order of the checks. */
  list(): readonly Maintenance[];
  /** What covers a check now; of several, what ends last. */
  of(check: string): Maintenance | undefined;
  /**
   * The next times of the windows of the config file, those of now included, in
   * the order in which they begin.
   */
  planned(count: number): readonly PlannedMaintenance[];
  /**
   * Starts maintenance of checks by hand, from now on for so many milliseconds. It
   * takes the place of what was started by hand before.
   *
   * @throws {RangeError} If there is no such check.
   */
  start(
    checks: Iterable<string>,
    options: { readonly durationMs: number; readonly reason?: string | null },
  ): void;
  /**
   * Ends the maintenance of checks that was started by hand, and returns the ids
   * of those that had any. The windows of the config file go on.
   */
  stop(checks: Iterable<string>): string[];
  /**
   * All that was started by hand and is not over, to be kept; what was stopped is in
   * it until it would have been over.
   */
  byHand(): readonly HandChange[];
  /**
   * Takes over what was done by hand before a restart, or elsewhere. For each check
   * the last change counts.
   */
  take(changes: Iterable<HandChange>): void;
  /** Calls back whenever what was done by hand changes, in the middle of it. */
  observe(
    observer: (byHand: readonly HandChange[]) => void,
    options?: { readonly signal?: AbortSignal },
  ): void;
}
