import type { Status } from "../types.ts";

/**
 * How a check was for how long, in milliseconds. Time in a maintenance window is
 * in `maintenance` alone, whatever the status was. Time in which the agent did
 * not run is in none.
 */
export type Spans = Readonly<Record<Status | "maintenance", number>>;

/** The shares of a range of time, which add up to 1. */
export interface Uptime {
  /** Healthy or degraded. */
  readonly up: number;
  /** Unhealthy. */
  readonly down: number;
  /** The agent could not tell. */
  readonly unknown: number;
  /** In a maintenance window. */
  readonly maintenance: number;
  /** The agent did not run, or did not have the check. */
  readonly notWatched: number;
  /** `up` of `up` and `down`; `null` if both are 0. */
  readonly ratio: number | null;
}
