import type { Status } from "./types.ts";

/** The status of many checks. */
export interface Rollup {
  /** The worst status; `unknown` if there are no checks. */
  readonly status: Status;
  /** The number of checks with each status. */
  readonly counts: Readonly<Record<Status, number>>;
}

/** All statuses. */
export const STATUSES: readonly Status[] = [
  "healthy",
  "degraded",
  "unhealthy",
  "unknown",
];

/** All statuses, from worst to best. */
export const WORST_FIRST: readonly Status[] = [
  "unhealthy",
  "unknown",
  "degraded",
  "healthy",
];

/**
 * Returns the worst status that occurs, in the order unhealthy, unknown,
 * degraded, healthy. Without any check it is unknown.
 */
export function rollup(counts: Readonly<Record<Status, number>>): Rollup {
  const status = WORST_FIRST.find((status) => counts[status] > 0);
  return { status: status ?? "unknown", counts: { ...counts } };
}

/** Counts that are all 0. */
export function noCounts(): Record<Status, number> {
  return { unknown: 0, healthy: 0, degraded: 0, unhealthy: 0 };
}
