import { VERDICTS } from "../../core/outcome.ts";
import { LatencyHistogram } from "../../core/past/latency.ts";
import type { Period } from "../../core/past/period.ts";
import { addSpans, NO_SPANS } from "../../core/past/uptime.ts";
import type { Archive, PeriodsOptions, Range, Step } from "./archive.ts";

/** How long the periods of each step are; days may have an hour more or less. */
export const STEP_MS: Readonly<Record<Step, number>> = {
  "5m": 300_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * The steps from the longest to the shortest, with how old the times are that they
 * go back to.
 */
const STEPS = [
  ["day", Infinity],
  ["hour", 90 * STEP_MS.day - STEP_MS.hour],
  ["5m", 7 * STEP_MS.day - STEP_MS["5m"]],
] as const satisfies readonly (readonly [Step, number])[];

/** The shortest step that goes back to a time. */
export function shortestStep(at: number, now: number): Step {
  return STEPS.findLast(([, oldestMs]) => now - at <= oldestMs)![0];
}

/**
 * The shortest step at the end of a range. That step has to go back to where the
 * longer period begins that the end is in, whose beginning it would lack.
 */
function lastStepOf(to: number, now: number): Step {
  return STEPS.findLast(([, oldestMs], i) => {
    const longer = STEPS[i - 1];
    const begin = longer === undefined ? to : to - STEP_MS[longer[0]];
    return now - begin <= oldestMs;
  })![0];
}

/** A period that grows. */
interface Sum {
  spans: Period["spans"];
  counts: Record<keyof Period["counts"], number>;
  readonly latency: LatencyHistogram;
}

/**
 * What is known of checks in a range of time as a whole. It is made of as few
 * periods as possible: days, with hours and then five minutes at both ends. The
 * range grows to the ends of the shortest periods that are kept of that time, and
 * ends now at the latest. Checks of which nothing is known are in the result, too.
 */
export async function totalsOf(
  archive: Archive,
  checks: readonly string[],
  range: Range,
  now: number,
  { latency = true }: PeriodsOptions = {},
): Promise<ReadonlyMap<string, Period>> {
  const sums = new Map(checks.map((check) => [check, emptySum()]));
  const options = { latency, merged: !latency };
  const whole = { from: range.from, to: Math.min(range.to, now) };
  let { from, to } = whole;
  const firstStep = shortestStep(from, now);
  const lastStep = lastStepOf(to, now);

  /** The periods of a step that lie in a part of the range wholly. */
  async function read(step: Step, part: Range): Promise<Found> {
    const found = await archive.periods(checks, step, part, options);
    return Array.from(found, ([check, periods]) => [
      check,
      periods.filter((period) =>
        period.from >= part.from && period.to <= part.to
      ),
    ]);
  }

  /**
   * Adds the periods of a part of the range, beginning with those of a step. Only
   * at the ends of the whole range may they begin before or end after it, or time
   * would be added twice.
   */
  async function add(part: Range, nth: number): Promise<void> {
    const step = STEPS[nth]?.[0];
    if (step === undefined || part.from >= part.to) return;
    const asked: Range = {
      from: part.from === whole.from && step === firstStep
        ? before(part.from, step)
        : part.from,
      to: part.to === whole.to && step === lastStep
        ? after(part.to, step)
        : part.to,
    };
    const found = await read(step, asked);
    let [first, last] = [part.to, part.from];
    for (const [check, periods] of found) {
      for (const period of periods) {
        addTo(sums.get(check)!, period, latency);
        first = Math.min(first, period.from);
        last = Math.max(last, period.to);
      }
    }
    from = Math.min(from, first);
    to = Math.max(to, Math.min(last, now));
    if (first > last) return await add(part, nth + 1);
    if (asked.from === part.from) {
      await add({ from: part.from, to: first }, nth + 1);
    }
    if (asked.to === part.to) await add({ from: last, to: part.to }, nth + 1);
  }

  await add(whole, 0);
  return new Map(
    Array.from(sums, ([check, sum]) => [check, { from, to, ...sum }]),
  );
}

/** Periods by the ids of their checks. */
type Found = readonly (readonly [check: string, periods: readonly Period[]])[];

/**
 * A time from which on the period that another time is in is a whole one, but not
 * the one before.
 */
function before(at: number, step: Step): number {
  // Only the shortest periods begin at the same times in all time zones.
  const ms = STEP_MS[step];
  return step === "5m" ? Math.floor(at / ms) * ms : at - ms + 1;
}

/** A time up to which it is a whole one, but not the one after. */
function after(at: number, step: Step): number {
  const ms = STEP_MS[step];
  return step === "5m" ? Math.ceil(at / ms) * ms : at + ms - 1;
}

function emptySum(): Sum {
  return {
    spans: NO_SPANS,
    counts: { pass: 0, warn: 0, fail: 0, error: 0 },
    latency: new LatencyHistogram(),
  };
}

function addTo(sum: Sum, period: Period, withLatency: boolean): void {
  const { spans, counts } = period;
  sum.spans = addSpans(sum.spans, spans);
  for (const verdict of VERDICTS) {
    sum.counts[verdict] += counts[verdict];
  }
  if (withLatency) sum.latency.merge(period.latency);
}
