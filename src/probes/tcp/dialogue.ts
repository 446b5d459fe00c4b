import { sleep } from "../../io/sleep.ts";
import type { Expectation } from "./expectation.ts";

/** How much of an answer is read to find what is expected. */
const MAX_ANSWER_BYTES = 4096;

/** What a dialogue needs of a connection. */
export interface ByteStream {
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
}

/** A connection that its peer has closed. */
export const CLOSED: ByteStream = {
  read: () => Promise.resolve(null),
  write: (bytes) => Promise.resolve(bytes.length),
};

/**
 * Whether an error means that the peer has closed the connection. It may do so
 * in order, or by a reset, of which chance decides whether and where we see it:
 * so both are the same here.
 */
export function isClosedByPeer(thrown: unknown): boolean {
  return thrown instanceof Deno.errors.ConnectionReset ||
    thrown instanceof Deno.errors.ConnectionAborted ||
    thrown instanceof Deno.errors.BrokenPipe ||
    thrown instanceof Deno.errors.NotConnected ||
    thrown instanceof Deno.errors.UnexpectedEof;
}

/** What is said and heard on a connection. */
export class Dialogue {
  readonly #stream: ByteStream;
  #unread = new Uint8Array();
  /** Whether what is unread begins in a line of which a part was expected. */
  #isInLine = false;
  #isClosed = false;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /**
   * Sends bytes. It does not fail if the peer closes the connection: there may
   * be an answer that says why.
   */
  async send(bytes: Uint8Array): Promise<void> {
    try {
      for (let sent = 0; sent < bytes.length;) {
        sent += await this.#stream.write(bytes.subarray(sent));
      }
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
        const match = expected.find(this.#unread, place);
        if (match !== undefined) {
          this.#take(match.end, expected.isText);
          return match.groups;
        }
      }
      if (isComplete) return undefined;
      await this.#read();
    }
  }

  /** What was heard since the last match, without the rest of its line. */
  get answer(): Uint8Array {
    if (!this.#isInLine) return this.#unread;
    const end = this.#unread.indexOf(NEWLINE);
    return end < 0 ? new Uint8Array() : this.#unread.subarray(end + 1);
  }

  /** Whether the peer leaves the connection open for so many milliseconds. */
  async staysOpen(ms: number, signal: AbortSignal): Promise<boolean> {
    const closed = new AbortController();
    const drained = this.#drain().finally(() => closed.abort());
    // What it rejects with later comes of our closing the connection.
    drained.catch(() => {});
    await sleep(ms, AbortSignal.any([signal, closed.signal]));
    return !closed.signal.aborted;
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

  async #read(): Promise<void> {
    const buffer = new Uint8Array(MAX_ANSWER_BYTES);
    const { length } = this.#unread;
    buffer.set(this.#unread);
    try {
      const count = await this.#stream.read(buffer.subarray(length));
      this.#isClosed = count === null;
      this.#unread = buffer.subarray(0, length + (count ?? 0));
    } catch (thrown) {
      if (!isClosedByPeer(thrown)) throw thrown;
      this.#isClosed = true;
    }
  }
}

const NEWLINE = 0x0a;
