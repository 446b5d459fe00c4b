/** How many codes of 14 bits there are for each of ten powers of ten. */
const CODES = 1638;

/** The longest duration that has a code, in microseconds: 18 days. */
const MAX_US = 1637e9;

const POWERS = Array.from({ length: 11 }, (_, power) => 10 ** power);

/** The code of no duration; no duration has it. */
const NO_DURATION = 2 ** 14 - 1;

/**
 * Writes milliseconds in 14 bits: three digits of microseconds and a power of
 * ten.
 */
export function durationCode(durationMs: number | null): number {
  if (durationMs === null) return NO_DURATION;
  let digits = Math.min(durationMs * 1000, MAX_US);
  let power = 0;
  for (; digits >= CODES - 0.5; power++) digits /= 10;
  return power * CODES + Math.round(digits);
}

/** Reads what {@linkcode durationCode} wrote. */
export function durationOf(code: number): number | null {
  return code === NO_DURATION
    ? null
    : code % CODES * POWERS[Math.floor(code / CODES)]! / 1000;
}
