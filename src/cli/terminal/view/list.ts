import { WORST_FIRST } from "../../../core/rollup.ts";
import type { Snapshot } from "../../../core/types.ts";
import { matcher } from "./filter.ts";
import { seenOf, within } from "./motion.ts";
import type { ListView } from "./view.ts";

/** The rows of a list. */
export interface Rows {
  /** All checks that match the filter, in their order. */
  readonly rows: readonly Snapshot[];
  /** The place of the selected one; -1 for none. */
  readonly index: number;
  /** The first one that is seen. */
  readonly top: number;
  /** How many are seen. */
  readonly seen: number;
}

/**
 * Finds the rows of a list that has so many lines. If all checks have room, they
 * are in the order of the fleet, otherwise the worst come first. The filter does
 * not change the order.
 */
export function rowsOf(
  { filter, selected, top }: ListView,
  snapshots: readonly Snapshot[],
  height: number,
): Rows {
  const ordered = snapshots.length <= height
    ? snapshots
    : worstFirst(snapshots);
  const rows = ordered.filter(matcher(filter));
  const seen = seenOf(rows.length, height);
  let index = -1;
  if (selected !== null && rows.length > 0) {
    index = rows.findIndex(({ id }) => id === selected.id);
    // It was removed, or does not match any more: what took its place.
    if (index < 0) index = within(selected.index, rows.length);
  }
  // Without a selection, the worst are seen.
  const wanted = index < 0
    ? 0
    : Math.min(Math.max(top, index - seen + 1), index);
  return { rows, index, top: within(wanted, rows.length - seen + 1), seen };
}

/** The list with its selection and its first row where they were found. */
export function settled(list: ListView, { rows, index, top }: Rows): ListView {
  const row = rows[index];
  return {
    ...list,
    top,
    selected: row === undefined ? list.selected : { id: row.id, index },
  };
}

function worstFirst(snapshots: readonly Snapshot[]): Snapshot[] {
  return WORST_FIRST.flatMap((worst) =>
    snapshots.filter(({ status }) => status === worst)
  );
}
