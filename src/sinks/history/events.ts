import type { Reason, Status } from "../../core/types.ts";

/** The statuses by their codes; 0 is of a check that is not watched. */
export const STATUS_CODES: readonly Status[] = [
  "unknown",
  "healthy",
  "degraded",
  "unhealthy",
];

/** The code of a check that is not watched. */
export const NOT_WATCHED = 0;

/** The code of a status. */
export function statusCode(status: Status): number {
  return STATUS_CODES.indexOf(status) + 1;
}

/** The kinds of events, in the lowest three bits of their first four bytes. */
const ATTEMPT = 0;
const ATTEMPT_WITH_REASON = 1;
const STATUS = 2;
const MAINTENANCE = 3;
const SESSION = 4;
const RESET = 5;

/** How many bytes each kind of event has after its time. */
const REST_BYTES = [2, 4, 1, 1, 0, 0] as const;

/** The most bytes of one event. */
const MAX_EVENT_BYTES = 16;

/** The most different reasons in one list of events. */
const MAX_REASONS = 2 ** 16 - 1;

/** What a reason takes in memory beside its message, in bytes, about. */
const REASON_BYTES = 100;

/** Events in the order in which they happened, as bytes. */
export interface Events {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The reasons that they have, by their numbers. */
  readonly reasons: readonly Reason[];
}

/** How much memory events take, in bytes, about. */
export function sizeOf({ bytes, reasons }: Events): number {
  return reasons.reduce((sum, it) => sum + sizeOfReason(it), bytes.length);
}

function sizeOfReason({ message }: Reason): number {
  return REASON_BYTES + message.length;
}

/**
 * Writes what happens to checks as bytes. A check has a number; times are
 * milliseconds of the epoch.
 */
export class EventWriter {
  #view = new DataView(new ArrayBuffer(4096));
  #length = 0;
  #reasons = new Map<string, number>();
  #list: Reason[] = [];
  #reasonsSize = 0;

  /** How much memory the events take, as {@linkcode sizeOf} says. */
  get size(): number {
    return this.#length + this.#reasonsSize;
  }

  /** An attempt ended; `code` has its duration and verdict. */
  attempt(check: number, code: number, at: number, reason?: Reason): void {
    const number = reason === undefined ? undefined : this.#numberOf(reason);
    const kind = number === undefined ? ATTEMPT : ATTEMPT_WITH_REASON;
    const offset = this.#begin(check, kind, at);
    this.#view.setUint16(offset, code);
    this.#length += 2;
    if (number === undefined) return;
    this.#view.setUint16(offset + 2, number);
    this.#length += 2;
  }

  /** A check has another status from now on, or is not watched any more. */
  status(check: number, code: number, at: number): void {
    this.#flag(check, STATUS, at, code);
  }

  /** A maintenance window begins or ends for a check. */
  maintenance(check: number, active: boolean, at: number): void {
    this.#flag(check, MAINTENANCE, at, Number(active));
  }

  /** From now on, no check is watched but those that have a status afterwards. */
  session(at: number): void {
    this.#begin(0, SESSION, at);
  }

  /** A check has another target: earlier attempts tell nothing of it. */
  reset(check: number, at: number): void {
    this.#begin(check, RESET, at);
  }

  /** Takes all events out. */
  take(): Events {
    const { buffer } = this.#view;
    const bytes = new Uint8Array(buffer.slice(0, this.#length) as ArrayBuffer);
    const reasons = this.#list;
    this.#length = 0;
    this.#reasons = new Map();
    this.#list = [];
    this.#reasonsSize = 0;
    return { bytes, reasons };
  }

  #flag(check: number, kind: number, at: number, value: number): void {
    const offset = this.#begin(check, kind, at);
    this.#view.setUint8(offset, value);
    this.#length++;
  }

  #begin(check: number, kind: number, at: number): number {
    if (this.#length + MAX_EVENT_BYTES > this.#view.byteLength) this.#grow();
    this.#view.setUint32(this.#length, check * 8 + kind);
    this.#view.setFloat64(this.#length + 4, at);
    return this.#length += 12;
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#view.byteLength);
    larger.set(new Uint8Array(this.#view.buffer));
    this.#view = new DataView(larger.buffer);
  }

  #numberOf(reason: Reason): number | undefined {
    const { code, message } = reason;
    // A message has one line.
    const key = `${code}\n${message}`;
    const known = this.#reasons.get(key);
    if (known !== undefined) return known;
    const number = this.#list.length;
    if (number >= MAX_REASONS) return undefined;
    this.#reasons.set(key, number);
    this.#list.push({ code, message });
    this.#reasonsSize += sizeOfReason(reason);
    return number;
  }
}

/** Called with events that were written as bytes. */
export interface EventReader {
  attempt(check: number, code: number, at: number, reason?: number): void;
  status(check: number, code: number, at: number): void;
  maintenance(check: number, active: boolean, at: number): void;
  session(at: number): void;
  reset(check: number): void;
}

/** Checks whose numbers are in a range; `last` is in it. */
export interface CheckRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads events in their order. Those of checks that are not in the range, if there
 * is one, are skipped, which takes far less time.
 *
 * @throws {RangeError} If the bytes end too early.
 * @throws {TypeError} If the bytes are not events.
 */
export function readEvents(
  bytes: Uint8Array,
  reader: EventReader,
  { first, last }: CheckRange = { first: 0, last: Infinity },
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  while (offset < bytes.length) {
    const head = view.getUint32(offset);
    const check = head >>> 3;
    const kind = head & 7;
    if ((check < first || check > last) && kind !== SESSION) {
      offset += 12 + (REST_BYTES[kind] ?? unknownKind(kind));
      continue;
    }
    const at = view.getFloat64(offset + 4);
    offset += 12;
    switch (kind) {
      case ATTEMPT:
        reader.attempt(check, view.getUint16(offset), at);
        offset += 2;
        break;
      case ATTEMPT_WITH_REASON: {
        const code = view.getUint16(offset);
        reader.attempt(check, code, at, view.getUint16(offset + 2));
        offset += 4;
        break;
      }
      case STATUS:
        reader.status(check, bytes[offset++]!, at);
        break;
      case MAINTENANCE:
        reader.maintenance(check, bytes[offset++] === 1, at);
        break;
      case SESSION:
        reader.session(at);
        break;
      case RESET:
        reader.reset(check);
        break;
      default:
        unknownKind(kind);
    }
  }
  if (offset > bytes.length) {
    throw new RangeError("Expected the rest of an event, got the end");
  }
}

function unknownKind(kind: number): never {
  throw new TypeError(`Expected an event, got one of kind ${kind}`);
}
