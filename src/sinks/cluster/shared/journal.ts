import type { Json } from "../../../core/json.ts";
import type { Looker } from "../../../fleet/sharing.ts";
import type { CheckRecord } from "../../../fleet/record.ts";
import { monotonicTime } from "../../../io/clock.ts";
import type { Weight } from "./board.ts";
import { type Found, fromJson, toJson } from "./found.ts";
import type { Place } from "./outbox.ts";

/** How often what matters is written, of one check. */
const NEWS_MS = 1_000;

/** How often what is like before is written, of one check. */
const USUAL_MS = 60_000;

/** Where records are kept that all agents read. */
export interface RecordStore {
  /** Writes a value, without waiting until it is written. */
  put(key: string, value: Json): void;
  /** Writes a value, and again until it is written. */
  putNow(key: string, value: Json): void;
  /** Removes a value. */
  delete(key: string): void;
}

/** What is known of a check from another agent, or from before a restart. */
export interface SharedRecord {
  /** Who has looked. */
  readonly looker: Looker;
  /** The kind of its probe. */
  readonly type: string;
  /** Its target. */
  readonly target: string;
  readonly found: Found;
}

/** Writes what this agent knows of its checks, for who takes them over. */
export class Journal {
  readonly #store: RecordStore;
  readonly #self: Looker;
  /** What is to be written. */
  readonly #waiting = new Map<string, SharedRecord>();
  /** When the record of a check was last written, by a steady clock. */
  readonly #writtenAt = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(store: RecordStore, self: Looker) {
    this.#store = store;
    this.#self = self;
    this.#timer = setInterval(() => this.flush(), NEWS_MS);
  }

  /** Has a record written if it matters: a transition at once. */
  note(
    place: Place,
    record: Omit<SharedRecord, "looker">,
    weight: Weight,
  ): void {
    const key = keyOf(place);
    const full = { ...record, looker: this.#self };
    if (weight === "transition") {
      this.#waiting.delete(key);
      this.#writtenAt.set(key, monotonicTime());
      this.#store.putNow(key, toRecordJson(full));
      return;
    }
    const age = monotonicTime() - (this.#writtenAt.get(key) ?? -Infinity);
    if (weight === "news" || age >= USUAL_MS || this.#waiting.has(key)) {
      this.#waiting.set(key, full);
    }
  }

  /** Writes what waits. */
  flush(): void {
    const now = monotonicTime();
    for (const [key, record] of this.#waiting) {
      this.#writtenAt.set(key, now);
      this.#store.put(key, toRecordJson(record));
    }
    this.#waiting.clear();
  }

  /** Forgets that a check was written: another agent runs it. */
  left(place: Place): void {
    const key = keyOf(place);
    const record = this.#waiting.get(key);
    this.#waiting.delete(key);
    this.#writtenAt.delete(key);
    if (record !== undefined) this.#store.put(key, toRecordJson(record));
  }

  /** Writes the last, and ends. */
  close(): void {
    clearInterval(this.#timer);
    this.flush();
  }
}

/** The key of a record. */
export function keyOf([id, region]: Place): string {
  return JSON.stringify(region === null ? [id] : [id, region]);
}

/** The place that a key is of; nothing if it is not one. */
export function placeOf(key: string): Place | undefined {
  try {
    const [id, region = null] = JSON.parse(key);
    const isOne = typeof id === "string" &&
      (region === null || typeof region === "string");
    return isOne ? [id, region] : undefined;
  } catch {
    return undefined;
  }
}

function toRecordJson({ looker, type, target, found }: SharedRecord): Json {
  return { ...looker, type, target, found: toJson(found) };
}

/** Reads a record; nothing if it is not one. */
export function recordFromJson(value: unknown): SharedRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { agent, region, type, target, found: json } = value as Record<
    string,
    unknown
  >;
  const isOne = typeof agent === "string" && typeof type === "string" &&
    typeof target === "string" &&
    (region === undefined || typeof region === "string");
  const found = fromJson(json);
  if (!isOne || found === undefined) return undefined;
  const looker = { agent, ...(region !== undefined && { region }) };
  return { looker, type, target, found };
}

/** A record as a fleet takes it when a check is added. */
export function toCheckRecord(
  id: string,
  { type, target, found: { state, memory } }: SharedRecord,
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
