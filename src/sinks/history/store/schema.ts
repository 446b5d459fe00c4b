import type { Database } from "./database.ts";

/** What tells a database of lifesign from others: "lsgn". */
export const APPLICATION_ID = 0x6c73676e;

/** The tables of rollups, by the steps of their periods. */
export const ROLLUPS = {
  "5m": "five_minutes",
  hour: "hours",
  day: "days",
} as const;

/** A change of the tables from one version to the next. */
export interface Migration {
  /** The version afterwards. */
  readonly version: number;
  /**
   * Makes a part of the change, which takes little time, and returns whether that
   * was all of it. Each call is a transaction of its own: after a crash, it goes
   * on.
   */
  readonly run: (database: Database) => boolean;
}

/** All changes since a file was empty, in their order. */
export const MIGRATIONS: readonly Migration[] = [{
  version: 1,
  run(database) {
    database.exec(VERSION_1);
    for (const table of Object.values(ROLLUPS)) {
      database.exec(rollup(table));
    }
    return true;
  },
}];

/**
 * Attempts and rollups are ordered by time first, so that what is new comes last
 * and what is old goes from the front.
 *
 * - `checks`: those that there were, with their status at the beginning of `log`;
 *   up to which row of `log` their state knows, how many attempts there were since
 *   that `log` has no more, and what the last of them was.
 * - `states`: what is known of the checks, for after a restart.
 * - `recent`: the last attempts at each check, without those in `log`.
 * - `log`: what happened lately, row by row as it was written: events, and the
 *   time from `since` to `until` in which all checks were watched.
 * - `attempts`: the attempts of five minutes, packed.
 * - `watched`: when the agent ran.
 * - `kept`: what else is to be known after a restart, as JSON: the maintenance
 *   by hand, and the values that others have kept, whose names are JSON, too.
 * - `sealing`: up to which row `log` is being moved to the other tables, and the
 *   last check for which that was done.
 */
const VERSION_1 = `
CREATE TABLE checks (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  status INTEGER NOT NULL DEFAULT 0,
  maintenance INTEGER NOT NULL DEFAULT 0,
  known_to INTEGER NOT NULL DEFAULT 0,
  more INTEGER NOT NULL DEFAULT 0,
  last_at INTEGER,
  last_code INTEGER
);
CREATE TABLE states (
  check_number INTEGER PRIMARY KEY,
  state TEXT NOT NULL
);
CREATE TABLE recent (
  check_number INTEGER PRIMARY KEY,
  attempts BLOB NOT NULL,
  reasons TEXT
);
CREATE TABLE log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL,
  events BLOB NOT NULL,
  reasons TEXT
);
CREATE TABLE attempts (
  start INTEGER NOT NULL,
  check_number INTEGER NOT NULL,
  attempts BLOB NOT NULL,
  reasons TEXT,
  PRIMARY KEY (start, check_number)
) WITHOUT ROWID;
CREATE TABLE watched (
  since INTEGER NOT NULL,
  until INTEGER NOT NULL
);
CREATE TABLE sealing (
  up_to INTEGER NOT NULL,
  done INTEGER NOT NULL
);
CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  check_id TEXT NOT NULL,
  began INTEGER NOT NULL,
  ended INTEGER,
  incident TEXT NOT NULL
);
CREATE TABLE kept (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX incidents_by_time ON incidents (began);
CREATE INDEX incidents_that_last ON incidents (id) WHERE ended IS NULL;
`;

function rollup(table: string): string {
  return `
CREATE TABLE ${table} (
  start INTEGER NOT NULL,
  check_number INTEGER NOT NULL,
  pass INTEGER NOT NULL,
  warn INTEGER NOT NULL,
  fail INTEGER NOT NULL,
  error INTEGER NOT NULL,
  unknown_ms INTEGER NOT NULL,
  healthy_ms INTEGER NOT NULL,
  degraded_ms INTEGER NOT NULL,
  unhealthy_ms INTEGER NOT NULL,
  maintenance_ms INTEGER NOT NULL,
  latency BLOB,
  PRIMARY KEY (start, check_number)
) WITHOUT ROWID;
`;
}
