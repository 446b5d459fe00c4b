import { SIGNS } from "../../../core/people/summary.ts";
import type { PastAttempt } from "../../../fleet/history.ts";
import { STATUS_OF } from "../sparkline.ts";
import type { Labelled } from "./labelled.ts";
import { timeOf } from "./times.ts";

/**
 * Why the past attempts of a check did not pass, the newest first. Attempts that
 * follow each other with the same reason are one.
 */
export function reasonsOf(
  attempts: readonly PastAttempt[],
  now: number,
): Labelled[] {
  const runs: { last: PastAttempt; first: PastAttempt; count: number }[] = [];
  for (const attempt of attempts) {
    const run = runs.at(-1);
    if (run !== undefined && isAlike(run.last, attempt)) {
      run.last = attempt;
      run.count++;
    } else {
      runs.push({ last: attempt, first: attempt, count: 1 });
    }
  }
  return runs.toReversed()
    .filter(({ last: { verdict } }) => verdict !== "pass")
    .map(({ last, first, count }) => ({
      label: `${timeOf(last.at, now)} ${SIGNS[STATUS_OF[last.verdict]]}`,
      text: (last.reason?.message ?? "no longer known") +
        (count === 1 ? "" : ` (${count} times since ${timeOf(first.at, now)})`),
    }));
}

function isAlike(a: PastAttempt, b: PastAttempt): boolean {
  return a.verdict === b.verdict && a.reason?.code === b.reason?.code &&
    a.reason?.message === b.reason?.message;
}
