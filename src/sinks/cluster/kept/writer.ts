import type { Answer, Entry, Request } from "../../../core/cluster/register.ts";
import { sleep } from "../../../io/sleep.ts";
import type { KeptValue } from "./value.ts";
import { Waiters } from "./waiters.ts";

/** A value that is to be written; `null` if it is to be removed. */
export interface Change {
  readonly by: number;
  readonly value: string | null;
}

/** What a {@linkcode Writer} needs. */
export interface WriterOptions {
  /** Sends a request to the bucket. */
  readonly send: (
    request: Request<KeptValue>,
    onAnswer: (answer: Answer<KeptValue>) => void,
  ) => void;
  /** The revision that a key has; `null` if it is not there. */
  readonly revisionOf: (key: string) => number | null;
  /** Whether the bucket can be reached, and is known. */
  readonly isReady: () => boolean;
  /** A change was written. */
  readonly onWritten: (key: string, change: Change, revision: number) => void;
  /** Another one has written the key. Returns whether it is written all the same. */
  readonly onConflict: (
    key: string,
    change: Change,
    entry: Entry<KeptValue> | null,
  ) => boolean;
  readonly signal: AbortSignal;
}

/** How many writes may be without an answer. */
const MAX_FLYING = 256;

/** From a write that had no answer to the next one, in milliseconds. */
const RETRY_MS = 500;

/** Writes values, many at a time, the last one of each key, until it is done. */
export class Writer {
  readonly #options: WriterOptions;
  /** What is to be written, oldest first. */
  readonly #waiting = new Map<string, Change>();
  /** What is being written. */
  readonly #flying = new Map<string, Change>();
  readonly #waiters = new Waiters();
  /** Whether nothing is written for a moment, as a write had no answer. */
  #isResting = false;
  #willWrite = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** The last change of a key that is not written. */
  get(key: string): Change | undefined {
    return this.#waiting.get(key) ?? this.#flying.get(key);
  }

  /** Has a key changed. */
  put(key: string, change: Change): void {
    this.#waiting.set(key, change);
    if (this.#willWrite) return;
    this.#willWrite = true;
    // Much may change at the same time.
    queueMicrotask(() => {
      this.#willWrite = false;
      this.write();
    });
  }

  /** Does not write what waits of a key. */
  drop(key: string): void {
    if (this.#waiting.delete(key)) this.#settle(key);
  }

  /**
   * Resolves to `true` once all is written that waits now, and to `false` if it
   * cannot be for now.
   */
  written(): Promise<boolean> {
    if (!this.#options.isReady() || this.#isResting) {
      return Promise.resolve(false);
    }
    this.write();
    const names = new Set([...this.#waiting.keys(), ...this.#flying.keys()]);
    return this.#waiters.add(names);
  }

  /** Lets those go who wait for what is written. */
  fail(): void {
    this.#waiters.fail();
  }

  /** Writes as much as may be without an answer. */
  write(): void {
    if (!this.#options.isReady() || this.#isResting) return;
    for (const [key, change] of this.#waiting) {
      if (this.#flying.size >= MAX_FLYING) return;
      if (this.#flying.has(key)) continue;
      this.#waiting.delete(key);
      this.#send(key, change);
    }
  }

  #send(key: string, change: Change): void {
    const revision = this.#options.revisionOf(key);
    const { by, value } = change;
    if (value === null && revision === null) {
      this.#settle(key);
      return;
    }
    this.#flying.set(key, change);
    this.#options.send(
      {
        type: "write",
        write: value === null
          ? { type: "delete", key, revision: revision! }
          : { type: "put", key, revision, value: { by, value } },
      },
      (answer) => this.#answered(key, change, answer),
    );
  }

  #answered(key: string, change: Change, answer: Answer<KeptValue>): void {
    const { onWritten, onConflict } = this.#options;
    let isOver = false;
    switch (answer.type) {
      case "done":
        onWritten(key, change, answer.revision);
        isOver = true;
        break;
      case "conflict":
        isOver = answer.entry !== undefined &&
          !onConflict(key, change, answer.entry);
        break;
      case "unreachable":
        this.fail();
        void this.#rest();
        break;
      default:
        answer satisfies never;
    }
    this.#flying.delete(key);
    if (!isOver && !this.#waiting.has(key)) this.#waiting.set(key, change);
    this.#settle(key);
    this.write();
  }

  #settle(key: string): void {
    if (this.get(key) === undefined) this.#waiters.settle(key);
  }

  async #rest(): Promise<void> {
    if (this.#isResting) return;
    this.#isResting = true;
    await sleep(RETRY_MS, this.#options.signal);
    this.#isResting = false;
    this.write();
  }
}
