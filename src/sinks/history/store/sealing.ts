import { LatencyHistogram } from "../../../core/past/latency.ts";
import type { Step } from "../../../fleet/past/archive.ts";
import type { PackedAttempt } from "../packed.ts";
import { type Chunk, pack, unpack } from "./chunk.ts";
import type { Database } from "./database.ts";
import {
  beginningsAfter,
  LogRows,
  type Sealing,
  sealingOf,
  sizesOfEarlier,
} from "./log.ts";
import { ROLLUPS } from "./schema.ts";
import { type Bucket, type Figures, type Tallied, Tally } from "./tally.ts";
import type { Periods } from "./times.ts";

/** For how many checks the log is read at a time. */
const CHECKS = 1000;

/** For how many of them it is moved in one transaction. */
const SLICE = 20;

/** The most rows of the log that are moved before others are. */
const MAX_ROWS = 1000;

/** How much of the log is moved before other rows are: it is in memory meanwhile. */
const MAX_BYTES = 2 ** 25;

/** How many rows of the log are deleted in one transaction. */
const DELETED_ROWS = 10;

/** How many attempts are kept for after a restart. */
const RECENT = 60;

/**
 * Moves what the log has of earlier five minutes to the other tables, step by step.
 * A step takes a few milliseconds. Between two of them, there is no transaction:
 * anything may be read or written, and after a crash it goes on where it was.
 */
export function* sealing(
  database: Database,
  periods: Periods,
): Generator<void, void> {
  while (true) {
    const begun = sealingOf(database) ?? nextSealing(database);
    if (begun === null) return;
    const { upTo } = begun;
    let { done } = begun;
    const rows = new LogRows(database, upTo);
    while (true) {
      const checks = beginningsAfter(database, done, CHECKS);
      if (checks.length === 0) break;
      const tally = new Tally(checks, "all");
      for (const row of rows) {
        tally.add(row);
        yield;
      }
      const tallied = [...tally.finish()];
      for (let i = 0; i < tallied.length; i += SLICE) {
        yield;
        const slice = tallied.slice(i, i + SLICE);
        done = slice.at(-1)!.number;
        database.transaction(() => {
          for (const check of slice) writeCheck(database, periods, check);
          database.run("DELETE FROM sealing");
          database.run("INSERT INTO sealing VALUES (?, ?)", upTo, done);
        });
      }
    }
    // As long as it is known how far it is moved, nobody reads these rows.
    while (deleteRows(database, upTo)) yield;
    database.run("DELETE FROM sealing");
    yield;
  }
}

/**
 * What is to be moved: all but the five minutes that the last row is in, or the
 * first part of it.
 */
function nextSealing(database: Database): Sealing | null {
  let upTo = null;
  let bytes = 0;
  for (const [seq, length] of sizesOfEarlier(database, MAX_ROWS)) {
    bytes += length;
    if (upTo !== null && bytes > MAX_BYTES) break;
    upTo = seq;
  }
  return upTo === null ? null : { upTo, done: 0 };
}

/** Deletes some of the rows that were moved. Returns whether there may be more. */
function deleteRows(database: Database, upTo: number): boolean {
  return database.run(
    `DELETE FROM log WHERE seq IN
      (SELECT seq FROM log WHERE seq <= ? ORDER BY seq LIMIT ?)`,
    upTo,
    DELETED_ROWS,
  ) > 0;
}

/** Writes what the log had of a check. */
function writeCheck(
  database: Database,
  periods: Periods,
  check: Tallied,
): void {
  for (const [start, bucket] of check.buckets) {
    if (bucket.attempts.length > 0) {
      writeAttempts(database, check.number, start, bucket);
    }
    for (const step of Object.keys(ROLLUPS) as Step[]) {
      addFigures(database, step, {
        start: periods.startOf(step, start),
        number: check.number,
        figures: bucket,
      });
    }
  }
  if (check.attempts.length > 0 || check.recentFrom !== null) {
    writeRecent(database, check);
  }
  const { number, status, maintenance, unknown, knownTo } = check;
  const last = unknown.at(-1);
  // A state that was written since the log was read knows of all of this.
  database.run(
    `UPDATE checks SET status = ?2, maintenance = ?3,
      more = more + iif(known_to = ?7, ?4, 0),
      last_at = coalesce(?5, last_at), last_code = coalesce(?6, last_code)
      WHERE number = ?1 AND (status <> ?2 OR maintenance <> ?3 OR ?4 > 0)`,
    number,
    status,
    Number(maintenance),
    unknown.length,
    last?.at ?? null,
    last?.code ?? null,
    knownTo,
  );
}

function writeAttempts(
  database: Database,
  number: number,
  start: number,
  { attempts }: Bucket,
): void {
  const row = database.get(
    "SELECT attempts, reasons FROM attempts WHERE start = ? AND check_number = ?",
    start,
    number,
  );
  const all = [...unpackRow(row, start), ...attempts];
  const chunk = pack(all, start);
  database.run(
    "REPLACE INTO attempts VALUES (?, ?, ?, ?)",
    start,
    number,
    chunk.attempts,
    chunk.reasons,
  );
}

function writeRecent(
  database: Database,
  check: Tallied,
): void {
  const { number } = check;
  const row = database.get(
    "SELECT attempts, reasons FROM recent WHERE check_number = ?",
    number,
  );
  const chunk = pack(recentOf(unpackRow(row, 0), check), 0);
  database.run(
    "REPLACE INTO recent VALUES (?, ?, ?)",
    number,
    chunk.attempts,
    chunk.reasons,
  );
}

/** The last attempts at a check, with those before the log. */
export function recentOf(
  before: readonly PackedAttempt[],
  { attempts, recentFrom }: Tallied,
): PackedAttempt[] {
  const all = recentFrom === null
    ? [...before, ...attempts]
    : attempts.slice(recentFrom);
  return all.slice(-RECENT);
}

/** The attempts of a row of `attempts` and `reasons`, if there is one. */
export function unpackRow(
  row: readonly unknown[] | undefined,
  start: number,
): PackedAttempt[] {
  if (row === undefined) return [];
  const [attempts, reasons] = row as [Uint8Array, Chunk["reasons"]];
  return unpack({ attempts, reasons }, start);
}

/** Figures of a check, and when their period begins. */
interface Rollup {
  readonly start: number;
  readonly number: number;
  readonly figures: Figures;
}

/** Adds figures to those of a period. */
function addFigures(
  database: Database,
  step: Step,
  { start, number, figures }: Rollup,
): void {
  const table = ROLLUPS[step];
  const { counts, spans, latency } = figures;
  const known = latency === null ? null : database.value(
    `SELECT latency FROM ${table} WHERE start = ? AND check_number = ?`,
    start,
    number,
  );
  database.run(
    `INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET pass = pass + excluded.pass,
      warn = warn + excluded.warn, fail = fail + excluded.fail,
      error = error + excluded.error,
      unknown_ms = unknown_ms + excluded.unknown_ms,
      healthy_ms = healthy_ms + excluded.healthy_ms,
      degraded_ms = degraded_ms + excluded.degraded_ms,
      unhealthy_ms = unhealthy_ms + excluded.unhealthy_ms,
      maintenance_ms = maintenance_ms + excluded.maintenance_ms,
      latency = coalesce(excluded.latency, latency)`,
    start,
    number,
    ...counts,
    ...spans,
    latency === null ? null : merged(latency, known as Uint8Array | null),
  );
}

function merged(
  latency: LatencyHistogram,
  known: Uint8Array | null,
): Uint8Array {
  if (known === null) return latency.toBytes();
  const sum = LatencyHistogram.fromBytes(known);
  sum.merge(latency);
  return sum.toBytes();
}
