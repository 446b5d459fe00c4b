import { OptionError } from "../core/option_error.ts";
import type { Secrets } from "../core/secrets.ts";
import type { Outcome } from "../core/types.ts";
import { wallTime } from "../io/clock.ts";
import { type AttemptResult, inWords, takeOutcome } from "./attempt.ts";
import type { ReportOptions } from "./fleet_options.ts";

/** A result from outside. */
export interface Report {
  readonly result: AttemptResult;
  /** When it was found, in milliseconds of the epoch. */
  readonly at: number;
}

/**
 * Checks a result from outside, and replaces the secrets in it.
 *
 * @throws {OptionError} If `at` or `durationMs` is out of its range.
 * @throws {TypeError} If the outcome is not one.
 */
export function parseReport(
  value: Outcome,
  { at, durationMs }: ReportOptions,
  secrets: Secrets | undefined,
): Report {
  const outcome = takeOutcome(value, secrets);
  if (outcome === undefined) {
    throw new TypeError(`Expected an outcome, got ${inWords(value)}`);
  }
  const time = at === undefined ? wallTime() : Number(at);
  if (!Number.isFinite(time)) {
    throw new OptionError("at", "expected a valid date, got an invalid one");
  }
  if (durationMs !== undefined && !(durationMs >= 0 && durationMs < Infinity)) {
    throw new OptionError(
      "durationMs",
      `expected a number of 0 or more, got ${durationMs}`,
    );
  }
  return { result: { outcome, durationMs: durationMs ?? null }, at: time };
}
