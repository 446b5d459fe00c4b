import type { Incident } from "../../../core/past/incident.ts";
import { LatencyHistogram } from "../../../core/past/latency.ts";
import type {
  IncidentQuery,
  Range,
  Step,
} from "../../../fleet/past/archive.ts";
import type { PackedAttempt } from "../packed.ts";
import type { Database } from "./database.ts";
import { beginnings, tallyOf } from "./log.ts";
import { ROLLUPS } from "./schema.ts";
import { unpackRow } from "./sealing.ts";
import type { Figures } from "./tally.ts";
import { FIVE_MINUTES_MS, fiveMinutesOf, type Periods } from "./times.ts";

/** Figures of a check, and the period that they are of. */
export interface FiguresOfPeriod extends Omit<Figures, "latency"> {
  readonly from: number;
  readonly to: number;
  /** As it is in the file, where nothing is to be added. */
  readonly latency: LatencyHistogram | Uint8Array | null;
}

/** The most attempts that are read by default. */
const MAX_ATTEMPTS = 100_000;

/** For how many periods a check's attempts are looked up at a time: a day. */
const LOOKUPS = 288;

/** What is asked of periods. */
export interface PeriodQuery extends Range {
  /** The numbers of the checks. */
  readonly checks: readonly number[];
  readonly step: Step;
  /** Whether latencies are read. */
  readonly latency: boolean;
  /** Whether whole periods become one; it is only so without latencies. */
  readonly merged?: boolean;
}

/** The columns of a rollup that can be added up. */
export const SUMMED: readonly string[] = [
  "pass",
  "warn",
  "fail",
  "error",
  "unknown_ms",
  "healthy_ms",
  "degraded_ms",
  "unhealthy_ms",
  "maintenance_ms",
];

/** The periods of checks by their numbers, oldest first. */
export function readPeriods(
  database: Database,
  periods: Periods,
  query: PeriodQuery,
): Map<number, FiguresOfPeriod[]> {
  const { checks, step, to } = query;
  const from = periods.startOf(step, query.from);
  const found = new Map<number, FiguresOfPeriod[]>(
    checks.map((check) => [check, []]),
  );
  const ends = new Map<number, number>();
  const endOf = (start: number): number => {
    let end = ends.get(start);
    if (end === undefined) ends.set(start, end = periods.endOf(step, start));
    return end;
  };
  for (const row of rollupRows(database, { ...query, from })) {
    const numbers = row as number[];
    const [start, check] = numbers as [number, number];
    found.get(check)?.push({
      from: start,
      to: endOf(start),
      counts: numbers.slice(2, 6),
      spans: numbers.slice(6, 11),
      latency: row[11] as Uint8Array | null,
    });
  }
  for (
    const check of tallyOf(database, beginnings(database, checks), "figures")
  ) {
    const list = found.get(check.number)!;
    for (const [start, figures] of check.buckets) {
      const begin = periods.startOf(step, start);
      if (begin >= from && begin < to) {
        addTo(list, { ...figures, from: begin, to: endOf(begin) });
      }
    }
  }
  return found;
}

/** Adds figures to a list of periods, oldest first. */
function addTo(
  list: FiguresOfPeriod[],
  figures: Figures & Range,
): void {
  const { from, to } = figures;
  const before = list.findLastIndex((period) => period.from <= from);
  if (list[before]?.from === from) {
    list[before] = { ...sum(list[before], figures), from, to };
  } else {
    list.splice(before + 1, 0, figures);
  }
}

/** The rows of a table of rollups, which are ordered by time first. */
function rollupRows(
  database: Database,
  { checks, step, from, to, latency }: PeriodQuery,
): Iterable<unknown[]> {
  const columns = `r.start, r.check_number, ${SUMMED.join()}, ${
    latency ? "latency" : "NULL"
  }`;
  return selected(database, { checks, step, from, to }, columns);
}

/**
 * Selects columns of the rows `r` of a table of rollups. What comes after the
 * conditions is `rest`.
 */
export function selected(
  database: Database,
  { checks, step, from, to }: Omit<PeriodQuery, "latency">,
  columns: string,
  rest = "",
): Iterable<unknown[]> {
  const table = ROLLUPS[step];
  if (isMost(database, checks)) {
    return database.all(
      `SELECT ${columns} FROM ${table} r WHERE start >= ? AND start < ? ${rest}`,
      from,
      to,
    );
  }
  return database.all(
    `${startsIn(table)}
    SELECT ${columns} FROM starts CROSS JOIN json_each(?3) c
      CROSS JOIN ${table} r ON r.start = starts.start AND check_number = c.value
      WHERE starts.start < ?2 ${rest}`,
    from,
    to,
    JSON.stringify(checks),
  );
}

/** Whether to read all of a table is faster than to look for some checks in it. */
function isMost(database: Database, checks: readonly number[]): boolean {
  const all = Number(database.value("SELECT count(*) FROM checks"));
  return checks.length * 4 > all;
}

/** The starts of periods from `?1` up to `?2`, and one more. */
function startsIn(table: string): string {
  return `WITH RECURSIVE starts (start) AS (
      SELECT min(start) FROM ${table} WHERE start >= ?1
      UNION ALL
      SELECT (SELECT min(start) FROM ${table} WHERE start > starts.start)
        FROM starts WHERE start < ?2
    )`;
}

/** The figures of two periods together. */
export function sum(
  known: Omit<FiguresOfPeriod, "from" | "to"> | undefined,
  more: Figures,
): Figures {
  if (known === undefined) return more;
  const latency = known.latency instanceof Uint8Array
    ? LatencyHistogram.fromBytes(known.latency)
    : known.latency ?? new LatencyHistogram();
  if (more.latency !== null) latency.merge(more.latency);
  return {
    counts: known.counts.map((count, i) => count + more.counts[i]!),
    spans: known.spans.map((ms, i) => ms + more.spans[i]!),
    latency,
  };
}

/** The newest attempts at a check in a range of time, oldest first. */
export function readAttempts(
  database: Database,
  check: number,
  { from, to }: Range,
  limit: number = MAX_ATTEMPTS,
): PackedAttempt[] {
  const isIn = ({ at }: PackedAttempt): boolean => at >= from && at < to;
  const byTime = (a: PackedAttempt, b: PackedAttempt): number => a.at - b.at;
  const parts: PackedAttempt[][] = [];
  for (
    const { attempts } of tallyOf(
      database,
      beginnings(database, [check]),
      "attempts",
    )
  ) {
    parts.push(attempts.filter(isIn).sort(byTime));
  }
  let count = parts[0]?.length ?? 0;
  const oldest = Math.max(
    fiveMinutesOf(from),
    Number(database.value("SELECT coalesce(min(start), 0) FROM attempts")),
  );
  const newest = Number(
    database.value("SELECT coalesce(max(start), 0) FROM attempts"),
  );
  for (
    let end = Math.min(fiveMinutesOf(to - 1), newest) + FIVE_MINUTES_MS;
    end > oldest && count < limit;
    end -= LOOKUPS * FIVE_MINUTES_MS
  ) {
    const begin = Math.max(oldest, end - LOOKUPS * FIVE_MINUTES_MS);
    const rows = database.all(
      `WITH RECURSIVE starts (start) AS (
        SELECT ?2 UNION ALL SELECT start - ?4 FROM starts WHERE start > ?1
      )
      SELECT a.attempts, reasons, a.start FROM starts CROSS JOIN attempts a
        ON a.start = starts.start AND check_number = ?3`,
      begin,
      end - FIVE_MINUTES_MS,
      check,
      FIVE_MINUTES_MS,
    );
    for (const row of rows) {
      const attempts = unpackRow(row, Number(row[2])).filter(isIn);
      parts.push(attempts);
      count += attempts.length;
    }
  }
  const all = parts.reverse().flat();
  // Five minutes may have been twice, where the clock was set back.
  const isSorted = all.every(({ at }, i) => i === 0 || all[i - 1]!.at <= at);
  return (isSorted ? all : all.sort(byTime)).slice(-limit);
}

/** Incidents that lasted at any time in a range, newest first. */
export function readIncidents(
  database: Database,
  { from = -Infinity, to = Infinity, checks, limit = 100 }: IncidentQuery,
): Incident[] {
  return database.all(
    `SELECT incident FROM incidents WHERE began < ?1
      AND (ended IS NULL OR ended >= ?2)
      AND (?3 IS NULL OR check_id IN (SELECT value FROM json_each(?3)))
      ORDER BY began DESC LIMIT ?4`,
    to,
    from,
    checks === undefined ? null : JSON.stringify(checks),
    limit,
  ).map(([text]) => JSON.parse(text as string));
}

/** The incidents that last, and the last ones that ended, newest first. */
export function readLastIncidents(
  database: Database,
  limit: number,
): Incident[] {
  return database.all(
    `SELECT incident FROM incidents WHERE ended IS NULL
      OR id IN (SELECT id FROM incidents WHERE ended IS NOT NULL
        ORDER BY began DESC LIMIT ?)
      ORDER BY began DESC`,
    limit,
  ).map(([text]) => JSON.parse(text as string));
}
