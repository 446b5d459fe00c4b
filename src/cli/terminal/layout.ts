import { fit, GAP } from "./columns.ts";

/** A column of a table. */
export interface Column<T> {
  /** Its heading. */
  readonly heading: string;
  /** Its least width: the column is left out if there is not room for it. */
  readonly min: number;
  /** The width that it grows to. The default is `min`. */
  readonly max?: number;
  /** The width that it grows to if room is left then. The default is `max`. */
  readonly most?: number;
  /** Columns of more worth are placed before those of less. */
  readonly worth: number;
  /** Draws the cell of a row, with exactly a width. */
  readonly draw: (row: T, width: number) => string;
}

/** A column and its width. */
export interface Placed<T> {
  readonly column: Column<T>;
  readonly width: number;
}

/**
 * Chooses the columns for which there is room, and their widths. Those on the
 * left grow first.
 */
export function place<T>(
  columns: readonly Column<T>[],
  width: number,
): Placed<T>[] {
  let left = width + GAP.length;
  const kept = new Set<Column<T>>();
  for (const column of columns.toSorted((a, b) => b.worth - a.worth)) {
    const needed = column.min + GAP.length;
    if (needed > left) {
      // Where the widest does not fit, others may.
      if (column.max === Infinity) continue;
      break;
    }
    kept.add(column);
    left -= needed;
  }
  const widths = new Map(Array.from(kept, (column) => [column, column.min]));
  const grow = (limit: (column: Column<T>) => number): void => {
    for (const column of columns) {
      if (!kept.has(column)) continue;
      const before = widths.get(column)!;
      const more = Math.max(0, Math.min(left, limit(column) - before));
      widths.set(column, before + more);
      left -= more;
    }
  };
  grow(({ min, max = min }) => max);
  grow(({ min, max = min, most = max }) => most);
  return columns.filter((column) => kept.has(column))
    .map((column) => ({ column, width: widths.get(column)! }));
}

/** Draws the headings of placed columns. */
export function drawHeadings<T>(placed: readonly Placed<T>[]): string {
  return placed.map(({ column, width }) => fit(column.heading, width))
    .join(GAP);
}

/** Draws a row of placed columns. One that is marked has `>` in the first gap. */
export function drawRow<T>(
  placed: readonly Placed<T>[],
  row: T,
  isMarked = false,
): string {
  const cells = placed.map(({ column, width }) => column.draw(row, width));
  const [first = "", ...rest] = cells;
  if (!isMarked || rest.length === 0) return cells.join(GAP);
  return `${first}> ${rest.join(GAP)}`;
}
