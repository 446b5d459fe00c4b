import { formatDuration } from "../../core/duration.ts";
import type { Figures, Report } from "../../core/past/report.ts";
import { uptimeText } from "../../core/past/uptime.ts";
import type { Range } from "../../fleet/past/archive.ts";
import type { Zone } from "../../io/calendar/zone.ts";
import { printable } from "../terminal/columns.ts";

/** The columns of figures for people: their headings, and what is in them. */
const COLUMNS: readonly (readonly [string, (figures: Figures) => string])[] = [
  ["UPTIME", ({ uptime }) => uptimeText(uptime)],
  ["DOWN", ({ downMs }) => durationText(downMs)],
  ["INCIDENTS", ({ incidents }) => String(incidents)],
  ["LONGEST", ({ longestMs }) => durationText(longestMs)],
  ["MTTR", ({ mttrMs }) => durationText(mttrMs)],
  ["MTBF", ({ mtbfMs }) => durationText(mtbfMs)],
  ["P50", ({ latencyMs }) => durationText(latencyMs.p50)],
  ["P95", ({ latencyMs }) => durationText(latencyMs.p95)],
  ["P99", ({ latencyMs }) => durationText(latencyMs.p99)],
];

/**
 * A report as tables of printable strings, the first row of which has headings:
 * one of the checks, and one of the groups and of all checks, if there are several.
 */
export function tablesOf(report: Report): readonly string[][][] {
  const { checks, groups, all } = report;
  const headings = COLUMNS.map(([heading]) => heading);
  const row = (name: string, figures: Figures): string[] => [
    name,
    ...COLUMNS.map(([, text]) => text(figures)),
  ];
  const sums = [
    ...groups.map((group) => row(printable(group.group), group)),
    ...(checks.length > 1 ? [row(`all ${all.checks} checks`, all)] : []),
  ];
  return [
    [
      ["CHECK", ...headings],
      ...checks.map((check) => row(printable(check.id), check)),
    ],
    ...(sums.length === 0 ? [] : [[["GROUP", ...headings], ...sums]]),
  ];
}

/** The range of a report, such as `2026-11-01 08:00 to 2026-11-27 14:23 UTC`. */
export function rangeText({ from, to }: Range, zone: Zone): string {
  return `${timeText(from, zone)} to ${timeText(to, zone)} ${zone.name}`;
}

/** A time without its seconds, such as `2026-11-01 08:00`. */
export function timeText(at: number, zone: Zone): string {
  return zone.format(Math.floor(at / 60_000) * 60_000);
}

/** A duration for people: nothing is `0`, and what is not known is a dash. */
export function durationText(ms: number | null): string {
  if (ms === null) return "-";
  return ms === 0 ? "0" : formatDuration(ms);
}
