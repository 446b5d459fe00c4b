import { oneLine } from "../../core/text.ts";
import { failure } from "../failure.ts";
import { Gathered } from "../http/wire/gathered.ts";
import {
  clientFrame,
  type FrameHeader,
  MAX_HEADER_BYTES,
  OPCODES,
  readHeader,
} from "./frame.ts";

/** The most bytes of a message that are kept. */
export const MAX_MESSAGE_BYTES = 65536;

/** The most bytes that are read of a peer. */
export const MAX_READ_BYTES: number = 2 ** 18;

/** Where frames come from, and where answers to them go. */
export interface FrameSource {
  /** What messages call the peer. */
  readonly peer: string;
  /** Reads what comes next; `null` at the end of the connection. */
  read(): Promise<Uint8Array | null>;
  write(bytes: Uint8Array): Promise<void>;
}

/** What a peer sends. */
export type Incoming =
  | {
    readonly type: "message";
    /** The message, or its beginning. */
    readonly bytes: Uint8Array;
  }
  /** It says that it closes the connection. */
  | { readonly type: "close"; readonly why: string }
  /** It has sent more than what is read. */
  | { readonly type: "limit" };

/** A message of which not everything has come. */
interface Unfinished {
  readonly gathered: Gathered;
  /** Checks the text. Binary messages have none. */
  readonly decoder: TextDecoder | undefined;
  isTold: boolean;
}

/**
 * Reads the messages of a peer until it closes the connection, and answers its
 * pings. A message of which the most that is kept has come is told at once.
 *
 * Throws a `Failure` if what comes is against RFC 6455.
 */
export async function* incoming(
  source: FrameSource,
): AsyncGenerator<Incoming, void> {
  const input = new Input(source);
  let message: Unfinished | undefined;
  for (
    let header = await input.header();
    header !== undefined;
    header = await input.header()
  ) {
    const { opcode, isLast, length } = header;
    if (opcode >= OPCODES.close) {
      const payload = await input.bytes(length);
      if (payload === undefined) break;
      if (opcode === OPCODES.close) {
        yield { type: "close", why: closing(payload) };
        return;
      }
      if (opcode === OPCODES.ping) input.ping = payload;
      continue;
    }
    message = inMessage(message, opcode, source.peer);
    let left = length;
    for await (const part of input.parts(length)) {
      left -= part.length;
      add(message, part, source.peer);
      if (message.isTold || message.gathered.bytes.length < MAX_MESSAGE_BYTES) {
        continue;
      }
      message.isTold = true;
      yield { type: "message", bytes: message.gathered.bytes };
    }
    if (left > 0) break;
    if (!isLast) continue;
    add(message, undefined, source.peer);
    if (!message.isTold) {
      yield { type: "message", bytes: message.gathered.bytes };
    }
    message = undefined;
  }
  if (input.isFull) yield { type: "limit" };
}

/** The message that a frame belongs to. */
function inMessage(
  message: Unfinished | undefined,
  opcode: number,
  peer: string,
): Unfinished {
  if ((opcode === OPCODES.continuation) !== (message !== undefined)) {
    throw failure(
      "protocol",
      message === undefined
        ? `${peer} sent the end of a message without its beginning`
        : `${peer} sent a message in the middle of another`,
    );
  }
  return message ?? {
    gathered: new Gathered(),
    decoder: opcode === OPCODES.text
      ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      : undefined,
    isTold: false,
  };
}

/** Adds a part to a message; nothing is its end. */
function add(
  { gathered, decoder }: Unfinished,
  part: Uint8Array | undefined,
  peer: string,
): void {
  try {
    decoder?.decode(part, { stream: part !== undefined });
  } catch {
    throw failure("protocol", `${peer} sent a text message that is not UTF-8`);
  }
  const room = MAX_MESSAGE_BYTES - gathered.bytes.length;
  if (part !== undefined) gathered.add(part.subarray(0, room));
}

/** Why a peer closes the connection, as `1008 "policy"`. */
function closing(payload: Uint8Array): string {
  if (payload.length < 2) return "no code";
  const code = payload[0]! * 256 + payload[1]!;
  const reason = oneLine(new TextDecoder().decode(payload.subarray(2)), 80);
  return `code ${code}${reason === "" ? "" : ` ${JSON.stringify(reason)}`}`;
}

/** What comes of a peer, up to a limit. */
class Input {
  readonly #source: FrameSource;
  #rest: Uint8Array = new Uint8Array();
  #count = 0;
  /**
   * What the last ping had, which is answered before more is read; those before
   * it need no answer (RFC 6455, section 5.5.3).
   */
  ping: Uint8Array | undefined;

  constructor(source: FrameSource) {
    this.#source = source;
  }

  /** Whether the peer has sent more than what is read. */
  get isFull(): boolean {
    return this.#count > MAX_READ_BYTES;
  }

  /** Reads the header of the next frame; nothing at the end. */
  async header(): Promise<FrameHeader | undefined> {
    while (true) {
      const header = readHeader(
        this.#rest.subarray(0, MAX_HEADER_BYTES),
        this.#source.peer,
      );
      if (header !== undefined) {
        this.#rest = this.#rest.subarray(header.headerLength);
        return header;
      }
      const more = await this.#more();
      if (more === null) return undefined;
      const gathered = new Gathered(this.#rest);
      gathered.add(more);
      this.#rest = gathered.bytes;
    }
  }

  /** Reads a number of bytes in parts, of which some may be missing at the end. */
  async *parts(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0) {
        const more = await this.#more();
        if (more === null) return;
        this.#rest = more;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Reads a small number of bytes; nothing if they do not come. */
  async bytes(length: number): Promise<Uint8Array | undefined> {
    const gathered = new Gathered();
    for await (const part of this.parts(length)) gathered.add(part);
    return gathered.bytes.length < length ? undefined : gathered.bytes;
  }

  async #more(): Promise<Uint8Array | null> {
    if (this.isFull) return null;
    if (this.ping !== undefined) {
      await this.#source.write(clientFrame(OPCODES.pong, this.ping));
      this.ping = undefined;
    }
    const bytes = await this.#source.read();
    this.#count += bytes?.length ?? 0;
    return bytes;
  }
}
