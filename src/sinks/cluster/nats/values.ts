import { byteLength } from "../../../core/text.ts";
import type { Connection } from "./connection.ts";
import { decodeName, encodeName } from "./names.ts";
import type { BucketStream } from "./stream.ts";
import type { Stored } from "./watch.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** What is stored for a key of lifesign. */
export interface Found<V> {
  readonly key: string;
  readonly revision: number;
  /** `null` if it was deleted, and `undefined` if it is no value of lifesign. */
  readonly value: V | null | undefined;
}

/** Reads a value; `undefined` if it is none. */
export type Parse<V> = (value: unknown) => V | undefined;

/** Reads and measures the values of a bucket, which others may write, too. */
export class Values<V> {
  readonly #connection: Connection;
  readonly #stream: BucketStream;
  readonly #parse: Parse<V>;
  #hasReported = false;

  constructor(connection: Connection, stream: BucketStream, parse: Parse<V>) {
    this.#connection = connection;
    this.#stream = stream;
    this.#parse = parse;
  }

  /** Reads what is stored; `undefined` if the key is not of lifesign. */
  read({ name, revision, data }: Stored): Found<V> | undefined {
    const key = decodeName(name);
    if (key === undefined) {
      this.#connection.report(
        `${this.#stream.name} has keys that are not of lifesign`,
      );
      return undefined;
    }
    if (data === null) return { key, revision, value: null };
    let value: V | undefined;
    try {
      value = this.#parse(JSON.parse(decoder.decode(data)));
    } catch {
      // It is no JSON, or nothing like what it should be.
    }
    // Once is enough: there may be very many of them.
    if (value === undefined && !this.#hasReported) {
      this.#hasReported = true;
      this.#connection.report(
        `${this.#stream.name} has values that are not of lifesign, such as that of ${name}`,
      );
    }
    return { key, revision, value };
  }

  /** Encodes a key; `undefined`, and reported, if it is too long. */
  nameOf(key: string): string | undefined {
    try {
      return encodeName(key);
    } catch (error) {
      this.#connection.report(
        `A key of ${this.#stream.name}: ${(error as Error).message}`,
      );
      return undefined;
    }
  }

  /** Whether a value may be sent; it is reported if not. */
  fits(name: string, payload: string): boolean {
    const most = Math.min(
      this.#stream.maxValueBytes,
      this.#connection.maxPayload,
    );
    // A unit of UTF-16 has at most three bytes.
    if (payload.length * 3 <= most) return true;
    const size = byteLength(payload);
    if (size <= most) return true;
    this.#connection.report(
      `The value of ${name} for ${this.#stream.name} has ${size} bytes; at most ${most} are sent`,
    );
    return false;
  }
}
