import { DatabaseSync, type StatementSync } from "node:sqlite";

/** A value of a column. */
export type Value = string | number | Uint8Array | null;

/** A row, as its values in the order of the query. */
export type Row = Value[];

interface ArrayStatement extends StatementSync {
  setReturnArrays(enabled: boolean): void;
}

/** A SQLite file, whose statements are prepared once. */
export class Database implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens a file; creates it unless it is to be read only. */
  constructor(path: string, readOnly = false) {
    this.#database = new DatabaseSync(path, { readOnly, timeout: 1000 });
  }

  /** Opens the bytes of a file that has no write-ahead log. */
  static inMemory(bytes: Uint8Array): Database {
    // The versions that say that there may be one, which memory cannot have.
    bytes[18] = bytes[19] = 1;
    const database = new Database(":memory:");
    database.#database.deserialize(bytes);
    return database;
  }

  /** Runs statements without values. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Runs a statement, and returns how many rows it changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  /** All rows of a query. */
  all(sql: string, ...values: Value[]): Row[] {
    return this.#prepared(sql).all(...values) as unknown as Row[];
  }

  /** The rows of a query, one after the other. */
  each(sql: string, ...values: Value[]): Iterable<Row> {
    return this.#prepared(sql).iterate(...values) as unknown as Iterable<Row>;
  }

  /** The first row of a query, if it has one. */
  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#prepared(sql).get(...values) as unknown as Row | undefined;
  }

  /** The first value of the first row of a query; `null` if it has none. */
  value(sql: string, ...values: Value[]): Value {
    return this.get(sql, ...values)?.[0] ?? null;
  }

  /** Runs a function in a transaction, which is undone if it throws. */
  transaction<T>(
    run: () => T,
    kind: "IMMEDIATE" | "DEFERRED" = "IMMEDIATE",
  ): T {
    this.exec(`BEGIN ${kind}`);
    try {
      const result = run();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      // SQLite has undone it itself after some errors.
      if (this.#database.isTransaction) this.exec("ROLLBACK");
      throw error;
    }
  }

  /** Closes the file. Idempotent. */
  [Symbol.dispose](): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      // Deno's types lack it.
      (statement as ArrayStatement).setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
