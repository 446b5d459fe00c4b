import { LatencyHistogram } from "../../core/past/latency.ts";
import type { Period } from "../../core/past/period.ts";
import { addSpans, NO_SPANS, type Spans } from "../../core/past/uptime.ts";
import type { PastAttempt } from "../../fleet/history.ts";
import type { Range, Step } from "../../fleet/past/archive.ts";
import { STEP_MS } from "../../fleet/past/totals.ts";
import { grouped } from "../look/grouped.ts";

/** What a chart shows of one part of its range. */
export interface Point extends Range {
  /** Half of the attempts that passed took at most this long. */
  readonly p50: number | null;
  /** 95 % of them did; `null` for a single attempt, too. */
  readonly p95: number | null;
  readonly spans: Spans;
  readonly attempts: number;
  readonly failed: number;
}

/** A range of time that a chart can show. */
export interface ChartRange {
  /** Its name in the query of a URL. */
  readonly name: string;
  readonly lengthMs: number;
  readonly step: Step;
  /** How many periods of that step are one point. */
  readonly merged: number;
}

const HOUR_MS = 3_600_000;

/** All of them. The first one is shown unless another one is asked for. */
export const CHART_RANGES: readonly [ChartRange, ...ChartRange[]] = [
  { name: "24h", lengthMs: 24 * HOUR_MS, step: "5m", merged: 2 },
  { name: "7d", lengthMs: 7 * 24 * HOUR_MS, step: "hour", merged: 1 },
  { name: "30d", lengthMs: 30 * 24 * HOUR_MS, step: "hour", merged: 4 },
  { name: "90d", lengthMs: 90 * 24 * HOUR_MS, step: "day", merged: 1 },
];

/** Makes the points of a chart of periods, oldest first. */
export function pointsOf(
  periods: readonly Period[],
  { step, merged }: Pick<ChartRange, "step" | "merged">,
): Point[] {
  const lengthMs = STEP_MS[step] * merged;
  const parts = grouped(
    periods,
    // Days begin at midnight, and are not merged.
    ({ from }) => merged === 1 ? from : Math.floor(from / lengthMs),
  );
  return Array.from(parts.values(), toPoint);
}

function toPoint(periods: readonly Period[]): Point {
  const latency = new LatencyHistogram();
  let spans = NO_SPANS;
  let [attempts, failed] = [0, 0];
  for (const period of periods) {
    latency.merge(period.latency);
    spans = addSpans(spans, period.spans);
    const { pass, warn, fail, error } = period.counts;
    attempts += pass + warn + fail + error;
    failed += fail;
  }
  return {
    from: periods[0]!.from,
    to: periods.at(-1)!.to,
    p50: latency.percentile(50),
    p95: latency.percentile(95),
    spans,
    attempts,
    failed,
  };
}

/** Makes points of single attempts, where nothing else is kept. */
export function attemptPoints(attempts: readonly PastAttempt[]): Point[] {
  return attempts.map(({ at, verdict, durationMs }, i) => {
    const failed = verdict === "fail";
    const from = attempts[i - 1]?.at ?? at;
    return {
      from,
      to: at,
      p50: verdict === "pass" || verdict === "warn" ? durationMs : null,
      p95: null,
      spans: failed ? { ...NO_SPANS, unhealthy: at - from } : NO_SPANS,
      attempts: 1,
      failed: failed ? 1 : 0,
    };
  });
}
