import { fail } from "../../../core/outcome.ts";
import { enterStage, findAtDeadline } from "../../../core/stage.ts";
import { excerpt } from "../../../core/text.ts";
import type { Connection } from "../../connection/connection.ts";
import { failure } from "../../failure.ts";
import {
  encodeFrames,
  FLAG,
  type Frame,
  FrameReader,
  MAX_PAYLOAD,
  PREFACE,
  TYPE,
} from "./frames.ts";
import { encodeFields, type Field, HeaderDecoder } from "./hpack.ts";

/** Headers by their names. Values of the same name are joined by commas. */
export type Headers = ReadonlyMap<string, string>;

/** What is asked, and what is done with the answer as it comes. */
export interface Call {
  readonly fields: readonly Field[];
  readonly message: Uint8Array;
  /** What it means if the server closes the connection and says nothing. */
  readonly silence: string;
  /** Is called once the answer begins; may throw to end the call. */
  onHead(head: Headers): void;
  /** Is called with each part of the body; may throw to end the call. */
  onBody(part: Uint8Array): void;
}

/** The stream of the only request. */
const STREAM = 1;

/** The names of the errors of streams and connections (RFC 9113, section 7). */
const ERRORS = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

/**
 * Makes one request over a new connection by HTTP/2 (RFC 9113), and returns the
 * trailers of the answer: its head, if it has nothing else.
 *
 * Rejects with a `Failure` if there is no full answer.
 *
 * `node:http2` takes twice the CPU time for this, and `fetch` shows neither
 * trailers nor certificates.
 */
export async function call(
  connection: Connection,
  request: Call,
  peer: string,
  signal: AbortSignal,
): Promise<Headers> {
  const reader = new FrameReader(connection, peer);
  const answer = new Answer(request, peer);
  let sending = send(connection, opening(request));
  enterStage(signal, "waiting for the answer");
  findAtDeadline(signal, () => {
    const message = reader.beginning;
    return message === undefined
      ? undefined
      : fail({ code: "protocol", message });
  });
  while (true) {
    const frame = await reader.next();
    if (frame === undefined) {
      signal.throwIfAborted();
      throw reader.hasBegun
        ? answer.cutOff()
        : failure("reset", request.silence);
    }
    const trailers = answer.take(frame);
    if (trailers !== undefined) return trailers;
    if (answer.replies.length === 0 || reader.hasNext) continue;
    const replies = encodeFrames(new Uint8Array(), answer.replies.splice(0));
    sending = sending.then(() => send(connection, replies));
  }
}

/** Sends bytes. If that fails, what is read says what is wrong. */
async function send(connection: Connection, bytes: Uint8Array): Promise<void> {
  try {
    await connection.write(bytes);
  } catch {
    // A server may answer and close before it has read everything.
  }
}

/** The preface, our settings, and the request. */
function opening({ fields, message }: Call): Uint8Array {
  const block = encodeFields(fields);
  const parts: number[][] = [];
  for (let at = 0; at < block.length; at += MAX_PAYLOAD) {
    parts.push(block.slice(at, at + MAX_PAYLOAD));
  }
  return encodeFrames(PREFACE, [
    // No pushed streams.
    { type: TYPE.settings, flags: 0, stream: 0, payload: [0, 2, 0, 0, 0, 0] },
    ...parts.map((payload, i) => ({
      type: i === 0 ? TYPE.headers : TYPE.continuation,
      flags: i === parts.length - 1 ? FLAG.endHeaders : 0,
      stream: STREAM,
      payload,
    })),
    {
      type: TYPE.data,
      flags: FLAG.endStream,
      stream: STREAM,
      payload: message,
    },
  ]);
}

/** The answer, as its frames come. */
class Answer {
  /** What is to be sent. */
  readonly replies: Frame[] = [];
  readonly #call: Call;
  readonly #peer: string;
  readonly #decoder = new HeaderDecoder();
  /** The parts of headers of which there are more to come. */
  #block: { parts: Uint8Array[]; flags: number } | undefined;
  #hasHead = false;
  #goAway: string | undefined;

  constructor(call: Call, peer: string) {
    this.#call = call;
    this.#peer = peer;
  }

  /** The fault of a connection that ends before the answer is complete. */
  cutOff(): Error {
    return failure(
      "reset",
      this.#goAway ??
        `${this.#peer} closed the connection without a full answer`,
    );
  }

  /** Takes a frame; returns the trailers if that is the end of the answer. */
  take(frame: Frame): Headers | undefined {
    const { type, flags, stream, payload } = frame;
    if ((this.#block !== undefined) !== (type === TYPE.continuation)) {
      throw this.#fault("frames out of order");
    }
    switch (type) {
      case TYPE.settings:
      case TYPE.ping:
        if ((flags & FLAG.ack) === 0) this.#acknowledge(frame);
        return undefined;
      case TYPE.goAway:
        return this.#takeGoAway(payload);
      case TYPE.resetStream:
        if (stream !== STREAM) return undefined;
        throw failure(
          "reset",
          `${this.#peer} reset the request: ${errorName(payload, 0)}`,
        );
      case TYPE.pushPromise:
        throw this.#fault("a request of its own");
      case TYPE.data:
      case TYPE.headers:
      case TYPE.continuation:
        if (stream === STREAM) return this.#takeAnswer(frame);
        throw this.#fault(`an answer on stream ${stream}`);
      default:
        return undefined;
    }
  }

  #acknowledge({ type, payload }: Frame): void {
    this.replies.push({
      type,
      flags: FLAG.ack,
      stream: 0,
      payload: type === TYPE.ping ? payload : new Uint8Array(),
    });
  }

  #takeGoAway(payload: Uint8Array): undefined {
    if (payload.length < 8) throw this.#fault("a GOAWAY that is cut off");
    const debug = new TextDecoder().decode(payload.subarray(8, 208));
    this.#goAway = `${this.#peer} ended the connection: GOAWAY with ${
      errorName(payload, 4)
    }${debug === "" ? "" : `, ${excerpt(debug)}`}`;
    // Otherwise the answer is still to come.
    if (numberAt(payload, 0) < STREAM) throw this.cutOff();
  }

  #takeAnswer(frame: Frame): Headers | undefined {
    const { type, flags } = frame;
    if (type === TYPE.continuation) {
      const { parts, flags: first } = this.#block!;
      parts.push(frame.payload);
      return flags & FLAG.endHeaders ? this.#endBlock(parts, first) : undefined;
    }
    const payload = this.#unpadded(frame);
    if (type === TYPE.data) {
      if (!this.#hasHead) throw this.#fault("a body without headers");
      this.#call.onBody(payload);
      // That is all: there are no trailers.
      return flags & FLAG.endStream ? new Map() : undefined;
    }
    if (flags & FLAG.endHeaders) return this.#endBlock([payload], flags);
    this.#block = { parts: [payload], flags };
    return undefined;
  }

  #unpadded({ type, flags, payload }: Frame): Uint8Array {
    const isPadded = (flags & FLAG.padded) !== 0;
    const hasPriority = type === TYPE.headers && (flags & FLAG.priority) !== 0;
    const start = (isPadded ? 1 : 0) + (hasPriority ? 5 : 0);
    const end = payload.length - (isPadded ? payload[0] ?? 0 : 0);
    if (start > end) throw this.#fault("a frame that is cut off");
    return payload.subarray(start, end);
  }

  #endBlock(parts: readonly Uint8Array[], flags: number): Headers | undefined {
    this.#block = undefined;
    const headers = this.#decoded(parts);
    const isEnd = (flags & FLAG.endStream) !== 0;
    if (this.#hasHead) {
      if (isEnd) return headers;
      throw this.#fault("more headers");
    }
    // Informational: others follow.
    if (/^1\d\d$/.test(headers.get(":status") ?? "") && !isEnd) {
      return undefined;
    }
    this.#hasHead = true;
    this.#call.onHead(headers);
    return isEnd ? headers : undefined;
  }

  #decoded(parts: readonly Uint8Array[]): Headers {
    const block = parts.length === 1 ? parts[0]! : joined(parts);
    const headers = new Map<string, string>();
    let fields: readonly Field[];
    try {
      fields = this.#decoder.decode(block);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw this.#fault(`invalid headers: ${error.message}`);
    }
    for (const [name, value] of fields) {
      const before = headers.get(name);
      headers.set(name, before === undefined ? value : `${before},${value}`);
    }
    return headers;
  }

  #fault(what: string): Error {
    return failure(
      "protocol",
      `${this.#peer} broke HTTP/2: expected an answer, got ${what}`,
    );
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, { length }) => sum + length, 0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A number of 31 bits. */
function numberAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! & 0x7f) << 24 | bytes[at + 1]! << 16 |
    bytes[at + 2]! << 8 | bytes[at + 3]!;
}

/** An error as `"REFUSED_STREAM (7)"`. */
function errorName(payload: Uint8Array, at: number): string {
  if (payload.length < at + 4) return "an unknown error";
  const code = numberAt(payload, at);
  return `${ERRORS[code] ?? "an unknown error"} (${code})`;
}
