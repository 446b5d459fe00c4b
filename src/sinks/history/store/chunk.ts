import type { Reason } from "../../../core/types.ts";
import { type PackedAttempt, printable } from "../packed.ts";

/** The most different reasons of a chunk. */
const MAX_REASONS = 15;

/** Attempts as columns of a row have them. */
export interface Chunk {
  readonly attempts: Uint8Array;
  /** A list of reasons, as JSON. */
  readonly reasons: string | null;
}

/**
 * Packs attempts. Each has the 16 bits of its verdict and duration, the number of
 * its reason unless it passed, and by how much the time from the attempt before
 * it differs from the time between the two before: a few milliseconds mostly.
 * That is four bytes.
 */
export function pack(list: readonly PackedAttempt[], start: number): Chunk {
  const bytes: number[] = [];
  const reasons: Reason[] = [];
  let before = start;
  let stepMs = 0;
  for (const { code, at, reason } of list) {
    bytes.push(code >> 8, code & 255);
    const nextMs = at - before;
    writeSigned(bytes, nextMs - stepMs);
    before = at;
    stepMs = nextMs;
    // What passed has no reason.
    if ((code & 3) !== 0) writeVarint(bytes, numberOf(reason, reasons));
  }
  return {
    attempts: Uint8Array.from(bytes),
    reasons: reasons.length === 0 ? null : JSON.stringify(reasons),
  };
}

/**
 * Reads what was packed so.
 *
 * @throws {RangeError} If the bytes end too early.
 */
export function unpack(chunk: Chunk, start: number): PackedAttempt[] {
  const reasons: readonly Reason[] = chunk.reasons === null
    ? []
    : JSON.parse(chunk.reasons).map(printable);
  const bytes = chunk.attempts;
  const list: PackedAttempt[] = [];
  let next = 0;
  let at = start;
  let stepMs = 0;
  const varint = (): number => {
    let value = 0;
    for (let unit = 1;; unit *= 128) {
      const byte = bytes[next++];
      if (byte === undefined) throw cutOff();
      if (byte < 128) return value + byte * unit;
      value += (byte - 128) * unit;
    }
  };
  while (next < bytes.length) {
    const code = bytes[next]! * 256 + bytes[next + 1]!;
    if (next + 2 >= bytes.length) throw cutOff();
    next += 2;
    const change = varint();
    stepMs += change % 2 === 0 ? change / 2 : -(change + 1) / 2;
    at += stepMs;
    const reason = (code & 3) === 0 ? undefined : reasons[varint() - 1];
    list.push({ code, at, reason });
  }
  return list;
}

function cutOff(): RangeError {
  return new RangeError("Expected another byte of attempts, got the end");
}

/** The number of a reason, from 1 on; 0 for none, or if there are too many. */
function numberOf(reason: Reason | undefined, reasons: Reason[]): number {
  if (reason === undefined) return 0;
  const { code, message } = reason;
  const known = reasons.findIndex((other) =>
    other.message === message && other.code === code
  );
  if (known >= 0) return known + 1;
  if (reasons.length === MAX_REASONS) return 0;
  return reasons.push({ code, message });
}

function writeSigned(bytes: number[], value: number): void {
  writeVarint(bytes, value < 0 ? -2 * value - 1 : 2 * value);
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) {
    bytes.push(rest % 128 + 128);
  }
  bytes.push(rest);
}
