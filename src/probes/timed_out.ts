import { error, fail } from "../core/outcome.ts";
import type { Outcome } from "../core/types.ts";
import { foundAtDeadline, stageOf } from "../core/stage.ts";

/**
 * The outcome of an attempt whose signal aborted: what it has found by then, or
 * else a failure of the target, if the deadline has passed, and otherwise an
 * error.
 */
export function timedOut(signal: AbortSignal): Outcome {
  const reason: unknown = signal.reason;
  if (reason instanceof DOMException && reason.name === "TimeoutError") {
    const found = foundAtDeadline(signal);
    if (found !== undefined) return found;
    const stage = stageOf(signal);
    return fail({
      code: "timeout",
      message: `Timed out${stage ? ` while ${stage}` : ""}`,
    });
  }
  return error({ code: "internal", message: "The attempt was aborted" });
}
