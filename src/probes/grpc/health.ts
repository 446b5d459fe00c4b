/** The path of the only method. */
export const PATH = "/grpc.health.v1.Health/Check";

/** What a service may be (`HealthCheckResponse.ServingStatus`). */
export const SERVING_STATUSES = [
  "UNKNOWN",
  "SERVING",
  "NOT_SERVING",
  "SERVICE_UNKNOWN",
] as const;

/** A longer answer is not read. */
const MAX_MESSAGE_BYTES = 4096;

/** The bytes before a message: whether it is compressed, and its length. */
const PREFIX_LENGTH = 5;

/** A `HealthCheckRequest` as it is sent. */
export function encodeRequest(service: string): Uint8Array {
  const name = new TextEncoder().encode(service);
  const message = name.length === 0
    ? []
    : [0x0a, ...varint(name.length), ...name];
  const { length } = message;
  return Uint8Array.of(0, 0, length >> 16, length >> 8, length, ...message);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...varint(value >> 7)];
}

/** Reads the one message of an answer. */
export class MessageReader {
  #bytes: number[] = [];

  /** The message, once it is complete. */
  get message(): Uint8Array | undefined {
    return this.#bytes.length >= this.#end
      ? Uint8Array.from(this.#bytes.slice(PREFIX_LENGTH))
      : undefined;
  }

  /** Whether a part of a message came. */
  get hasBegun(): boolean {
    return this.#bytes.length > 0;
  }

  get #end(): number {
    const [, a, b, c, d] = this.#bytes;
    return d === undefined
      ? PREFIX_LENGTH
      : PREFIX_LENGTH + a! * 2 ** 24 + (b! << 16 | c! << 8 | d);
  }

  /**
   * Adds a part of the body.
   *
   * @throws {TypeError} If it is none of one short message, with what it is.
   */
  add(part: Uint8Array): void {
    this.#bytes.push(...part);
    const [flag] = this.#bytes;
    if (flag !== undefined && flag !== 0) {
      throw new TypeError(
        flag === 1 ? "one that is compressed" : "other bytes",
      );
    }
    if (this.#end > PREFIX_LENGTH + MAX_MESSAGE_BYTES) {
      throw new TypeError(
        `one of ${this.#end - PREFIX_LENGTH} bytes, which is too long`,
      );
    }
    if (this.#bytes.length > this.#end) throw new TypeError("more than one");
  }
}

/**
 * Reads the status of a `HealthCheckResponse`. Fields that are not known are
 * ignored.
 *
 * @throws {TypeError} If it is not a message.
 */
export function servingStatusOf(message: Uint8Array): number {
  let status = 0;
  let at = 0;
  // Groups are old, and valid.
  let depth = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) break;
      // Numbers of 32 bits are enough: longer ones are cut off.
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new TypeError("Message is cut off");
  };
  while (at < message.length) {
    const tag = next() >>> 0;
    switch (tag & 7) {
      case 0: {
        const value = next();
        if (tag === 8 && depth === 0) status = value;
        break;
      }
      case 1:
        at += 8;
        break;
      case 2: {
        const length = next() >>> 0;
        at += length;
        break;
      }
      case 3:
        depth++;
        break;
      case 4:
        depth--;
        break;
      case 5:
        at += 4;
        break;
      default:
        throw new TypeError("Field has an unknown type");
    }
    if (tag < 8 || depth < 0 || at > message.length) {
      throw new TypeError("Message is not valid");
    }
  }
  if (depth > 0) throw new TypeError("Message is cut off");
  return status;
}
