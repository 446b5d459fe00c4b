import type { Verdict } from "../types.ts";
import type { Incident } from "./incident.ts";
import { LatencyHistogram } from "./latency.ts";
import type { Period } from "./period.ts";
import { addSpans, NO_SPANS, type Uptime, uptimeOf } from "./uptime.ts";

/** The figures of one check, or of several checks together, in a range of time. */
export interface Figures {
  /** Shares of the range, or of the ranges of all checks one after another. */
  readonly uptime: Uptime;
  /** How long it was unhealthy outside of maintenance; a sum for several checks. */
  readonly downMs: number;
  /** How many incidents lasted at any time in the range. */
  readonly incidents: number;
  /** How long the longest of them lasted in the range. */
  readonly longestMs: number | null;
  /** The mean time to recovery of those that recovered in the range. */
  readonly mttrMs: number | null;
  /** The mean time healthy or degraded for each that began in the range. */
  readonly mtbfMs: number | null;
  /** How many attempts had each verdict. */
  readonly attempts: Readonly<Record<Verdict, number>>;
  /** Percentiles of the durations of attempts that passed, with a warning or not. */
  readonly latencyMs: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
}

/** The figures of a check. */
export interface CheckFigures extends Figures {
  readonly id: string;
  readonly group: string | null;
}

/** The figures of some checks together. */
export interface SumFigures extends Figures {
  /** How many checks there are. */
  readonly checks: number;
}

/** The figures of a group. */
export interface GroupFigures extends SumFigures {
  readonly group: string;
}

/** How some checks were in a range of time, in milliseconds of the epoch. */
export interface Report {
  readonly from: number;
  readonly to: number;
  readonly checks: readonly CheckFigures[];
  /** The groups that the checks have, in the order of their first checks. */
  readonly groups: readonly GroupFigures[];
  readonly all: SumFigures;
}

/** What a report is made of. */
export interface ReportContent {
  /** The checks, in the order of the report. */
  readonly checks: readonly {
    readonly id: string;
    readonly group: string | null;
  }[];
  /**
   * What is known of each check, from `from` to `to`. Some checks may be known of
   * from a little earlier on; then the report begins there.
   */
  readonly totals: ReadonlyMap<string, Period>;
  readonly from: number;
  readonly to: number;
  /** The incidents of that time, of these checks and of others. */
  readonly incidents: readonly Incident[];
}

/** What is known of a check in the range. */
interface Past {
  readonly total: Period;
  readonly incidents: readonly Incident[];
}

/** Makes a report. */
export function reportOf(
  { checks, totals, incidents, ...range }: ReportContent,
): Report {
  const byCheck = Map.groupBy(incidents, ({ check }) => check);
  const pasts = checks.map(({ id, group }) => ({
    id,
    group,
    past: { total: totals.get(id)!, incidents: byCheck.get(id) ?? [] },
  }));
  const byGroup = Map.groupBy(pasts, ({ group }) => group);
  let { from, to } = range;
  for (const total of totals.values()) {
    from = Math.min(from, total.from);
    to = Math.max(to, total.to);
  }
  const sumOf = (members: typeof pasts): SumFigures => ({
    checks: members.length,
    ...figuresOf(members.map(({ past }) => past), from, to),
  });
  return {
    from,
    to,
    checks: pasts.map(({ id, group, past }) => ({
      id,
      group,
      ...figuresOf([past], from, to),
    })),
    groups: [...byGroup].flatMap(([group, members]) =>
      group === null ? [] : [{ group, ...sumOf(members) }]
    ),
    all: sumOf(pasts),
  };
}

function figuresOf(
  pasts: readonly Past[],
  from: number,
  to: number,
): Figures {
  const latency = new LatencyHistogram();
  const attempts = { pass: 0, warn: 0, fail: 0, error: 0 };
  let spans = NO_SPANS;
  for (const { total } of pasts) {
    latency.merge(total.latency);
    spans = addSpans(spans, total.spans);
    for (const verdict of Object.keys(attempts) as Verdict[]) {
      attempts[verdict] += total.counts[verdict];
    }
  }
  const incidents = pasts.flatMap(({ incidents }) => incidents);
  const recoveries = incidents.filter(({ end, ended }) =>
    end === "recovered" && ended! >= from && ended! < to
  );
  const begun = incidents.filter(({ began }) => began >= from && began < to);
  return {
    uptime: uptimeOf(spans, pasts.length * (to - from)),
    downMs: spans.unhealthy,
    incidents: incidents.length,
    longestMs: incidents.reduce<number | null>((longest, incident) => {
      const { began, ended } = incident;
      const ms = Math.min(ended ?? to, to) - Math.max(began, from);
      return Math.max(longest ?? 0, ms);
    }, null),
    mttrMs: meanOf(recoveries.map(({ began, ended }) => ended! - began)),
    mtbfMs: begun.length === 0
      ? null
      : (spans.healthy + spans.degraded) / begun.length,
    attempts,
    latencyMs: {
      p50: latency.percentile(50),
      p95: latency.percentile(95),
      p99: latency.percentile(99),
    },
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0
    ? null
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}
