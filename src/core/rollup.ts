import type { Status } from "./types.ts";

/** Many statuses as one. */
export interface Rollup {
  /** The worst of them; `unknown` of none. */
  readonly status: Status;
  /** How many there are of each. */
  readonly counts: Readonly<Record<Status, number>>;
}

/** Every {@linkcode Status} there is. */
export const STATUSES: readonly Status[] = [
  "healthy",
  "degraded",
  "unhealthy",
  "unknown",
];

/** From worst to best. */
export const WORST_FIRST: readonly Status[] = [
  "unhealthy",
  "unknown",
  "degraded",
  "healthy",
];

/**
 * Says the worst of the statuses that occur, in the order unhealthy, unknown,
 * degraded, healthy; of nothing it is unknown.
 */
export function rollup(counts: Readonly<Record<Status, number>>): Rollup {
  const status = WORST_FIRST.find((status) => counts[status] > 0);
  return { status: status ?? "unknown", counts: { ...counts } };
}

/** No check of any status, to count up from. */
export function noCounts(): Record<Status, number> {
  return { unknown: 0, healthy: 0, degraded: 0, unhealthy: 0 };
}
