import { VERDICTS } from "../../core/outcome.ts";
import { oneLine } from "../../core/text.ts";
import type { Reason, Verdict } from "../../core/types.ts";
import { durationCode, durationOf } from "../../core/past/duration_code.ts";
import type { PastAttempt } from "../../fleet/history.ts";

/** An attempt as it is kept: a duration and a verdict in 16 bits, and a time. */
export interface PackedAttempt {
  readonly code: number;
  readonly at: number;
  readonly reason?: Reason | undefined;
}

/** The 16 bits of a verdict and a duration. */
export function attemptCode(
  verdict: Verdict,
  durationMs: number | null,
): number {
  return durationCode(durationMs) * 4 + VERDICTS.indexOf(verdict);
}

/** The verdict in 16 bits. */
export function verdictOf(code: number): Verdict {
  return VERDICTS[code & 3]!;
}

/** The duration in 16 bits, in milliseconds. */
export function durationIn(code: number): number | null {
  return durationOf(code >> 2);
}

/** An attempt as others see it. */
export function unpacked({ code, at, reason }: PackedAttempt): PastAttempt {
  const verdict = verdictOf(code);
  const durationMs = durationIn(code);
  return reason === undefined
    ? { verdict, at, durationMs }
    : { verdict, at, durationMs, reason };
}

/** A file may have been written by anybody: no terminal gets its escapes. */
export function printable({ code, message }: Reason): Reason {
  return { code: oneLine(code), message: oneLine(message) };
}
