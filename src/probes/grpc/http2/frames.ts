import { excerpt } from "../../../core/text.ts";
import { isTlsAlert } from "../../connection/alert.ts";
import {
  type Connection,
  isClosedByPeer,
} from "../../connection/connection.ts";
import { failure } from "../../failure.ts";

/** The types of frames (RFC 9113, section 6). */
export const TYPE = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  continuation: 9,
} as const;

/** The flags of frames. */
export const FLAG = {
  ack: 1,
  endStream: 1,
  endHeaders: 4,
  padded: 8,
  priority: 32,
} as const;

/** A frame. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** What a client says first. */
export const PREFACE: Uint8Array = new TextEncoder().encode(
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
);

/** The largest payload, unless an endpoint allows for more. */
export const MAX_PAYLOAD = 16384;

const HEAD_LENGTH = 9;

/** How much is read in all: floods of frames end there. */
const MAX_BYTES = 1024 * 1024;

/** Writes frames, one after the other. */
export function encodeFrames(
  start: Uint8Array,
  frames: readonly (Omit<Frame, "payload"> & {
    readonly payload: ArrayLike<number>;
  })[],
): Uint8Array {
  const bytes = new Uint8Array(
    frames.reduce(
      (sum, { payload }) => sum + HEAD_LENGTH + payload.length,
      start.length,
    ),
  );
  bytes.set(start);
  let at = start.length;
  for (const { type, flags, stream, payload } of frames) {
    const { length } = payload;
    bytes.set([length >> 16, length >> 8, length, type, flags], at);
    new DataView(bytes.buffer).setUint32(at + 5, stream);
    bytes.set(payload, at + HEAD_LENGTH);
    at += HEAD_LENGTH + length;
  }
  return bytes;
}

/** Reads the frames of a server. */
export class FrameReader {
  readonly #connection: Connection;
  readonly #peer: string;
  /** What was read of the next frames. */
  #rest: Uint8Array = new Uint8Array();
  #total = 0;
  #isFirst = true;

  constructor(connection: Connection, peer: string) {
    this.#connection = connection;
    this.#peer = peer;
  }

  /**
   * What came instead of the first frame, in words; `undefined` if nothing came
   * that cannot be one.
   */
  get beginning(): string | undefined {
    const isOther = this.#isFirst && this.#rest.length > 0 &&
      this.#rest[0] !== 0;
    return isOther ? this.#other : undefined;
  }

  /** What the server speaks if that is not HTTP/2, in words. */
  get #other(): string {
    const text = new TextDecoder().decode(this.#rest.subarray(0, 200));
    const [line = ""] = text.split(/[\r\n]/);
    const peer = this.#peer;
    if (isTlsAlert(this.#rest)) return `${peer} speaks TLS: expected tls: true`;
    return /^HTTP\/1/.test(text)
      ? `${peer} speaks HTTP/1: expected gRPC, got ${excerpt(line)}`
      : `${peer} does not speak HTTP/2: expected gRPC, got ${excerpt(text)}`;
  }

  /** Whether anything came. */
  get hasBegun(): boolean {
    return this.#total > 0;
  }

  /** Whether a frame can be taken without more to be read. */
  get hasNext(): boolean {
    return this.#rest.length >= HEAD_LENGTH && this.#rest.length >= this.#end;
  }

  get #end(): number {
    const [high, middle, low] = this.#rest;
    return HEAD_LENGTH + (high! << 16 | middle! << 8 | low!);
  }

  /** Reads the next frame; `undefined` if there are no more. */
  async next(): Promise<Frame | undefined> {
    while (true) {
      this.#checkSize();
      if (this.hasNext) break;
      const bytes = await this.#read();
      if (bytes === null) {
        if (this.beginning === undefined) return undefined;
        throw failure("protocol", this.beginning);
      }
      this.#add(bytes);
      if (this.#isFirst) this.#checkBeginning();
    }
    this.#isFirst = false;
    const rest = this.#rest;
    const end = this.#end;
    this.#rest = rest.subarray(end);
    return {
      type: rest[3]!,
      flags: rest[4]!,
      stream: (rest[5]! & 0x7f) << 24 | rest[6]! << 16 | rest[7]! << 8 |
        rest[8]!,
      payload: rest.subarray(HEAD_LENGTH, end),
    };
  }

  /** Reads more; `null` if the server has closed the connection. */
  async #read(): Promise<Uint8Array | null> {
    try {
      return await this.#connection.read();
    } catch (thrown) {
      if (isClosedByPeer(thrown)) return null;
      throw thrown;
    }
  }

  #add(bytes: Uint8Array): void {
    this.#total += bytes.length;
    if (this.#total > MAX_BYTES) {
      throw failure(
        "protocol",
        `${this.#peer} sent more than 1 MiB without a full answer`,
      );
    }
    if (this.#rest.length === 0) this.#rest = bytes;
    else {
      const joined = new Uint8Array(this.#rest.length + bytes.length);
      joined.set(this.#rest);
      joined.set(bytes, this.#rest.length);
      this.#rest = joined;
    }
  }

  /** The first frame has settings (RFC 9113, section 3.4). */
  #checkBeginning(): void {
    const rest = this.#rest;
    const isOther = rest[0] !== 0 ||
      rest.length > 3 && (rest[3] !== TYPE.settings || rest[4] === FLAG.ack);
    if (isOther && !isBeginning(rest)) {
      throw failure("protocol", this.#other);
    }
  }

  #checkSize(): void {
    if (this.#rest.length < 3 || this.beginning !== undefined) return;
    const length = this.#end - HEAD_LENGTH;
    if (length <= MAX_PAYLOAD) return;
    throw failure(
      "protocol",
      `${this.#peer} sent a frame of ${length} bytes: expected ${MAX_PAYLOAD} at most`,
    );
  }
}

/** Whether more may come that says what it is. */
function isBeginning(bytes: Uint8Array): boolean {
  return bytes.length === 1 && bytes[0] === 0x15 ||
    bytes.length < 12 && "HTTP/1.1 000".startsWith(
        String.fromCharCode(...bytes.subarray(0, 7)),
      );
}
