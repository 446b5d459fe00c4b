import type { Database } from "./database.ts";
import { ROLLUPS } from "./schema.ts";

const DAY_MS = 86_400_000;

/** How long things are kept, in milliseconds. */
export interface Retention {
  /** Attempts. */
  readonly detailMs: number;
  /** Days and incidents. */
  readonly keepMs: number;
}

/** How many of the oldest periods of a table go at a time, but for days. */
const SLICE = 12;

/** How many of the oldest rows of a table go at a time. */
const ROWS = 1000;

/** How many pages go back to the file system at a time. */
const PAGES = 256;

/** Fewer free pages are kept for what is written next. */
const SPARE_PAGES = 4096;

/**
 * Deletes some of what is too old, step by step, each of which takes a few
 * milliseconds and is a transaction of its own. There is a bound to it: it is done
 * after every five minutes, and a clock that is wrong for a while must not cost all
 * that there is.
 */
export function* deleting(
  database: Database,
  { detailMs, keepMs }: Retention,
  now: number,
): Generator<void, void> {
  yield* deletingPeriods(database, "attempts", now - detailMs);
  yield* deletingPeriods(database, ROLLUPS["5m"], now - 7 * DAY_MS);
  yield* deletingPeriods(database, ROLLUPS.hour, now - 90 * DAY_MS);
  yield* deletingPeriods(database, ROLLUPS.day, now - keepMs, 1);
  database.run(
    `DELETE FROM incidents WHERE id IN (SELECT id FROM incidents
      WHERE began < ?1 AND ended < ?1 LIMIT ?2)`,
    now - keepMs,
    ROWS,
  );
  yield;
  database.run(
    `DELETE FROM watched WHERE rowid IN (SELECT rowid FROM watched
      WHERE until < ? LIMIT ?)`,
    now - keepMs,
    ROWS,
  );
  yield;
  const free = Number(database.value("PRAGMA freelist_count"));
  if (free > SPARE_PAGES) database.exec(`PRAGMA incremental_vacuum(${PAGES})`);
}

function* deletingPeriods(
  database: Database,
  table: string,
  end: number,
  most: number = SLICE,
): Generator<void, void> {
  for (let i = 0; i < most; i++) {
    const start = database.value(
      `SELECT min(start) FROM ${table} WHERE start < ?`,
      end,
    );
    if (start === null) return;
    let deleted;
    do {
      deleted = database.run(
        `DELETE FROM ${table} WHERE start = ?1 AND check_number IN
          (SELECT check_number FROM ${table} WHERE start = ?1 LIMIT ?2)`,
        start,
        ROWS,
      );
      yield;
    } while (deleted === ROWS);
  }
}
