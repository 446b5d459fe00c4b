import type { Range } from "../../../fleet/past/archive.ts";
import type { Database } from "./database.ts";
import { beginnings, tallyOf } from "./log.ts";
import {
  type FiguresOfPeriod,
  type PeriodQuery,
  selected,
  sum,
  SUMMED,
} from "./reading.ts";
import type { Figures } from "./tally.ts";
import type { Periods } from "./times.ts";

/**
 * One period for each check, by its number, of all that lie in the range wholly;
 * none if nothing is known.
 */
export function readMerged(
  database: Database,
  periods: Periods,
  { checks, step, ...range }: PeriodQuery,
): Map<number, FiguresOfPeriod[]> {
  const start = periods.startOf(step, range.from);
  const from = start === range.from ? start : periods.endOf(step, start);
  const to = periods.startOf(step, range.to);
  const found = new Map<number, FiguresOfPeriod[]>(
    checks.map((check) => [check, []]),
  );
  const add = (check: number, figures: Figures & Range): void => {
    const [known] = found.get(check) ?? [];
    found.set(check, [{
      ...sum(known, figures),
      from: Math.min(known?.from ?? Infinity, figures.from),
      to: Math.max(known?.to ?? 0, figures.to),
    }]);
  };
  for (const row of mergedRows(database, { checks, step, from, to })) {
    const [check, first, last, ...numbers] = row as number[];
    if (!found.has(check!)) continue;
    add(check!, {
      from: first!,
      to: periods.endOf(step, last!),
      counts: numbers.slice(0, 4),
      spans: numbers.slice(4),
      latency: null,
    });
  }
  for (
    const check of tallyOf(database, beginnings(database, checks), "figures")
  ) {
    for (const [at, figures] of check.buckets) {
      const begin = periods.startOf(step, at);
      if (begin < from || begin >= to) continue;
      const end = periods.endOf(step, begin);
      add(check.number, { ...figures, from: begin, to: end, latency: null });
    }
  }
  return found;
}

/** The sums of a table of rollups by checks, with their first and last starts. */
function mergedRows(
  database: Database,
  query: Omit<PeriodQuery, "latency">,
): Iterable<unknown[]> {
  const columns = `r.check_number, min(r.start), max(r.start), ${
    SUMMED.map((column) => `sum(${column})`).join()
  }`;
  return selected(database, query, columns, "GROUP BY check_number");
}
