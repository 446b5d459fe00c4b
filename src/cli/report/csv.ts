import { type Cell, toCsv as rowsToCsv } from "../../core/past/csv.ts";
import type { Figures, Report } from "../../core/past/report.ts";

const HEADINGS = [
  "scope",
  "id",
  "group",
  "checks",
  "from",
  "to",
  "uptime",
  "up",
  "down",
  "unknown",
  "maintenance",
  "not_watched",
  "down_ms",
  "incidents",
  "longest_ms",
  "mttr_ms",
  "mtbf_ms",
  "pass",
  "warn",
  "fail",
  "error",
  "p50_ms",
  "p95_ms",
  "p99_ms",
];

/**
 * A report as CSV: a row for each check, then for each group, then for all checks.
 * The ends of its lines are those of RFC 4180, except for the last one.
 */
export function toCsv({ from, to, checks, groups, all }: Report): string {
  const range = [from, to].map((at) => new Date(at).toISOString());
  return rowsToCsv([
    HEADINGS,
    ...checks.map((check): Cell[] => [
      "check",
      check.id,
      check.group,
      1,
      ...range,
      ...cellsOf(check),
    ]),
    ...groups.map((group): Cell[] => [
      "group",
      null,
      group.group,
      group.checks,
      ...range,
      ...cellsOf(group),
    ]),
    ["all", null, null, all.checks, ...range, ...cellsOf(all)],
  ]).trimEnd();
}

function cellsOf({ uptime, attempts, latencyMs, ...figures }: Figures): Cell[] {
  return [
    uptime.ratio,
    uptime.up,
    uptime.down,
    uptime.unknown,
    uptime.maintenance,
    uptime.notWatched,
    figures.downMs,
    figures.incidents,
    figures.longestMs,
    figures.mttrMs,
    figures.mtbfMs,
    attempts.pass,
    attempts.warn,
    attempts.fail,
    attempts.error,
    latencyMs.p50,
    latencyMs.p95,
    latencyMs.p99,
  ];
}
