import { highest } from "../../core/highest.ts";
import type { Verdict } from "../../core/types.ts";
import type { PastAttempt } from "../../fleet/history.ts";

/** How many attempts a chart shows. The newest is at the right. */
const SLOTS = 60;

/** The grid of a line is coarse, so that most steps have one digit. */
const HEIGHT = 10;

/** Longer durations than so many medians are drawn at this height. */
const MAX_MEDIANS = 4;

/** The CSS classes of verdicts, short because a page has many of them. */
const CLASSES: Readonly<Record<Verdict, string>> = {
  pass: "p",
  warn: "w",
  fail: "f",
  error: "e",
};

/** The verdicts of attempts in words. */
const WORDS: Readonly<Record<Verdict, string>> = {
  pass: "passed",
  warn: "passed with a warning",
  fail: "failed",
  error: "with an error",
};

/**
 * The last attempts as a strip of bars. The verdict of an attempt sets the colour
 * and the height of its bar. A row of bars with the same verdict is one dashed
 * line, because 60 elements for each check would be too many.
 */
export function strip(attempts: readonly PastAttempt[]): string {
  const paths: Partial<Record<Verdict, string>> = {};
  const counts: Partial<Record<Verdict, number>> = {};
  const first = SLOTS - attempts.length;
  for (let i = 0; i < attempts.length;) {
    const { verdict } = attempts[i]!;
    let end = i;
    while (attempts[end]?.verdict === verdict) end++;
    paths[verdict] = `${paths[verdict] ?? ""}M${first + i} 0h${end - i}`;
    counts[verdict] = (counts[verdict] ?? 0) + end - i;
    i = end;
  }
  const lines = Object.entries(paths).map(([verdict, d]) =>
    `<path class="${CLASSES[verdict as Verdict]}" d="${d}"/>`
  );
  const words = Object.entries(counts).map(([verdict, count]) =>
    `${count} ${WORDS[verdict as Verdict]}`
  );
  const label = attempts.length === 0
    ? "No attempts yet"
    : `Last ${attempts.length}: ${words.join(", ")}`;
  return `<svg class="strip" role="img" aria-label="${label}" viewBox="0 -2 ${SLOTS} 4">${
    lines.join("")
  }</svg>`;
}

/**
 * The durations of the last attempts as a line. A point is the slower one of two
 * attempts.
 */
export function sparkline(attempts: readonly PastAttempt[]): string {
  const durations = attempts.map(({ durationMs }) => durationMs ?? 0);
  const highestMs = highest(durations, MAX_MEDIANS);
  const points: number[] = [];
  // From the newest one, so that two attempts stay together.
  for (let i = durations.length - 1; i >= 0; i -= 2) {
    const slower = Math.max(durations[i]!, durations[i - 1] ?? 0);
    const share = Math.min(1, slower / highestMs);
    points.unshift(Math.round((1 - share) * (HEIGHT - 2)) + 1);
  }
  // One point makes no line, and durations of zero have no height.
  if (points.length < 2 || highestMs === 0) return "";
  let d = `M${SLOTS / 2 - points.length} ${points[0]}l`;
  for (let i = 1; i < points.length; i++) {
    const by = points[i]! - points[i - 1]!;
    // A minus sign also separates numbers.
    d += `1${by < 0 ? "" : " "}${by} `;
  }
  return `<svg class="spark" aria-hidden="true" viewBox="0 0 ${
    SLOTS / 2
  } ${HEIGHT}" preserveAspectRatio="none"><path d="${d.trimEnd()}"/></svg>`;
}
