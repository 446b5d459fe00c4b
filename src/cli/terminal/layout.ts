import { fit, GAP } from "./columns.ts";

/** A column of a table that adapts to its width. */
export interface Column<T> {
  /** What stands above it. */
  readonly heading: string;
  /** The least width that it is of use with. */
  readonly min: number;
  /** The width it takes if there is room; as `min` unless it is given. */
  readonly max?: number;
  /** The columns of least worth go first, where there is not enough room. */
  readonly worth: number;
  /** Draws a row's cell, just as wide as it is told. */
  readonly draw: (row: T, width: number) => string;
}

/** A column and the width it was given. */
export interface Placed<T> {
  readonly column: Column<T>;
  readonly width: number;
}

/** Gives columns their widths: what is left over goes to the left ones first. */
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

/** Draws what stands above placed columns. */
export function drawHeadings<T>(placed: readonly Placed<T>[]): string {
  return placed.map(({ column, width }) => fit(column.heading, width))
    .join(GAP);
}

/** Draws a row of placed columns. */
export function drawRow<T>(placed: readonly Placed<T>[], row: T): string {
  return placed.map(({ column, width }) => column.draw(row, width)).join(GAP);
}
