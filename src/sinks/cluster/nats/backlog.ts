import { sleep } from "../../../io/sleep.ts";
import type { Connection } from "./connection.ts";

/** How long after a message the server is asked whether it has read it. */
const CONFIRM_MS = 500;

/** How many values that waited are written at once. */
const BATCH = 500;

/**
 * Messages that are sent without waiting for an answer. The newest one of each
 * subject is remembered until the server has read it.
 */
export class Backlog implements Disposable {
  readonly #connection: Connection;
  readonly #prefix: string;
  readonly #maxRemembered: number;
  readonly #closing = new AbortController();
  /** What waits to be sent: the payload of each subject. */
  #waiting = new Map<string, string>();
  /** What was sent since the server was asked last. */
  #sent = new Map<string, string>();
  /** What was sent before that, which it has not confirmed yet. */
  #asked = new Map<string, string>();
  #isHeld = true;
  #isWorking = false;

  /** It remembers the values of at most so many keys. */
  constructor(
    connection: Connection,
    prefix: string,
    maxRemembered: number,
  ) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#maxRemembered = maxRemembered;
  }

  /** Sends a value now, or later if that cannot be. */
  put(name: string, payload: string): void {
    if (this.#isHeld || !this.#connection.isClear) {
      this.#remember(name, payload);
    } else {
      this.#waiting.delete(name);
      this.#send(name, payload);
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
      for (const [name, payload] of part) this.#remember(name, payload);
    }
  }

  /** There is a connection: what waits is sent. */
  release(): void {
    this.#isHeld = false;
    this.#work();
  }

  [Symbol.dispose](): void {
    this.#isHeld = true;
    this.#closing.abort();
  }

  #remember(name: string, payload: string): void {
    const hasRoom = this.#waiting.size < this.#maxRemembered;
    if (hasRoom || this.#waiting.has(name)) this.#waiting.set(name, payload);
  }

  #send(name: string, payload: string): void {
    this.#connection.client?.publish(this.#prefix + name, payload);
    this.#sent.set(name, payload);
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
    for (const [name, payload] of this.#waiting) {
      if (left-- === 0 || !this.#connection.isClear) return;
      this.#waiting.delete(name);
      this.#send(name, payload);
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
