import { type Cell, toCsv } from "../../core/past/csv.ts";
import type { Period } from "../../core/past/period.ts";
import { type Uptime, uptimeOf } from "../../core/past/uptime.ts";
import type { Verdict } from "../../core/types.ts";

/** A period as the API has it. */
export interface PeriodJson {
  readonly from: string;
  readonly to: string;
  readonly uptime: Uptime;
  readonly attempts: Readonly<Record<Verdict, number>>;
  readonly latencyMs: Readonly<Record<"p50" | "p95" | "p99", number | null>>;
}

/** A check's past as the API has it. */
export interface HistoryJson {
  readonly check: string;
  readonly step: string;
  readonly from: string;
  readonly to: string;
  readonly periods: readonly PeriodJson[];
}

/** A period as the API has it. One that is not over ends now. */
export function toPeriodJson(
  { from, to, spans, counts, latency }: Period,
  now: number,
): PeriodJson {
  const end = Math.min(to, now);
  return {
    from: new Date(from).toISOString(),
    to: new Date(end).toISOString(),
    uptime: uptimeOf(spans, end - from),
    attempts: counts,
    latencyMs: {
      p50: latency.percentile(50),
      p95: latency.percentile(95),
      p99: latency.percentile(99),
    },
  };
}

const HEADINGS = [
  "from",
  "to",
  "uptime",
  "up",
  "down",
  "unknown",
  "maintenance",
  "not_watched",
  "pass",
  "warn",
  "fail",
  "error",
  "p50_ms",
  "p95_ms",
  "p99_ms",
];

/** Writes periods as CSV, a row for each. */
export function toPeriodsCsv(periods: readonly PeriodJson[]): string {
  return toCsv([
    HEADINGS,
    ...periods.map(({ from, to, uptime, attempts, latencyMs }): Cell[] => [
      from,
      to,
      uptime.ratio,
      uptime.up,
      uptime.down,
      uptime.unknown,
      uptime.maintenance,
      uptime.notWatched,
      attempts.pass,
      attempts.warn,
      attempts.fail,
      attempts.error,
      latencyMs.p50,
      latencyMs.p95,
      latencyMs.p99,
    ]),
  ]);
}
