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
 * @throws {OptionError} If `at` or `durationMs` is not valid.
 * @throws {TypeError} If the outcome is not one.
 */
export function parseReport(
  value: Outcome,
  { at, durationMs, isCounted = true }: ReportOptions,
  secrets: Secrets | undefined,
): Report {
  const outcome = takeOutcome(value, secrets);
  if (outcome === undefined) {
    throw new TypeError(`Expected an outcome, got ${inWords(value)}`);
  }
  if (durationMs !== undefined && !isDuration(durationMs)) {
    throw new OptionError(
      "durationMs",
      `expected a number of 0 or more, got ${inWords(durationMs)}`,
    );
  }
  const result = {
    outcome,
    durationMs: durationMs ?? null,
    ...(!isCounted && { isCounted }),
  };
  return { result, at: at === undefined ? wallTime() : toTime(at) };
}

function isDuration(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Infinity;
}

/** The history has no times before 1970. */
function toTime(at: unknown): number {
  if (!(at instanceof Date)) {
    throw new OptionError("at", `expected a Date, got ${inWords(at)}`);
  }
  const time = at.getTime();
  if (time >= 0) return time;
  const got = Number.isNaN(time) ? "an invalid one" : at.toISOString();
  throw new OptionError("at", `expected a date of 1970 or later, got ${got}`);
}
