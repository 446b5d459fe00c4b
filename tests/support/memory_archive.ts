import { LatencyHistogram } from "../../src/core/past/latency.ts";
import type { Incident } from "../../src/core/past/incident.ts";
import type { Period } from "../../src/core/past/period.ts";
import { NO_SPANS, type Spans } from "../../src/core/past/uptime.ts";
import type { PastAttempt } from "../../src/fleet/history.ts";
import type { Archive, Range, Step } from "../../src/fleet/past/archive.ts";

/** How a check was from one time to another, in milliseconds of the epoch. */
export interface Stretch extends Range {
  readonly was: keyof Spans;
}

/** What a {@linkcode memoryArchive} has of a check. */
export interface MemoryPast {
  readonly stretches?: readonly Stretch[];
  readonly attempts?: readonly PastAttempt[];
}

export const STEP_MS: Readonly<Record<Step, number>> = {
  "5m": 300_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** How long each step is kept. */
const KEPT_MS: Readonly<Record<Step, number>> = {
  "5m": 7 * STEP_MS.day,
  hour: 90 * STEP_MS.day,
  day: 730 * STEP_MS.day,
};

/**
 * An archive of what is given, as of a time. Its days and hours are those of UTC,
 * or begin so much later.
 */
export function memoryArchive(
  past: Readonly<Record<string, MemoryPast>>,
  now: number,
  incidents: readonly Incident[] = [],
  dayOffsetMs = 0,
): Archive {
  const periods = (check: string, step: Step, range: Range): Period[] =>
    periodsOf(past[check]!, {
      step,
      range,
      now,
      offsetMs: step === "5m" ? 0 : dayOffsetMs,
    });
  return {
    periods: (checks, step, range) =>
      Promise.resolve(
        new Map(
          checks.filter((check) => Object.hasOwn(past, check))
            .map((check) => [check, periods(check, step, range)]),
        ),
      ),
    attempts: (check, { from, to }, limit = Infinity) =>
      Promise.resolve(
        (past[check]?.attempts ?? []).filter(({ at }) => at >= from && at < to)
          .slice(-limit),
      ),
    incidents: (
      { from = -Infinity, to = Infinity, checks, limit = 100 } = {},
    ) =>
      Promise.resolve(
        incidents.filter(({ check, began, ended }) =>
          (checks?.includes(check) ?? true) && began < to &&
          (ended ?? Infinity) >= from
        ).toSorted((a, b) => b.began - a.began).slice(0, limit),
      ),
  };
}

function periodsOf(
  { stretches = [], attempts = [] }: MemoryPast,
  { step, range, now, offsetMs }: {
    readonly step: Step;
    readonly range: Range;
    readonly now: number;
    readonly offsetMs: number;
  },
): Period[] {
  const ms = STEP_MS[step];
  const startOf = (at: number): number =>
    Math.floor((at - offsetMs) / ms) * ms + offsetMs;
  const periods: Period[] = [];
  // What begins before is deleted.
  const oldest = startOf(now - KEPT_MS[step] - 1) + ms;
  const first = Math.max(oldest, startOf(range.from));
  for (let from = first; from < Math.min(range.to, now); from += ms) {
    const to = from + ms;
    const spans: Record<keyof Spans, number> = { ...NO_SPANS };
    const counts = { pass: 0, warn: 0, fail: 0, error: 0 };
    const latency = new LatencyHistogram();
    for (const stretch of stretches) {
      const overlap = Math.min(to, stretch.to) - Math.max(from, stretch.from);
      spans[stretch.was] += Math.max(0, overlap);
    }
    for (const { at, verdict, durationMs } of attempts) {
      if (at < from || at >= to) continue;
      counts[verdict]++;
      const passed = verdict === "pass" || verdict === "warn";
      if (passed && durationMs !== null) latency.observe(durationMs);
    }
    const known = [...Object.values(spans), ...Object.values(counts)];
    if (known.every((n) => n === 0)) continue;
    periods.push({ from, to, spans, counts, latency });
  }
  return periods;
}
