import { fit, GAP } from "./columns.ts";

/** A column of a table. */
export interface Column<T> {
  /** Its heading. */
  readonly heading: string;
  /** Its least width: the column is left out if there is not room for it. */
  readonly min: number;
  /** Its greatest width. The default is `min`. */
  readonly max?: number;
  /** If there is not room for all columns, those of least worth are left out. */
  readonly worth: number;
  /** Draws the cell of a row, with exactly a width. */
  readonly draw: (row: T, width: number) => string;
}

/** A column and its width. */
export interface Placed<T> {
  readonly column: Column<T>;
  readonly width: number;
}

/** Chooses the widths of columns. Those on the left grow first. */
export function place<T>(
  columns: readonly Column<T>[],
  width: number,
): Placed<T>[] {
  const kept = [...columns];
  const leftOver = (): number =>
    kept.reduce((left, { min }) => left - min - GAP.length, width + GAP.length);
  while (kept.length > 0 && leftOver() < 0) {
    const least = Math.min(...kept.map(({ worth }) => worth));
    kept.splice(kept.findIndex(({ worth }) => worth === least), 1);
  }
  let left = leftOver();
  return kept.map((column) => {
    const { min, max = min } = column;
    const more = Math.min(left, max - min);
    left -= more;
    return { column, width: min + more };
  });
}

/** Draws the headings of placed columns. */
export function drawHeadings<T>(placed: readonly Placed<T>[]): string {
  return placed.map(({ column, width }) => fit(column.heading, width))
    .join(GAP);
}

/** Draws a row of placed columns. */
export function drawRow<T>(placed: readonly Placed<T>[], row: T): string {
  return placed.map(({ column, width }) => column.draw(row, width)).join(GAP);
}
