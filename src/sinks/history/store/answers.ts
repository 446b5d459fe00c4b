import type { Reason } from "../../../core/types.ts";
import type { PackedAttempt } from "../packed.ts";
import {
  type AttemptsReply,
  PERIOD_NUMBERS,
  type PeriodsReply,
} from "../protocol.ts";
import type { FiguresOfPeriod } from "./reading.ts";

/** Periods of checks as numbers, which take no time to hand over. */
export function periodsReply(
  periods: ReadonlyMap<string, readonly FiguresOfPeriod[]>,
): PeriodsReply {
  const all = [...periods.values()].flat();
  const numbers = new Float64Array(all.length * PERIOD_NUMBERS);
  const ends = new Uint32Array(all.length);
  const latencies: Uint8Array[] = [];
  let end = 0;
  all.forEach(({ from, to, counts, spans, latency }, i) => {
    const at = i * PERIOD_NUMBERS;
    numbers[at] = from;
    numbers[at + 1] = to;
    numbers.set(counts, at + 2);
    numbers.set(spans, at + 6);
    if (latency !== null) {
      const bytes = latency instanceof Uint8Array ? latency : latency.toBytes();
      latencies.push(bytes);
      end += bytes.length;
    }
    ends[i] = end;
  });
  const bytes = new Uint8Array(end);
  let offset = 0;
  for (const part of latencies) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return {
    type: "periods",
    lengths: new Map(
      Array.from(periods, ([check, { length }]) => [check, length]),
    ),
    numbers,
    latencies: bytes,
    ends,
  };
}

/** Attempts as columns, likewise. */
export function attemptsReply(
  attempts: readonly PackedAttempt[],
): AttemptsReply {
  const places = new Map<string, number>();
  const reasons: Reason[] = [];
  const numberOf = (reason: Reason | undefined): number => {
    if (reason === undefined) return 0;
    const key = `${reason.code}\n${reason.message}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    // There are 16 bits.
    if (reasons.length === 2 ** 16 - 1) return 0;
    const number = reasons.push(reason);
    places.set(key, number);
    return number;
  };
  const { length } = attempts;
  const codes = new Uint16Array(length);
  const times = new Float64Array(length);
  const reasonOf = new Uint16Array(length);
  attempts.forEach(({ code, at, reason }, i) => {
    codes[i] = code;
    times[i] = at;
    reasonOf[i] = numberOf(reason);
  });
  return { type: "attempts", codes, times, reasonOf, reasons };
}
