import type { KeptChange } from "../batch.ts";
import type { Database } from "./database.ts";

/*
 * Names and values are JSON strings in the table, as SQLite's own cannot have
 * every character. So their names begin with a quote, which no other row has.
 */

/** Writes values, or removes them, in a transaction. */
export function writeKept(
  database: Database,
  { values, isAll }: KeptChange,
): void {
  if (isAll) database.run(`DELETE FROM kept WHERE name GLOB '"*'`);
  for (const [name, value] of values) {
    if (value === null) {
      database.run("DELETE FROM kept WHERE name = ?", JSON.stringify(name));
    } else {
      database.run(
        "REPLACE INTO kept VALUES (?, ?)",
        JSON.stringify(name),
        JSON.stringify(value),
      );
    }
  }
}

/** All values, by their names. */
export function readKept(database: Database): Map<string, string> {
  const rows = database.all(
    `SELECT name, value FROM kept WHERE name GLOB '"*'`,
  );
  return new Map(rows.flatMap(([name, value]) => {
    try {
      return [[JSON.parse(`${name}`), JSON.parse(`${value}`)]];
    } catch {
      // Whatever it is, it is not ours.
      return [];
    }
  }));
}
