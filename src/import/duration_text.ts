import type { Node } from "./node.ts";

/** The longest duration in a config. */
const LONGEST_MS = 24 * 86_400_000;

const UNITS_MS = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000], [
  "s",
  1000,
], ["ms", 1]] as const;

/** Writes milliseconds as a config does: `1h5m30s20ms`. */
export function durationText(ms: number): string {
  let rest = ms;
  const parts = UNITS_MS.map(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}

/** Rounds a duration up to whole milliseconds, and limits it to the longest. */
export function fitting(ms: number, node: Node): number {
  const fit = Math.min(Math.ceil(ms), LONGEST_MS);
  if (fit !== ms) {
    node.warn(
      `becomes ${
        durationText(fit)
      }: durations are whole milliseconds, at most 24d`,
    );
  }
  return fit;
}

/** Reads a duration as milliseconds. Any other value is an issue. */
export function readDuration(
  node: Node,
  parse: (text: string) => number | undefined,
  example: string,
): number | undefined {
  if (!node.exists) return undefined;
  const expected = `a duration such as ${example}`;
  const text = node.text(expected);
  if (text === undefined) return undefined;
  const ms = parse(text);
  return ms === undefined ? node.expected(expected) : fitting(ms, node);
}
