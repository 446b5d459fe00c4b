import type { Snapshot } from "../core/types.ts";

/**
 * Makes the dates of a snapshot text, as JSON has them. `JSON.stringify()` does
 * so by itself, but takes twice as long over the whole where it has to.
 */
export function toWire(snapshot: Snapshot): object {
  const { since, checkedAt, nextAt } = snapshot;
  return {
    ...snapshot,
    since: since.toJSON(),
    checkedAt: checkedAt?.toJSON() ?? null,
    nextAt: nextAt?.toJSON() ?? null,
  };
}
