import type { Database } from "./database.ts";

/** A range of time, in milliseconds of the epoch; the end is not in it. */
export interface Span {
  readonly since: number;
  readonly until: number;
}

/** The time in which the agent ran, of which none counts twice. */
export class WatchedTime {
  readonly #database: Database;
  /** The row that grows, `null` before the first one. */
  #row: { readonly id: number; readonly until: number } | null = null;
  /** The end of all time that was watched. */
  #end: number;

  constructor(database: Database) {
    this.#database = database;
    this.#end = Number(
      database.value("SELECT coalesce(max(until), 0) FROM watched"),
    );
  }

  /**
   * Notes a range, in a transaction, and returns what of it was not watched
   * before: something is missing only after the clock was set back.
   */
  note({ since, until }: Span): readonly Span[] {
    const fresh = since >= this.#end
      ? [{ since, until }]
      : this.#without(since, until);
    for (const span of fresh) this.#write(span);
    this.#end = Math.max(this.#end, until);
    return fresh;
  }

  /** Forgets what it has not read from the file, after a transaction was undone. */
  reset(): WatchedTime {
    return new WatchedTime(this.#database);
  }

  #write({ since, until }: Span): void {
    if (this.#row?.until === since) {
      this.#database.run(
        "UPDATE watched SET until = ? WHERE rowid = ?",
        until,
        this.#row.id,
      );
      this.#row = { ...this.#row, until };
    } else {
      this.#database.run("INSERT INTO watched VALUES (?, ?)", since, until);
      const id = Number(this.#database.value("SELECT last_insert_rowid()"));
      this.#row = { id, until };
    }
  }

  #without(since: number, until: number): Span[] {
    const rows = this.#database.all(
      "SELECT since, until FROM watched WHERE until > ? AND since < ? ORDER BY since",
      since,
      until,
    ) as [number, number][];
    const free: Span[] = [];
    let at = since;
    for (const [from, to] of rows) {
      if (from > at) free.push({ since: at, until: from });
      at = Math.max(at, to);
    }
    if (at < until) free.push({ since: at, until });
    return free;
  }
}
