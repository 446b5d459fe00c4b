import type { Outcome } from "../core/types.ts";
import { classify, internal, type Symptom } from "./classify.ts";
import { timedOut } from "./timed_out.ts";

/**
 * An attempt that has an outcome, whatever it throws: what it found by its
 * deadline, a failure of the target, or else an error of ours. Messages name the
 * target as `target`. Symptoms that only some errors have come first.
 */
export function withOutcome(
  attempt: (signal: AbortSignal) => Outcome | Promise<Outcome>,
  target: string,
  special: readonly Symptom[] = [],
): (signal: AbortSignal) => Promise<Outcome> {
  return async (signal) => {
    try {
      return await attempt(signal);
    } catch (thrown) {
      if (signal.aborted) return timedOut(signal);
      return classify(thrown, target, special) ?? internal(thrown);
    }
  };
}
