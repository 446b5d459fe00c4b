import type { Looker } from "../../../fleet/sharing.ts";
import { monotonicTime } from "../../../io/clock.ts";
import type { Store } from "../link.ts";
import type { Weight } from "./board.ts";
import { keyOf, type Place } from "./place.ts";
import { type SharedRecord, toRecordJson, USUAL_MS } from "./records.ts";

/** How often what matters is written, of one check. */
const NEWS_MS = 1_000;

/** Writes what this agent knows of its checks, for who takes them over. */
export class Journal {
  readonly #store: Store;
  readonly #self: Looker;
  /** What is to be written. */
  readonly #waiting = new Map<string, SharedRecord>();
  /** When the record of a check was last written, by a steady clock. */
  readonly #writtenAt = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #mayWrite: () => boolean;

  /**
   * Writes what it is told from now on, but only while nobody else can have taken
   * over the checks: what others have written is newer.
   */
  constructor(store: Store, self: Looker, mayWrite: () => boolean) {
    this.#store = store;
    this.#self = self;
    this.#mayWrite = mayWrite;
    this.#timer = setInterval(() => this.flush(), NEWS_MS);
  }

  /** Has a record written if it matters: a transition at once. */
  note(record: Omit<SharedRecord, "looker">, weight: Weight): void {
    const key = keyOf(record.place);
    const full = { ...record, looker: this.#self };
    if (weight === "transition" && this.#mayWrite()) {
      this.#waiting.delete(key);
      this.#writtenAt.set(key, monotonicTime());
      this.#store.putNow(key, toRecordJson(full));
      return;
    }
    const age = monotonicTime() - (this.#writtenAt.get(key) ?? -Infinity);
    if (weight !== "usual" || age >= USUAL_MS || this.#waiting.has(key)) {
      this.#waiting.set(key, full);
    }
  }

  /** Writes what waits. */
  flush(): void {
    if (!this.#mayWrite()) return;
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
    if (record === undefined || !this.#mayWrite()) return;
    this.#store.put(key, toRecordJson(record));
  }

  /** Writes the last, and ends. */
  close(): void {
    clearInterval(this.#timer);
    this.flush();
  }
}
