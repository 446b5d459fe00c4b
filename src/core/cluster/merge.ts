/** What is known of a check, if two agents know different things. */

import type { SavedState } from "../state.ts";

/**
 * Merges two states of a check that were apart, such as by a partition. The one
 * that was checked later is the newer one; the counts of attempts and transitions
 * never go back. The result is the same in whatever order many are merged.
 */
export function merged<S extends SavedState>(one: S, other: S): S {
  const newer = isNewer(other, one) ? other : one;
  return {
    ...newer,
    attempts: Math.max(one.attempts, other.attempts),
    transitions: Math.max(one.transitions, other.transitions),
  };
}

function isNewer(state: SavedState, than: SavedState): boolean {
  const at = state.checkedAt ?? -Infinity;
  const thanAt = than.checkedAt ?? -Infinity;
  if (at !== thanAt) return at > thanAt;
  // Any order will do that all agents have in common.
  return content(state) > content(than);
}

/** A text of all that is not counted over time; the order of keys is no matter. */
function content(
  { attempts: _, transitions: __, ...state }: SavedState,
): string {
  return JSON.stringify(
    state,
    (_key, value) =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(
          Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1),
        )
        : value,
  );
}
