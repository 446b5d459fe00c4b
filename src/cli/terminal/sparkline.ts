import { highest } from "../../core/highest.ts";
import { SIGNS } from "../../core/people/summary.ts";
import type { Status, Verdict } from "../../core/types.ts";
import type { PastAttempt } from "../../fleet/history.ts";

/** A part of a sparkline in one colour. */
export interface Stretch {
  readonly text: string;
  readonly status: Status;
}

/** Bars of one to eight eighths. */
export const BLOCKS = "▁▂▃▄▅▆▇█";

/** The status of a check whose attempts all have this verdict. */
export const STATUS_OF: Readonly<Record<Verdict, Status>> = {
  pass: "healthy",
  warn: "degraded",
  fail: "unhealthy",
  error: "unknown",
};

/** An outlier counts as this multiple of the median at most. */
const MOST_OF_MEDIAN = 3;

/**
 * Draws the newest attempts, the oldest first: a bar for the duration of one
 * that passed, and a sign for another one.
 */
export function sparkline(
  attempts: readonly PastAttempt[],
  width: number,
): Stretch[] {
  const shown = width > 0 ? attempts.slice(-width) : [];
  const highestMs = highestOf(shown);
  return merged(shown.map((attempt) => {
    const status = STATUS_OF[attempt.verdict];
    const text = isAnswer(attempt)
      ? block((attempt.durationMs ?? 0) / highestMs)
      : SIGNS[status];
    return { text, status };
  }));
}

/** Joins parts that follow each other in the same colour. */
export function merged(parts: readonly Stretch[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { text, status } of parts) {
    const last = stretches.at(-1);
    if (last?.status !== status) stretches.push({ text, status });
    else stretches[stretches.length - 1] = { text: last.text + text, status };
  }
  return stretches;
}

/** The duration of the highest bar, in milliseconds. */
export function highestOf(attempts: readonly PastAttempt[]): number {
  const durations = attempts.filter(isAnswer)
    .map(({ durationMs }) => durationMs ?? 0);
  return highest(durations, MOST_OF_MEDIAN);
}

/** Whether its duration is that of an answer. */
export function isAnswer({ verdict }: PastAttempt): boolean {
  return verdict === "pass" || verdict === "warn";
}

/** The bar of a fraction. It may exceed 1, and is `NaN` for 0 of 0. */
function block(part: number): string {
  const level = Math.ceil((part || 0) * BLOCKS.length) - 1;
  return BLOCKS[Math.min(Math.max(0, level), BLOCKS.length - 1)]!;
}
