import type { Period } from "../../core/past/period.ts";
import { type Report, reportOf } from "../../core/past/report.ts";
import { totalsOf } from "../../fleet/past/totals.ts";
import type { Zone } from "../../io/calendar/zone.ts";
import { oneOf, type OptionsConfig, parse } from "../args.ts";
import { openPast, type Past, PAST_OPTIONS, pastHelp } from "../past.ts";
import { EXIT } from "../usage.ts";

/** What `lifesign report --help` says. */
export const help: string =
  `Prints how the checks of a config file were: uptime, incidents and latency.

Usage: lifesign report [OPTIONS] [FILE]

FILE is lifesign.yaml by default. Its history is read, also while an agent runs.
Nothing is written.

Options:
${pastHelp("30d")}
  --format FORMAT  table, json, csv or markdown [default: table]
  --help           Print this help

For each check, each group and all checks:
  UPTIME     the share of the known time that it was healthy or degraded, and
             how much of the time is known, if not all of it. Time in
             maintenance, in which the agent did not run, or could not tell, is
             left out
  DOWN       how long it was unhealthy; added up for several checks
  INCIDENTS  how many lasted at any time
  LONGEST    how long the longest of them lasted in this time
  MTTR       the mean time to recovery of those that recovered in this time
  MTBF       the mean time between failures: the time up for each that began
  P50 ...    percentiles of the durations of attempts that passed, within 5 %

Exit codes:
  0  the report was printed
  2  the command line, the config file or the history is wrong

Examples:
  lifesign report
  lifesign report --since 2026-11-01 --until 2026-12-01 --format csv
  lifesign report /etc/lifesign.yaml --since 7d --group edge
`;

const OPTIONS: OptionsConfig = {
  ...PAST_OPTIONS,
  format: { type: "string" },
};

/** How many checks are read at a time: there are some 100 periods of each. */
const CHUNK = 500;

/** Prints a report of the past. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args, OPTIONS);
  const format = oneOf("format", parsed.values.format, [
    "table",
    "json",
    "csv",
    "markdown",
  ]);
  using past = await openPast(parsed, "30d");
  console.log(await inFormat(format, await report(past), past.zone));
  return EXIT.ok;
}

async function report(
  { checks, archive, range, now }: Past,
): Promise<Report> {
  const totals = new Map<string, Period>();
  for (let i = 0; i < checks.length; i += CHUNK) {
    const ids = checks.slice(i, i + CHUNK).map(({ id }) => id);
    for (const [id, total] of await totalsOf(archive, ids, range, now)) {
      totals.set(id, total);
    }
  }
  return reportOf({
    checks: checks.map(({ id, options: { group = null } }) => ({ id, group })),
    totals,
    ...range,
    incidents: await archive.incidents({ ...range, limit: 1e9 }),
  });
}

async function inFormat(
  format: "table" | "json" | "csv" | "markdown",
  report: Report,
  zone: Zone,
): Promise<string> {
  switch (format) {
    case "table":
      return await (await import("../report/table.ts")).toTable(report, zone);
    case "json":
      return (await import("../report/json.ts")).toJson(report);
    case "csv":
      return (await import("../report/csv.ts")).toCsv(report);
    case "markdown":
      return (await import("../report/markdown.ts")).toMarkdown(report, zone);
    default:
      return format satisfies never;
  }
}
