import { error, fail } from "../core/outcome.ts";
import type { Outcome } from "../core/types.ts";
import { stageOf } from "../io/stage.ts";

/**
 * What an attempt says whose signal aborted: a deadline that passed is the
 * target's failure, and anything else was our own wish.
 */
export function timedOut(signal: AbortSignal): Outcome {
  const reason: unknown = signal.reason;
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    const stage = stageOf(signal);
    return fail("timeout", `Timed out${stage ? ` while ${stage}` : ""}`);
  }
  return error("internal", "The attempt was called off");
}
