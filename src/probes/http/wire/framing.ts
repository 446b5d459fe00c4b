import {
  type Connection,
  isClosedByPeer,
} from "../../connection/connection.ts";
import { fail } from "../../../core/outcome.ts";
import { excerpt, formatBytes } from "../../../core/text.ts";
import { nextTurn } from "../../../io/turn.ts";
import { Failure, failure } from "../../failure.ts";
import { type BodyEnd, bodyEndOf } from "./body_end.ts";
import { Gathered } from "./gathered.ts";
import {
  endOfHead,
  type Head,
  latin1,
  MAX_HEAD_BYTES,
  mayBeHead,
  readHead,
} from "./head.ts";

/** The peer ended the connection before it answered anything. */
export class NoAnswer extends Failure {
  constructor(peer: string) {
    const message = `${peer} closed the connection without an answer`;
    super(fail({ code: "reset", message }));
  }
}

/** The peer ended the connection in its answer. */
export function cutAnswer(peer: string): Failure {
  const message = `${peer} closed the connection without a full answer`;
  return failure("reset", message);
}

/** The most bytes of a line with the size of a chunk and its extensions. */
const MAX_LINE_BYTES = 16 * 1024;

/**
 * After so many bytes, timers have their turn: what a fast peer sends is always
 * there already, and to read it would hold up all else, deadlines included.
 */
const MAX_UNBROKEN_BYTES = 64 * 1024;

/** Reads one response after the other from a connection. */
export class ResponseReader {
  readonly #connection: Connection;
  readonly #peer: string;
  #next: Promise<Uint8Array | null> | undefined;
  /** What came and is not read yet. */
  #rest: Uint8Array = new Uint8Array();
  /** How many bytes came since the last turn that was waited for. */
  #unbroken = 0;
  /** Whether anything came. */
  #hasBegun = false;
  #isOver = false;

  /** `peer` is what messages call the server, `next` what is being read. */
  constructor(
    connection: Connection,
    peer: string,
    next?: Promise<Uint8Array | null>,
  ) {
    this.#connection = connection;
    this.#peer = peer;
    this.#next = next;
  }

  /** Whether the response was read to its end, and nothing came after it. */
  get isOver(): boolean {
    return this.#isOver && !this.hasRest;
  }

  /** Whether more came than was read. */
  get hasRest(): boolean {
    return this.#rest.length > 0;
  }

  /**
   * Reads the status line and the headers of the next response. Interim
   * responses are skipped, but not a change of the protocol. As in curl, what
   * came in whole lines is the head if the connection ends in it, unless it has
   * to be `whole`.
   */
  async head(whole = false): Promise<Head> {
    // All of them together may not be longer than one.
    for (let left = MAX_HEAD_BYTES;;) {
      const bytes = await this.#head(left, whole);
      const head = readHead(bytes, this.#peer);
      if (head.status >= 200 || head.status === 101) return head;
      left -= bytes.length;
    }
  }

  async #head(maxBytes: number, whole: boolean): Promise<Uint8Array> {
    const gathered = new Gathered(this.#rest);
    let searched = 0;
    while (true) {
      const { bytes } = gathered;
      if (!mayBeHead(bytes)) {
        // Its first line says what it speaks instead.
        return bytes.subarray(0, 200);
      }
      const end = endOfHead(bytes, searched);
      if ((end || bytes.length) > maxBytes) {
        throw this.#tooLong();
      }
      if (end > 0) {
        this.#rest = bytes.subarray(end);
        return bytes.subarray(0, end);
      }
      searched = bytes.length;
      const more = await this.#read();
      if (more === null) {
        const lines = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
        if (whole || lines.length === 0) throw this.#endedEarly();
        this.#rest = new Uint8Array();
        return lines;
      }
      this.#hasBegun = true;
      gathered.add(more);
    }
  }

  /** Reads what comes next. A reset is no end. */
  async #read(): Promise<Uint8Array | null> {
    if (this.#unbroken >= MAX_UNBROKEN_BYTES) {
      this.#unbroken = 0;
      await nextTurn();
    }
    try {
      const bytes = await (this.#next ?? this.#connection.read());
      this.#next = undefined;
      this.#unbroken += bytes?.length ?? 0;
      return bytes;
    } catch (error) {
      if (isClosedByPeer(error)) throw this.#endedEarly();
      throw error;
    }
  }

  #tooLong(): Failure {
    return failure(
      "protocol",
      `Expected headers of at most 300 KiB from ${this.#peer}, got more`,
    );
  }

  #endedEarly(): Failure {
    return this.#hasBegun ? cutAnswer(this.#peer) : new NoAnswer(this.#peer);
  }

  /**
   * Reads the body of the response with this head, in parts.
   *
   * @throws {Failure} If the head contradicts itself.
   */
  body(head: Head, method: string): AsyncGenerator<Uint8Array> {
    return this.#body(bodyEndOf(head, method, this.#peer));
  }

  async *#body(end: BodyEnd): AsyncGenerator<Uint8Array> {
    switch (end.type) {
      case "none":
        break;
      case "length":
        yield* this.#bytes(end.length, true);
        break;
      case "chunks":
        yield* this.#chunks();
        break;
      case "close":
        for (
          let part = await this.#part();
          part !== null;
          part = await this.#part()
        ) yield part;
        return;
      default:
        end satisfies never;
    }
    this.#isOver = true;
  }

  /** Reads a number of bytes, with which the response may be over. */
  async *#bytes(
    length: number,
    isAll = false,
  ): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      const part = await this.#needed();
      const bytes = part.subarray(0, left);
      this.#rest = part.subarray(bytes.length);
      left -= bytes.length;
      // Nobody may ask for more.
      if (left === 0) this.#isOver = isAll;
      yield bytes;
    }
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    while (true) {
      const line = await this.#line();
      const [, digits] = /^\s*([\da-f]{1,13})\s*(?:;.*)?$/i.exec(line) ?? [];
      if (digits === undefined) {
        throw failure(
          "protocol",
          `Expected the size of a chunk of the body from ${this.#peer}, got ${
            excerpt(line.slice(0, 40))
          }`,
        );
      }
      const size = parseInt(digits, 16);
      if (size === 0) break;
      yield* this.#bytes(size);
      const rest = await this.#line();
      if (rest !== "") {
        throw failure(
          "protocol",
          `Expected a chunk of ${
            formatBytes(size)
          } of the body from ${this.#peer}, got a longer one`,
        );
      }
    }
    // The trailers.
    for (let left = MAX_HEAD_BYTES; left > 0;) {
      const line = await this.#line();
      if (line === "") return;
      left -= line.length;
    }
    throw this.#tooLong();
  }

  /** Reads a line of a chunked body that is none of its bytes. */
  async #line(): Promise<string> {
    const gathered = new Gathered();
    while (true) {
      const part = await this.#needed();
      const end = part.indexOf(10);
      gathered.add(end < 0 ? part : part.subarray(0, end));
      this.#rest = end < 0 ? new Uint8Array() : part.subarray(end + 1);
      const { bytes } = gathered;
      if (bytes.length > MAX_LINE_BYTES) {
        throw failure(
          "protocol",
          `Expected lines of at most 16 KiB between chunks of the body from ${this.#peer}, got more`,
        );
      }
      if (end >= 0) return latin1(bytes).replace(/\r$/, "");
    }
  }

  /** What comes next; the response must not end here. */
  async #needed(): Promise<Uint8Array> {
    const part = await this.#part();
    if (part !== null) return part;
    throw this.#endedEarly();
  }

  /** Reads what comes next, whatever it is; `null` at the end. */
  next(): Promise<Uint8Array | null> {
    return this.#part();
  }

  async #part(): Promise<Uint8Array | null> {
    if (this.#rest.length === 0) return await this.#read();
    const part = this.#rest;
    this.#rest = new Uint8Array();
    return part;
  }
}
