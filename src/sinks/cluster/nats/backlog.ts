import { sleep } from "../../../io/sleep.ts";
import type { Connection } from "./connection.ts";

/** What a backlog is made with. */
export interface BacklogOptions {
  /** Of how many keys a value is remembered. */
  readonly maxRemembered: number;
  /** Whether a key that waited is still to be written. @default Always. */
  readonly keeps?: (key: string) => boolean;
}

/** How long after a message the server is asked whether it has read it. */
const CONFIRM_MS = 500;

/** How many values that waited are written at once. */
const BATCH = 500;

interface Waiting {
  readonly payload: string;
  readonly key: string;
}

/**
 * Messages that are sent without waiting for an answer. The newest one of each
 * subject is remembered until the server has read it.
 */
export class Backlog implements Disposable {
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #options: BacklogOptions;
  readonly #closing = new AbortController();
  /** What waits to be sent. */
  #waiting = new Map<string, Waiting>();
  /** What was sent since the server was asked last. */
  #sent = new Map<string, Waiting>();
  /** What was sent before that, which it has not confirmed yet. */
  #asked = new Map<string, Waiting>();
  #isHeld = true;
  #isWorking = false;
  #dropped = 0;

  constructor(
    connection: Connection,
    prefix: string,
    options: BacklogOptions,
  ) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#options = options;
  }

  /** How many wait to be sent. */
  get remembered(): number {
    return this.#waiting.size;
  }

  /** How many were not remembered, as there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends a value now, or later if that cannot be. */
  put(name: string, payload: string, key: string): void {
    const waiting = { payload, key };
    if (this.#isHeld || !this.#connection.isClear) {
      this.#remember(name, waiting);
    } else {
      this.#waiting.delete(name);
      this.#send(name, waiting);
    }
    this.#work();
  }

  /** Does not send what waits. */
  forget(name: string): void {
    this.#waiting.delete(name);
    this.#sent.delete(name);
    this.#asked.delete(name);
  }

  /** The connection is gone: what it may not have brought is to be sent again. */
  hold(): void {
    this.#isHeld = true;
    const all = [this.#asked, this.#sent, this.#waiting];
    this.#asked = new Map();
    this.#sent = new Map();
    this.#waiting = new Map();
    for (const part of all) {
      for (const [name, waiting] of part) this.#remember(name, waiting);
    }
  }

  /** There is a connection: what waits is sent. */
  release(): void {
    this.#isHeld = false;
    const { keeps = () => true } = this.#options;
    for (const [name, { key }] of this.#waiting) {
      if (!keeps(key)) this.#waiting.delete(name);
    }
    this.#work();
  }

  [Symbol.dispose](): void {
    this.#isHeld = true;
    this.#closing.abort();
  }

  #remember(name: string, waiting: Waiting): void {
    const isNew = !this.#waiting.has(name);
    if (isNew && this.#waiting.size >= this.#options.maxRemembered) {
      this.#dropped++;
    } else this.#waiting.set(name, waiting);
  }

  #send(name: string, waiting: Waiting): void {
    this.#connection.client?.publish(this.#prefix + name, waiting.payload);
    this.#sent.set(name, waiting);
  }

  #work(): void {
    if (!this.#isWorking && !this.#isHeld) void this.#drain();
  }

  /** Sends what waits, and asks the server what it has read, until nothing is left. */
  async #drain(): Promise<void> {
    this.#isWorking = true;
    const { signal } = this.#closing;
    try {
      while (!this.#isHeld && !signal.aborted) {
        if (this.#waiting.size > 0) this.#sendBatch();
        else if (this.#sent.size > 0) await sleep(CONFIRM_MS, signal);
        else return;
        await this.#confirm();
      }
    } finally {
      this.#isWorking = false;
    }
  }

  #sendBatch(): void {
    let left = BATCH;
    for (const [name, waiting] of this.#waiting) {
      if (left-- === 0 || !this.#connection.isClear) return;
      this.#waiting.delete(name);
      this.#send(name, waiting);
    }
  }

  async #confirm(): Promise<void> {
    if (this.#isHeld) return;
    const asked = this.#asked = this.#sent;
    this.#sent = new Map();
    const hasRead = await this.#connection.flush();
    // If not, `hold()` has taken what may not have arrived.
    if (hasRead && this.#asked === asked) this.#asked = new Map();
  }
}
