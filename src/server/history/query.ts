import { formatDuration } from "../../core/duration.ts";
import type { Range, Step } from "../../fleet/past/archive.ts";
import { shortestStep, STEP_MS } from "../../fleet/past/totals.ts";
import { momentParameter } from "../past/moment.ts";

/** What of a check's past is asked for. */
export interface HistoryQuery extends Range {
  readonly step: Step;
}

/** The steps from the shortest to the longest. */
const STEPS = Object.keys(STEP_MS) as Step[];

/** The most periods of an answer. */
const MAX_PERIODS = 10_000;

/** How many periods the shortest step by default may have. */
const ENOUGH_PERIODS = 800;

/**
 * Reads what is asked for: the last 24 hours by default, in steps that make some
 * hundred periods of it.
 *
 * @throws {RangeError} If that is not valid, with a message for who asked.
 */
export function parseQuery(
  query: (name: string) => string | undefined,
  now: number,
): HistoryQuery {
  const from = momentParameter("from", query("from") ?? "24h", now);
  const to = Math.min(momentParameter("to", query("to") ?? "now", now), now);
  if (from >= to) {
    throw new RangeError(
      `from: expected a time before to, which is ${
        new Date(to).toISOString()
      }, got ${new Date(from).toISOString()}`,
    );
  }
  const step = query("step") ?? fittingStep({ from, to }, now);
  if (!isStep(step)) {
    throw new RangeError(
      `step: expected 5m, hour or day, got ${JSON.stringify(step)}`,
    );
  }
  const count = Math.ceil((to - from) / STEP_MS[step]);
  if (count > MAX_PERIODS) {
    throw new RangeError(
      `step: expected at most ${MAX_PERIODS} periods, got ${count} of ${step} in ${
        formatDuration(to - from)
      }`,
    );
  }
  return { from, to, step };
}

/** The shortest step that is kept of a range, and does not divide it too much. */
function fittingStep({ from, to }: Range, now: number): Step {
  const shortest = STEPS.indexOf(shortestStep(from, now));
  return STEPS.slice(shortest).find((step) =>
    (to - from) / STEP_MS[step] <= ENOUGH_PERIODS
  ) ?? "day";
}

function isStep(text: string): text is Step {
  return Object.hasOwn(STEP_MS, text);
}
