import { failure } from "../failure.ts";

/** The kinds of frames (RFC 6455, section 11.8). */
export const OPCODES = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** The most bytes of a frame before its payload, of a server. */
export const MAX_HEADER_BYTES = 10;

/** What is before the payload of a frame. */
export interface FrameHeader {
  /** Whether it is the last one of its message. */
  readonly isLast: boolean;
  readonly opcode: number;
  /** The number of bytes of the payload. */
  readonly length: number;
  /** The number of bytes of the header itself. */
  readonly headerLength: number;
}

/**
 * Reads the header of a frame of a server. Returns nothing if it is not there
 * as a whole.
 *
 * @throws {Failure} If it is not one that a server may send to a client that
 * knows no extensions (RFC 6455, section 5).
 */
export function readHeader(
  bytes: Uint8Array,
  peer: string,
): FrameHeader | undefined {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const opcode = first & 0x0f;
  const isLast = (first & 0x80) !== 0;
  const short = second & 0x7f;
  const wrong = (what: string) =>
    failure("protocol", `${peer} sent ${what}, which WebSockets do not allow`);
  if ((first & 0x70) !== 0) throw wrong("a frame with reserved bits");
  if (!Object.values<number>(OPCODES).includes(opcode)) {
    throw wrong(`a frame of the unknown kind ${opcode}`);
  }
  if ((second & 0x80) !== 0) throw wrong("a masked frame");
  if (opcode >= OPCODES.close && (!isLast || short > 125)) {
    throw wrong(`a ${isLast ? "long" : "fragmented"} control frame`);
  }
  const headerLength = short === 126 ? 4 : short === 127 ? MAX_HEADER_BYTES : 2;
  if (bytes.length < headerLength) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerLength);
  if (short === 127 && bytes[2]! >= 0x80) {
    throw wrong("a frame with a negative length");
  }
  const length = short === 126
    ? view.getUint16(2)
    // That it is rounded does not matter: nobody reads so much.
    : short === 127
    ? Number(view.getBigUint64(2))
    : short;
  return { isLast, opcode, length, headerLength };
}

/** Makes a frame of a client, which is masked and a whole message. */
export function clientFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const headerLength = length < 126 ? 2 : length < 65536 ? 4 : MAX_HEADER_BYTES;
  const frame = new Uint8Array(headerLength + 4 + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 |
    (headerLength === 2 ? length : headerLength === 4 ? 126 : 127);
  if (headerLength === 4) view.setUint16(2, length);
  if (headerLength === MAX_HEADER_BYTES) view.setBigUint64(2, BigInt(length));
  const mask = frame.subarray(headerLength, headerLength + 4);
  crypto.getRandomValues(mask);
  const masked = frame.subarray(headerLength + 4);
  for (let i = 0; i < length; i++) masked[i] = payload[i]! ^ mask[i % 4]!;
  return frame;
}
