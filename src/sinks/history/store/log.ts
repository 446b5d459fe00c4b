import { printable } from "../packed.ts";
import type { Database, Row } from "./database.ts";
import {
  type Beginning,
  type LogRow,
  type Tallied,
  Tally,
  type TallyParts,
} from "./tally.ts";
import { FIVE_MINUTES_MS } from "./times.ts";

/** How far the log has been moved to the other tables. */
export interface Sealing {
  /** The last row of the log that is being moved. */
  readonly upTo: number;
  /** The last check for which that was done. */
  readonly done: number;
}

/** How far the log has been moved, `null` if it is not being moved. */
export function sealingOf(database: Database): Sealing | null {
  const row = database.get("SELECT up_to, done FROM sealing");
  return row === undefined
    ? null
    : { upTo: Number(row[0]), done: Number(row[1]) };
}

/** The columns of `checks` that a beginning is made of. */
const BEGINNING = "number, status, maintenance, known_to";

/** All checks, or some, as they are at the beginning of what the log has of them. */
export function beginnings(
  database: Database,
  numbers?: readonly number[],
): Beginning[] {
  const sealing = sealingOf(database);
  const rows = numbers === undefined
    ? database.all(`SELECT ${BEGINNING} FROM checks ORDER BY number`)
    : database.all(
      `SELECT ${BEGINNING} FROM checks
        WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number`,
      JSON.stringify(numbers),
    );
  return rows.map((row) => beginningOf(row as number[], sealing));
}

/** The next checks after one, likewise, for which the log is to be moved. */
export function beginningsAfter(
  database: Database,
  number: number,
  limit: number,
): Beginning[] {
  return database.all(
    `SELECT ${BEGINNING} FROM checks WHERE number > ? ORDER BY number LIMIT ?`,
    number,
    limit,
  ).map((row) => beginningOf(row as number[], null));
}

function beginningOf(
  [number, status, maintenance, knownTo]: number[],
  sealing: Sealing | null,
): Beginning {
  const isDone = sealing !== null && number! <= sealing.done;
  return {
    number: number!,
    status: status!,
    maintenance: maintenance === 1,
    knownTo: knownTo!,
    firstSeq: isDone ? sealing.upTo + 1 : 0,
  };
}

/** The columns of `log` that a row is made of. */
const ROW = "seq, since, until, events, reasons";

/** Adds up what the log has of checks. */
export function tallyOf(
  database: Database,
  checks: Iterable<Beginning>,
  parts: TallyParts,
): Iterable<Tallied> {
  const tally = new Tally(checks, parts);
  const rows = database.each(`SELECT ${ROW} FROM log ORDER BY seq`);
  for (const row of rows) tally.add(logRowOf(row));
  return tally.finish();
}

/**
 * The first rows of the log and how many bytes their events have, without the five
 * minutes that the last row is in.
 */
export function sizesOfEarlier(
  database: Database,
  limit: number,
): [seq: number, bytes: number][] {
  return database.all(
    `SELECT seq, length(events) FROM log WHERE seq <= (
      SELECT max(seq) FROM log WHERE since / ${FIVE_MINUTES_MS} <> (
        SELECT since / ${FIVE_MINUTES_MS} FROM log ORDER BY seq DESC LIMIT 1
      )
    ) ORDER BY seq LIMIT ?`,
    limit,
  ) as [number, number][];
}

/**
 * The rows of the log up to one, which may be gone through again and again. They
 * are read once, one at a time, and kept: each time they are read, SQLite copies
 * all of them.
 */
export class LogRows implements Iterable<LogRow> {
  readonly #database: Database;
  readonly #upTo: number;
  readonly #rows: LogRow[] = [];

  constructor(database: Database, upTo: number) {
    this.#database = database;
    this.#upTo = upTo;
  }

  *[Symbol.iterator](): Iterator<LogRow> {
    for (let i = 0;; i++) {
      const row = this.#rows[i] ?? this.#read();
      if (row === undefined) return;
      yield row;
    }
  }

  #read(): LogRow | undefined {
    const row = this.#database.get(
      `SELECT ${ROW} FROM log WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 1`,
      this.#rows.at(-1)?.seq ?? 0,
      this.#upTo,
    );
    if (row === undefined) return undefined;
    const read = logRowOf(row);
    this.#rows.push(read);
    return read;
  }
}

function logRowOf(row: Row): LogRow {
  const [seq, since, until, events, reasons] = row as [
    number,
    number,
    number,
    Uint8Array,
    string | null,
  ];
  return {
    seq,
    since,
    until,
    events,
    reasons: reasons === null ? [] : JSON.parse(reasons).map(printable),
  };
}
