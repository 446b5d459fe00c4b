import type { Incident } from "../../../core/past/incident.ts";
import type { IncidentQuery, Range } from "../../../fleet/past/archive.ts";
import type { HandChange } from "../../../core/past/by_hand.ts";
import type { Entry } from "../batch.ts";
import type { PackedAttempt } from "../packed.ts";
import type { Database } from "./database.ts";
import { readKept } from "./kept.ts";
import { readMerged } from "./merged.ts";
import { damaged, isDamage, openToRead, openToWrite } from "./open.ts";
import {
  type FiguresOfPeriod,
  type PeriodQuery,
  readAttempts,
  readIncidents,
  readLastIncidents,
  readPeriods,
} from "./reading.ts";
import { readRecords, type StoredRecord } from "./records.ts";
import { deleting, type Retention } from "./retention.ts";
import { type Migration, MIGRATIONS } from "./schema.ts";
import { sealing } from "./sealing.ts";
import { Periods } from "./times.ts";
import { WatchedTime } from "./watched.ts";
import { writeEntry } from "./writing.ts";

/** Options for a {@linkcode Store}. */
export interface StoreOptions {
  /**
   * Whose days the rollups have.
   *
   * @default {"UTC"}
   */
  readonly timeZone?: string;
  /**
   * Opens it to read only, which an agent that writes to it does not notice.
   *
   * @default {false}
   */
  readonly readOnly?: boolean;
  /** The versions of its tables. */
  readonly migrations?: readonly Migration[];
}

/**
 * A history in a SQLite file. Everything is synchronous, and may take long: the
 * agent has it in a worker. Checks have numbers in it.
 */
export class Store implements Disposable {
  readonly #database: Database;
  readonly #periods: Periods;
  #watched: WatchedTime;
  /** What has been begun. */
  readonly #works = new Map<string, Iterator<void, void>>();

  /**
   * Opens it; makes it if there is no such file.
   *
   * @throws {StoreError} If the file is something else, damaged, or of a newer
   * version.
   * @throws {Error} If it cannot be opened now.
   * @throws {RangeError} If there is no such time zone.
   */
  constructor(
    path: string,
    { timeZone = "UTC", readOnly = false, migrations = MIGRATIONS }:
      StoreOptions = {},
  ) {
    this.#periods = new Periods(timeZone);
    this.#database = readOnly
      ? openToRead(path, migrations.at(-1)!.version)
      : openToWrite(path, migrations);
    try {
      this.#watched = new WatchedTime(this.#database);
    } catch (error) {
      this.#database[Symbol.dispose]();
      throw isDamage(error) ? damaged(error) : error;
    }
  }

  /** All checks that there ever were: their numbers by their ids. */
  checks(): Map<string, number> {
    const rows = this.#database.all(
      "SELECT id, number FROM checks ORDER BY number",
    );
    return new Map(rows as unknown as [string, number][]);
  }

  /** What is known of checks for after a restart, by their ids. */
  records(): Map<string, StoredRecord> {
    return readRecords(this.#database);
  }

  /** The incidents that last, and the last ones that ended, newest first. */
  lastIncidents(limit = 100): Incident[] {
    return readLastIncidents(this.#database, limit);
  }

  /** What was done by hand to maintenance that was not over. */
  byHand(): HandChange[] {
    const text = this.#database.value(
      "SELECT value FROM kept WHERE name = 'maintenance'",
    );
    const changes: (Omit<HandChange, "at" | "isStopped">)[] = text === null
      ? []
      : JSON.parse(text as string);
    // Earlier files have only what was started.
    return changes.map((it) => ({ at: it.from, isStopped: false, ...it }));
  }

  /** What is kept for others, by the names. */
  kept(): Map<string, string> {
    return readKept(this.#database);
  }

  /** Writes an entry: all of it, or nothing if it throws. */
  write(entry: Entry): void {
    // What is kept for others has to survive a power failure, too.
    if (entry.kept) this.#database.exec("PRAGMA synchronous = FULL");
    try {
      this.#database.transaction(() =>
        writeEntry(this.#database, this.#watched, entry)
      );
    } catch (error) {
      this.#watched = new WatchedTime(this.#database);
      throw error;
    } finally {
      if (entry.kept) this.#database.exec("PRAGMA synchronous = NORMAL");
    }
  }

  /**
   * Moves some of what was written in earlier five minutes to where it stays, for a
   * few milliseconds. Returns whether there may be more to be moved.
   */
  seal(): boolean {
    return this.#step("seal", () => sealing(this.#database, this.#periods));
  }

  /**
   * Deletes some of what is too old, likewise. What becomes too old meanwhile stays
   * until the next time.
   */
  deleteOld(retention: Retention, now: number): boolean {
    return this.#step("delete", () => deleting(this.#database, retention, now));
  }

  /** The periods of checks by their numbers, oldest first. */
  periods(query: PeriodQuery): Map<number, FiguresOfPeriod[]> {
    const read = query.merged && !query.latency ? readMerged : readPeriods;
    return this.#database.transaction(
      () => read(this.#database, this.#periods, query),
      "DEFERRED",
    );
  }

  /** The newest attempts at a check in a range of time, oldest first. */
  attempts(check: number, range: Range, limit?: number): PackedAttempt[] {
    return this.#database.transaction(
      () => readAttempts(this.#database, check, range, limit),
      "DEFERRED",
    );
  }

  /** Incidents that lasted at any time in a range, newest first. */
  incidents(query: IncidentQuery = {}): Incident[] {
    return readIncidents(this.#database, query);
  }

  /** Closes it. Idempotent. */
  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }

  /** Takes the next step of some work. Returns whether there may be another. */
  #step(name: string, begin: () => Iterator<void, void>): boolean {
    const work = this.#works.get(name) ?? begin();
    // If it throws, it has ended.
    this.#works.delete(name);
    const isDone = work.next().done === true;
    if (!isDone) this.#works.set(name, work);
    return !isDone;
  }
}
