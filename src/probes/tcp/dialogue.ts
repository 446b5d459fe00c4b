import { sleep } from "../../io/sleep.ts";
import type { Endpoint } from "../address.ts";
import type { Family } from "../connection/addresses.ts";
import { connect } from "../connection/connect.ts";
import { type Connection, isClosedByPeer } from "../connection/connection.ts";
import type { Expectation } from "./expectation.ts";

/** How much of an answer is read to find what is expected. */
const MAX_ANSWER_BYTES = 4096;

/** A connection that its peer has closed. */
const CLOSED: Connection = {
  read: () => Promise.resolve(null),
  write: () => Promise.resolve(),
  follow() {},
  close() {},
  [Symbol.dispose]() {},
};

/** Connects. What fails then is not that the peer has closed the connection. */
export async function openDialogue(
  to: Endpoint,
  signal: AbortSignal,
  family: Family | undefined,
): Promise<Dialogue> {
  try {
    return new Dialogue(await connect(to, signal, family));
  } catch (thrown) {
    // It was made, and reset before the runtime could give it to us.
    if (!isClosedByPeer(thrown)) throw thrown;
    signal.throwIfAborted();
    return new Dialogue(CLOSED);
  }
}

/** What is said and heard on a connection, which is closed at its end. */
export class Dialogue implements Disposable {
  #connection: Connection;
  #unread: Uint8Array = new Uint8Array();
  /** Whether what is unread begins in a line of which a part was expected. */
  #isInLine = false;
  #isClosed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Sends bytes. It does not fail if the peer closes the connection: there may
   * be an answer that says why.
   */
  async send(bytes: Uint8Array): Promise<void> {
    try {
      await this.#connection.write(bytes);
    } catch (thrown) {
      if (!isClosedByPeer(thrown)) throw thrown;
    }
  }

  /**
   * Reads until there is what is expected, and returns the groups. Returns
   * nothing if the peer closes the connection before, or if the answer is too
   * long. What follows the match is left for the next one.
   */
  async hear(expected: Expectation): Promise<readonly string[] | undefined> {
    while (true) {
      const isComplete = this.#isClosed ||
        this.#unread.length >= MAX_ANSWER_BYTES;
      if (isComplete || this.#unread.length > 0) {
        const isLineStart = !this.#isInLine;
        const place = { isLineStart, isComplete };
        const heard = this.#unread.subarray(0, MAX_ANSWER_BYTES);
        const match = expected.find(heard, place);
        if (match !== undefined) {
          this.#take(match.end, expected.isText);
          return match.groups;
        }
      }
      if (isComplete) return undefined;
      await this.#read();
    }
  }

  /**
   * Goes on over TLS. Returns whether it did: not if the peer has sent more than
   * what was expected and the rest of its line, which might be an attack.
   */
  async secure(
    secure: (connection: Connection) => Promise<Connection>,
  ): Promise<boolean> {
    while (
      this.#isInLine && this.#unread.length > 0 && this.answer.length === 0 &&
      !this.#unread.includes(NEWLINE) && !this.#isClosed &&
      this.#unread.length < MAX_ANSWER_BYTES
    ) {
      await this.#read();
    }
    if (this.answer.length > 0) return false;
    this.#connection = await secure(this.#connection);
    this.#unread = new Uint8Array();
    this.#isInLine = false;
    return true;
  }

  /** What was heard since the last match, without the rest of its line. */
  get answer(): Uint8Array {
    if (!this.#isInLine) return this.#unread;
    const end = this.#unread.indexOf(NEWLINE);
    return end < 0 ? new Uint8Array() : this.#unread.subarray(end + 1);
  }

  /** Whether the peer leaves the connection open for so many milliseconds. */
  async staysOpen(ms: number, signal: AbortSignal): Promise<boolean> {
    const over = new AbortController();
    const closed = this.#drain().then(() => false);
    // What it rejects with later comes of our closing the connection.
    closed.catch(() => {});
    const stop = AbortSignal.any([signal, over.signal]);
    try {
      return await Promise.race([closed, sleep(ms, stop).then(() => true)]);
    } finally {
      over.abort();
    }
  }

  async #drain(): Promise<void> {
    while (!this.#isClosed) {
      this.#unread = new Uint8Array();
      await this.#read();
    }
  }

  #take(length: number, isText: boolean): void {
    if (length > 0) {
      this.#isInLine = isText && this.#unread[length - 1] !== NEWLINE;
    }
    this.#unread = this.#unread.slice(length);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #read(): Promise<void> {
    try {
      const bytes = await this.#connection.read();
      this.#isClosed = bytes === null;
      if (bytes !== null) this.#unread = joined(this.#unread, bytes);
    } catch (thrown) {
      if (!isClosedByPeer(thrown)) throw thrown;
      this.#isClosed = true;
    }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

const NEWLINE = 0x0a;
