import type { Snapshot } from "../core/types.ts";

/**
 * Makes strings of the dates of a snapshot. `JSON.stringify()` would do the same,
 * but take almost twice as long for the whole snapshot.
 */
export function toSnapshotJson(snapshot: Snapshot): object {
  const { since, checkedAt, nextAt } = snapshot;
  return {
    ...snapshot,
    since: toText(since),
    checkedAt: toText(checkedAt),
    nextAt: toText(nextAt),
  };
}

/** The same as `toJSON()`, but faster. */
function toText(date: Date | null): string | null {
  return date === null || Number.isNaN(date.getTime())
    ? null
    : date.toISOString();
}
