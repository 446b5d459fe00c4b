import { oneLine } from "../../core/text.ts";

/** What is between two columns. */
export const GAP = "  ";

/** A text as a terminal may show it: in one line, without codes of any kind. */
export function printable(text: string): string {
  // It may have been cut, or come, in the middle of a character.
  return oneLine(text).toWellFormed();
}

/** What each character of takes one column. */
const PLAIN = /^[ -~]*$/;

let measure: ((text: string) => number) | undefined;

/** Loads what measures texts beyond ASCII, if there are such texts. */
export async function loadWidths(
  texts: Iterable<string> = ["…"],
): Promise<void> {
  if (measure !== undefined || [...texts].every((it) => PLAIN.test(it))) return;
  measure = (await import("string-width")).default;
}

/**
 * How many columns of a terminal a text takes; codes of styles take none. Texts
 * beyond ASCII are only counted until {@linkcode loadWidths} has been called.
 */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return measure?.(text) ?? [...text].length;
}

/** Cuts a printable text to a width; what is cut ends in an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return "";
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  let kept = "";
  let left = width - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Makes a printable text just as wide as it should be. */
export function fit(text: string, width: number): string {
  const cell = cut(text, width);
  return cell + " ".repeat(Math.max(0, width - widthOf(cell)));
}

/** Sets rows as columns; the last one is as wide as it is. */
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
