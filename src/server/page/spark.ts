import { highest } from "../../core/highest.ts";
import type { PastAttempt } from "../../fleet/history.ts";

/** How many attempts a line shows. The newest is at the right. */
const SLOTS = 60;

/** The grid of a line is coarse, so that most steps have one digit. */
const HEIGHT = 10;

/** Longer durations than so many medians are drawn at this height. */
const MAX_MEDIANS = 4;

/** The least that a line reaches up to: the jitter of a fast target is no news. */
const LEAST_MS = 10;

/**
 * The durations of the last attempts as a line. A point is the slower one of two
 * attempts.
 */
export function sparkline(attempts: readonly PastAttempt[]): string {
  const durations = attempts.map(({ durationMs }) => durationMs ?? 0);
  const topMs = Math.max(highest(durations, MAX_MEDIANS), LEAST_MS);
  const points: number[] = [];
  // From the newest one, so that two attempts stay together.
  for (let i = durations.length - 1; i >= 0; i -= 2) {
    const slower = Math.max(durations[i]!, durations[i - 1] ?? 0);
    const share = Math.min(1, slower / topMs);
    points.unshift(Math.round((1 - share) * (HEIGHT - 2)) + 1);
  }
  // One point makes no line, and no durations have no height.
  if (points.length < 2 || durations.every((ms) => ms === 0)) return "";
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
