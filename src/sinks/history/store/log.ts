import { printable } from "../packed.ts";
import type { Database, Row } from "./database.ts";
import {
  type Beginning,
  type LogRow,
  type Tallied,
  Tally,
  type TallyParts,
} from "./tally.ts";

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

/** The next row of the log after one, up to another. */
export function rowAfter(
  database: Database,
  seq: number,
  upTo: number,
): LogRow | undefined {
  const row = database.get(
    `SELECT ${ROW} FROM log WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT 1`,
    seq,
    upTo,
  );
  return row && logRowOf(row);
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
