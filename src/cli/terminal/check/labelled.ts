import { cut, fit, GAP, printable, widthOf, wrap } from "../columns.ts";
import type { Paint } from "../style.ts";

/** A string with a label before it. */
export interface Labelled {
  readonly label: string;
  readonly text: string;
}

/** The longest string that is shown, in characters. */
const MAX_TEXT = 5000;

/**
 * Draws strings behind their labels, each whole and wrapped. A label that takes
 * more than half of the width has a line of its own.
 */
export function labelled(
  items: readonly Labelled[],
  width: number,
  paint: Paint,
): string[] {
  const labels = items.map(({ label }) => printable(label));
  const widest = Math.max(...labels.map(widthOf)) + GAP.length;
  const indent = Math.min(widest, Math.floor(width / 2));
  return items.flatMap(({ text }, i) => {
    const label = cut(labels[i]!, width);
    const lines = wrap(printable(text, MAX_TEXT), width - indent)
      .map((line) => " ".repeat(indent) + line);
    const isRoom = widthOf(label) + GAP.length <= indent;
    if (!isRoom) return [paint(label, "dim"), ...lines];
    const [first = "", ...rest] = lines;
    return [paint(fit(label, indent), "dim") + first.slice(indent), ...rest];
  });
}
