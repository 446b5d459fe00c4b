import {
  type Duration,
  formatBeyond,
  formatDuration,
  parseDuration,
} from "../core/duration.ts";
import { OptionError, readOption } from "../core/option_error.ts";
import { fail, warn } from "../core/outcome.ts";
import type { Detail, Outcome } from "../core/types.ts";

/** How long something may take before it warns or fails. */
interface LatencyLimits {
  /** What takes longer passes with a warning. */
  readonly warn?: Duration;
  /** What takes longer fails. */
  readonly fail?: Duration;
}

/**
 * Makes a test of limits. `say` makes the message of a limit and what took
 * longer.
 *
 * @throws {OptionError} If a limit is not valid, or `warn` is not less than
 * `fail`.
 */
export function latencyTest(
  latency: LatencyLimits,
  say: (limit: string, duration: string) => string = (limit, duration) =>
    `Expected an answer within ${limit}, got it after ${duration}`,
): (durationMs: number, detail: Detail) => Outcome | undefined {
  const { warn: warnAfter = Infinity, fail: failAfter = Infinity } = latency;
  const warnMs = limitOf("latency.warn", warnAfter);
  const failMs = limitOf("latency.fail", failAfter);
  if (warnMs !== Infinity && warnMs >= failMs) {
    throw new OptionError(
      "latency.warn",
      `expected less than fail, which is ${formatDuration(failMs)}, got ${
        JSON.stringify(warnAfter)
      }`,
    );
  }
  return (durationMs, detail) => {
    if (durationMs <= Math.min(warnMs, failMs)) return undefined;
    const [outcome, limitMs] = durationMs > failMs
      ? [fail, failMs]
      : [warn, warnMs];
    const [limit, duration] = formatBeyond(limitMs, durationMs);
    return outcome({
      code: "latency",
      message: say(limit, duration),
    }, detail);
  };
}

/** Reads a limit in milliseconds; without one it is `Infinity`. */
function limitOf(option: string, limit: Duration): number {
  return limit === Infinity
    ? limit
    : readOption(option, () => parseDuration(limit));
}
