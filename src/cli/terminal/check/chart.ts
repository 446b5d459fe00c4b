import { formatDuration } from "../../../core/duration.ts";
import { SIGNS } from "../../../core/people/summary.ts";
import type { PastAttempt } from "../../../fleet/history.ts";
import { widthOf } from "../columns.ts";
import {
  BLOCKS,
  highestOf,
  isAnswer,
  merged,
  STATUS_OF,
} from "../sparkline.ts";
import type { Paint } from "../style.ts";

/** The area of a chart. */
export interface ChartSpace {
  readonly width: number;
  /** The number of lines for bars, which is even. */
  readonly height: number;
  readonly paint: Paint;
}

/** A chart of attempts. */
export interface Chart {
  readonly lines: readonly string[];
  /** The attempts for which there is room. */
  readonly shown: readonly PastAttempt[];
}

/** A bar that is longer than the scale. */
const BEYOND = "↑";

/** Between the scale and the bars. */
const AXIS = " │";

/** The ends of scales, in milliseconds: they and their halves are round. */
const SCALES_MS: readonly number[] = [
  ...[0.1, 1, 10, 100].flatMap((unit) => [2 * unit, 4 * unit, 10 * unit]),
  ...[2, 4, 10, 20].map((seconds) => seconds * 1000),
  ...[1, 2, 4, 10, 20].map((minutes) => minutes * 60_000),
  ...[1, 2, 4, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 4, 10, 20].map((days) => days * 86_400_000),
];

/**
 * Draws the newest attempts, the oldest first: bars for the durations of answers,
 * on a scale, and below them a sign for the verdict of each.
 */
export function chart(
  attempts: readonly PastAttempt[],
  { width, height, paint }: ChartSpace,
): Chart {
  const topMs = scaleOf(attempts);
  // The value of each edge between two lines.
  const labels = Array<string>(height + 1).fill("");
  if (topMs !== undefined) {
    labels[0] = formatDuration(topMs);
    labels[height / 2] = formatDuration(topMs / 2);
    labels[height] = "0";
  }
  const labelWidth = Math.max(...labels.map(widthOf));
  const edge = topMs === undefined ? 0 : labelWidth + AXIS.length;
  const room = width - edge;
  const shown = room > 0 ? attempts.slice(-room) : [];
  const drawn = (texts: readonly string[]): string =>
    merged(texts.map((text, i) => {
      return { text, status: STATUS_OF[shown[i]!.verdict] };
    })).map(({ text, status }) => paint(text, status)).join("");
  const signs = drawn(shown.map(({ verdict }) => SIGNS[STATUS_OF[verdict]]));
  if (topMs === undefined) return { lines: [signs], shown };
  const bars = shown.map((attempt) => bar(attempt, topMs, height));
  const lines = Array.from(
    { length: height },
    (_, i) => drawn(bars.map((cells) => cells[i]!)),
  );
  return {
    lines: [...lines, signs].map((line, i) =>
      paint(labels[i]!.padStart(labelWidth) + AXIS, "dim") + line
    ),
    shown,
  };
}

/** The end of the scale, in milliseconds; nothing without any duration. */
function scaleOf(attempts: readonly PastAttempt[]): number | undefined {
  const answers = attempts.filter((attempt) =>
    isAnswer(attempt) && attempt.durationMs !== null
  );
  if (answers.length === 0) return undefined;
  const highestMs = highestOf(answers);
  return SCALES_MS.find((ms) => ms >= highestMs) ?? highestMs;
}

/** The cells of a bar, from its top on; empty ones if there was no answer. */
function bar(
  attempt: PastAttempt,
  topMs: number,
  height: number,
): string[] {
  const { durationMs } = attempt;
  if (!isAnswer(attempt) || durationMs === null) {
    return Array<string>(height).fill(" ");
  }
  const eighths = Math.ceil(durationMs / topMs * height * BLOCKS.length);
  return Array.from({ length: height }, (_, i) => {
    if (i === 0 && durationMs > topMs) return BEYOND;
    const left = Math.max(1, eighths) - (height - 1 - i) * BLOCKS.length;
    return left < 1 ? " " : BLOCKS[Math.min(left, BLOCKS.length) - 1]!;
  });
}
