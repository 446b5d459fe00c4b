import { VERDICTS } from "../../core/outcome.ts";
import { LatencyHistogram } from "../../core/past/latency.ts";
import type { Period } from "../../core/past/period.ts";
import { addSpans, NO_SPANS } from "../../core/past/uptime.ts";
import type { Archive, Range, Step } from "./archive.ts";

/** The steps from the longest to the shortest, with how long each is kept. */
const STEPS = [
  ["day", Infinity],
  ["hour", 90 * 86_400_000],
  ["5m", 7 * 86_400_000],
] as const satisfies readonly (readonly [Step, number])[];

/** The shortest step that goes back to a time. */
export function shortestStep(at: number, now: number): Step {
  return STEPS.findLast(([, keptMs]) => now - at <= keptMs)![0];
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
    // Only at the ends of the range, or time would be added twice.
    const mayBeginBefore = step === firstStep && part.from === whole.from;
    const mayEndAfter = step === lastStep && part.to === whole.to;
    let [first, last] = [part.to, part.from];
    const found = await archive.periods(checks, step, part);
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
