import { error, fail } from "../core/outcome.ts";
import type { Outcome } from "../core/types.ts";
import { stageOf } from "../core/stage.ts";

/**
 * The outcome of an attempt whose signal aborted: a deadline that passed is a
 * failure of the target, and any other end was our own doing.
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
