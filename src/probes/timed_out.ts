import { error, fail } from "../core/outcome.ts";
import type { Outcome } from "../core/types.ts";
import { stageOf } from "../core/stage.ts";

/**
 * What an attempt says whose signal aborted: a deadline that passed is the
 * target's failure, and anything else was our own wish.
 */
export function timedOut(signal: AbortSignal): Outcome {
  const reason: unknown = signal.reason;
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    const stage = stageOf(signal);
    return fail({
      code: "timeout",
      message: `Timed out${stage ? ` while ${stage}` : ""}`,
    });
  }
  return error({ code: "internal", message: "The attempt was called off" });
}
