import { VERDICTS } from "../../core/outcome.ts";
import { LatencyHistogram } from "../../core/past/latency.ts";
import type { Period } from "../../core/past/period.ts";
import { addSpans, NO_SPANS } from "../../core/past/uptime.ts";
import type { Archive, PeriodsOptions, Range, Step } from "./archive.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * The steps from the longest to the shortest, with how old the times are that they
 * go back to.
 */
const STEPS = [
  ["day", Infinity],
  ["hour", 90 * DAY_MS - HOUR_MS],
  ["5m", 7 * DAY_MS - 300_000],
] as const satisfies readonly (readonly [Step, number])[];

/** The shortest step that goes back to a time. */
export function shortestStep(at: number, now: number): Step {
  return STEPS.findLast(([, oldestMs]) => now - at <= oldestMs)![0];
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
  options?: PeriodsOptions,
): Promise<ReadonlyMap<string, Period>> {
  const sums = new Map(checks.map((check) => [check, emptySum()]));
  let from = range.from;
  let to = Math.min(range.to, now);
  const whole = { from, to };
  const [firstStep, lastStep] = [from, to].map((at) => shortestStep(at, now));

  /** Adds the periods of a part of the range, beginning with those of a step. */
  async function add(part: Range, nth: number): Promise<void> {
    const step = STEPS[nth]?.[0];
    if (step === undefined || part.from >= part.to) return;
    const found = await archive.periods(checks, step, part, options);
    // The days of some time zones do not begin with an hour.
    const isShort = step === "day" && isSplit(found);
    const isEnd = (shortest: Step): boolean =>
      step === shortest || isShort && shortest === "hour";
    // Only at the ends of the range, or time would be added twice.
    const mayBeginBefore = part.from === whole.from &&
      isEnd(firstStep!);
    const mayEndAfter = part.to === whole.to && isEnd(lastStep!);
    let [first, last] = [part.to, part.from];
    for (const [check, periods] of found) {
      for (const period of periods) {
        if (!mayBeginBefore && period.from < part.from) continue;
        if (!mayEndAfter && period.to > part.to) continue;
        addTo(sums.get(check)!, period);
        first = Math.min(first, period.from);
        last = Math.max(last, period.to);
      }
    }
    from = Math.min(from, first);
    to = Math.max(to, Math.min(last, now));
    if (first > last) return await add(part, nth + 1);
    if (!mayBeginBefore) await add({ from: part.from, to: first }, nth + 1);
    if (!mayEndAfter) await add({ from: last, to: part.to }, nth + 1);
  }

  await add(whole, 0);
  return new Map(
    Array.from(sums, ([check, sum]) => [check, { from, to, ...sum }]),
  );
}

/** Whether days begin in the middle of an hour of UTC. */
function isSplit(days: ReadonlyMap<string, readonly Period[]>): boolean {
  for (const periods of days.values()) {
    for (const { from } of periods) if (from % HOUR_MS !== 0) return true;
  }
  return false;
}

function emptySum(): Sum {
  return {
    spans: NO_SPANS,
    counts: { pass: 0, warn: 0, fail: 0, error: 0 },
    latency: new LatencyHistogram(),
  };
}

function addTo(sum: Sum, { spans, counts, latency }: Period): void {
  sum.spans = addSpans(sum.spans, spans);
  for (const verdict of VERDICTS) {
    sum.counts[verdict] += counts[verdict];
  }
  sum.latency.merge(latency);
}
