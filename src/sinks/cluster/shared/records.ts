import { type Json, mapOf } from "../../../core/json.ts";
import type { CheckRecord } from "../../../fleet/record.ts";
import type { Looker } from "../../../fleet/sharing.ts";
import { monotonicTime } from "../../../io/clock.ts";
import { sleep } from "../../../io/sleep.ts";
import type { Store } from "../link.ts";
import { type Found, fromJson, toJson } from "./found.ts";
import { keyOf, type Place, placeOf } from "./place.ts";

/** How often a record is written that is like the one before, in milliseconds. */
export const USUAL_MS = 300_000;

/** How often all records are read again at most, in milliseconds. */
const READ_AGAIN_MS = 5_000;

/** What is known of a check from another agent, or from before a restart. */
export interface SharedRecord {
  readonly place: Place;
  /** Who has looked. */
  readonly looker: Looker;
  /** The kind of its probe. */
  readonly type: string;
  /** Its target. */
  readonly target: string;
  readonly found: Found;
}

/** What {@linkcode Records} need. */
export interface RecordsOptions {
  /** Called with each record that is read again. */
  readonly onRecord: (record: SharedRecord) => void;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** The records of all checks, as the agents that run them have written them. */
export class Records {
  readonly #store: Store;
  readonly #options: RecordsOptions;
  #known: ReadonlyMap<string, SharedRecord> = new Map();
  #readAt = -Infinity;
  #isReading = false;

  constructor(store: Store, options: RecordsOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Those that were read at the start, by the keys of their places. */
  get known(): ReadonlyMap<string, SharedRecord> {
    return this.#known;
  }

  /** Reads them at the start. */
  async read(): Promise<void> {
    const known = new Map<string, SharedRecord>();
    for await (const records of this.list()) {
      for (const record of records) known.set(keyOf(record.place), record);
    }
    this.#known = known;
  }

  /**
   * The latest ones, some at a time: those that were read at the start the first
   * time, as they were read a moment ago.
   */
  async *latest(): AsyncGenerator<SharedRecord[], void, void> {
    const known = [...this.#known.values()];
    this.#known = new Map();
    if (known.length > 0) yield known;
    else yield* this.list();
  }

  /** Reads them again soon, as some results were missed. It never throws. */
  readAgain(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    void this.#readSoon().catch(this.#options.onError).finally(() => {
      this.#isReading = false;
    });
  }

  async #readSoon(): Promise<void> {
    const { signal, onRecord } = this.#options;
    const wait = this.#readAt + READ_AGAIN_MS - monotonicTime();
    if (wait > 0) await sleep(wait, signal);
    if (signal.aborted) return;
    this.#readAt = monotonicTime();
    for await (const records of this.list()) {
      if (signal.aborted) return;
      for (const record of records) onRecord(record);
    }
  }

  /** Reads all of them, some at a time. */
  async *list(): AsyncGenerator<SharedRecord[], void, void> {
    for await (const entries of this.#store.list()) {
      yield entries.flatMap(({ key, value }) =>
        fromRecordJson(key, value) ?? []
      );
    }
  }
}

/** A record as JSON. */
export function toRecordJson(
  { looker, type, target, found }: SharedRecord,
): Json {
  return { ...looker, type, target, found: toJson(found) };
}

/** Reads a record; nothing if it is not one. */
function fromRecordJson(key: string, value: unknown): SharedRecord | undefined {
  const place = placeOf(key);
  if (place === undefined) return undefined;
  const { agent, region, type, target, found: json } = mapOf(value);
  const isOne = typeof agent === "string" && typeof type === "string" &&
    typeof target === "string" &&
    (region === undefined || typeof region === "string");
  const found = fromJson(json);
  if (!isOne || found === undefined) return undefined;
  const looker = { agent, ...(region !== undefined && { region }) };
  return { place, looker, type, target, found };
}

/** A record as a fleet takes it when a check is added. */
export function toCheckRecord(
  { place: [id], type, target, found: { state, memory } }: SharedRecord,
): CheckRecord {
  const { starting: _, firstAt: __, ...saved } = state;
  return {
    ...saved,
    id,
    type,
    target,
    history: { attempts: [], passed: 0, failed: 0 },
    ...(memory !== undefined && { memory }),
  };
}
