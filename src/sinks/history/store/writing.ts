import type { Incident } from "../../../core/past/incident.ts";
import { type Batch, checksOf, type Entry } from "../batch.ts";
import type { Database } from "./database.ts";
import { writeKept } from "./kept.ts";
import type { WatchedTime } from "./watched.ts";

const NO_EVENTS = new Uint8Array();

/** Writes an entry, in a transaction. */
export function writeEntry(
  database: Database,
  watched: WatchedTime,
  { batches, checks, states, forgotten, incidents, byHand, kept, present }:
    Entry,
): void {
  for (const [number, id] of checksOf(checks)) {
    database.run(
      "INSERT OR IGNORE INTO checks (number, id) VALUES (?, ?)",
      number,
      id,
    );
  }
  for (const batch of batches) writeBatch(database, watched, batch);
  for (const check of forgotten) {
    database.run("DELETE FROM states WHERE check_number = ?", check);
  }
  const seq = states.length === 0 ? 0 : Number(
    database.value("SELECT coalesce(max(seq), 0) FROM sqlite_sequence"),
  );
  for (const [check, state] of states) {
    database.run("REPLACE INTO states VALUES (?, ?)", check, state);
    database.run(
      "UPDATE checks SET known_to = ?, more = 0 WHERE number = ?",
      seq,
      check,
    );
  }
  if (present !== undefined) {
    database.run(
      "DELETE FROM states WHERE check_number NOT IN (SELECT value FROM json_each(?))",
      JSON.stringify([...present]),
    );
  }
  for (const incident of incidents) writeIncident(database, incident);
  if (byHand !== undefined) {
    database.run(
      "REPLACE INTO kept VALUES ('maintenance', ?)",
      JSON.stringify(byHand),
    );
  }
  if (kept !== undefined) writeKept(database, kept);
}

/** Writes a batch, of which only the time counts that was not watched before. */
function writeBatch(
  database: Database,
  watched: WatchedTime,
  { since, until, bytes, reasons }: Batch,
): void {
  const [first = { since, until: since }, ...others] = watched.note({
    since,
    until,
  });
  if (bytes.length > 0 || !extendLast(database, first.since, first.until)) {
    database.run(
      "INSERT INTO log (since, until, events, reasons) VALUES (?, ?, ?, ?)",
      first.since,
      first.until,
      bytes,
      reasons.length === 0 ? null : JSON.stringify(reasons),
    );
  }
  for (const span of others) {
    database.run(
      "INSERT INTO log (since, until, events) VALUES (?, ?, ?)",
      span.since,
      span.until,
      NO_EVENTS,
    );
  }
}

/** Lets the last row of the log last longer, as nothing happened since. */
function extendLast(database: Database, since: number, until: number): boolean {
  return database.run(
    `UPDATE log SET until = ?2 WHERE seq = (SELECT max(seq) FROM log)
      AND until = ?1 AND until % 300000 <> 0`,
    since,
    until,
  ) > 0;
}

function writeIncident(database: Database, incident: Incident): void {
  const { id, check, began, ended } = incident;
  database.run(
    "REPLACE INTO incidents VALUES (?, ?, ?, ?, ?)",
    id,
    check,
    began,
    ended,
    JSON.stringify(incident),
  );
}
