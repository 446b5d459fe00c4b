import { oneLine } from "../../core/text.ts";

/** The space between two columns. */
export const GAP = "  ";

/** A string as one line for a terminal, without escape sequences. */
export function printable(text: string, max?: number): string {
  // It may end or begin in the middle of a character.
  return oneLine(text, max).toWellFormed();
}

/** Strings whose characters each take one column. */
const PLAIN = /^[ -~]*$/;

let measure: ((text: string) => number) | undefined;

/** Loads the module that measures strings, if one of them is not ASCII. */
export async function loadWidths(
  texts: Iterable<string> = ["…"],
): Promise<void> {
  if (measure !== undefined || [...texts].every((it) => PLAIN.test(it))) return;
  measure = (await import("string-width")).default;
}

/**
 * The width of a string on a terminal, in columns; styles have none. Before
 * {@linkcode loadWidths}, each character beyond ASCII counts as one column.
 */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return measure?.(text) ?? [...text].length;
}

/** Shortens a printable string to a width, with an ellipsis at its end. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return "";
  return `${beginning(text, width - 1).trimEnd()}…`;
}

/** As much of a string as a width has room for. */
function beginning(text: string, width: number): string {
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  let kept = "";
  let left = width;
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return kept;
}

/**
 * Breaks a printable string into lines of at most a width, between words where
 * that is possible.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    // A terminal may have no room for anything.
    while (line !== "" && widthOf(line) > width) {
      const head = beginning(line, width);
      // A width of 1 has no room for a wide character.
      lines.push(head || cut(line, width));
      line = head === "" ? "" : line.slice(head.length);
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** Shortens or pads a printable string to exactly a width. */
export function fit(text: string, width: number): string {
  const cell = cut(text, width);
  return cell + " ".repeat(Math.max(0, width - widthOf(cell)));
}

/** Aligns the cells of rows in columns; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widths, row) =>
      row.map((cell, i) => Math.max(widthOf(cell), widths[i] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row.map((cell, i) => i === row.length - 1 ? cell : fit(cell, widths[i]!))
      .join(GAP).trimEnd()
  );
}
