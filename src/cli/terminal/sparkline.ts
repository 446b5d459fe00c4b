import { highest } from "../../core/highest.ts";
import { SIGNS } from "../../core/summary.ts";
import type { Status, Verdict } from "../../core/types.ts";
import type { PastAttempt } from "../../fleet/history.ts";

/** A part of a sparkline in one colour. */
export interface Stretch {
  readonly text: string;
  readonly status: Status;
}

const BLOCKS = "▁▂▃▄▅▆▇█";

/** What a check would be of which all attempts were like this one. */
const STATUSES: Readonly<Record<Verdict, Status>> = {
  pass: "healthy",
  warn: "degraded",
  fail: "unhealthy",
  error: "unknown",
};

/** Some take so much longer that all others would look alike beside them. */
const MOST_OF_MEDIAN = 3;

/**
 * Draws the newest attempts, oldest first: as high as they took long, or the
 * sign of what came of it if that was nothing good.
 */
export function sparkline(
  attempts: readonly PastAttempt[],
  width: number,
): Stretch[] {
  const shown = width > 0 ? attempts.slice(-width) : [];
  const highestMs = highest(
    shown.filter(isAnswer).map(({ durationMs }) => durationMs ?? 0),
    MOST_OF_MEDIAN,
  );
  const stretches: Stretch[] = [];
  for (const attempt of shown) {
    const status = STATUSES[attempt.verdict];
    const text = isAnswer(attempt)
      ? block((attempt.durationMs ?? 0) / highestMs)
      : SIGNS[status];
    const last = stretches.at(-1);
    if (last?.status !== status) stretches.push({ text, status });
    else stretches[stretches.length - 1] = { text: last.text + text, status };
  }
  return stretches;
}

/** Whether how long it took is how long an answer took. */
function isAnswer({ verdict }: PastAttempt): boolean {
  return verdict === "pass" || verdict === "warn";
}

/** A part of the whole, which it may exceed; of nothing it is nothing. */
function block(part: number): string {
  const level = Math.ceil((part || 0) * BLOCKS.length) - 1;
  return BLOCKS[Math.min(Math.max(0, level), BLOCKS.length - 1)]!;
}
