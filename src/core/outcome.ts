import { oneLine } from "./text.ts";
import type { Detail, Outcome, ReasonCode, Verdict } from "./types.ts";

/** Every {@linkcode Verdict} there is, from good to bad. */
export const VERDICTS: readonly Verdict[] = ["pass", "warn", "fail", "error"];

/** The target answered as it should. */
export function pass(detail?: Detail): Outcome {
  return detail === undefined
    ? { verdict: "pass" }
    : { verdict: "pass", detail };
}

/** The target is alive, but not well. */
export function warn(
  code: ReasonCode,
  message: string,
  detail?: Detail,
): Outcome {
  return withReason("warn", code, message, detail);
}

/** The target failed. */
export function fail(
  code: ReasonCode,
  message: string,
  detail?: Detail,
): Outcome {
  return withReason("fail", code, message, detail);
}

/** We could not tell. */
export function error(
  code: ReasonCode,
  message: string,
  detail?: Detail,
): Outcome {
  return withReason("error", code, message, detail);
}

/** Details that many outcomes may have. */
const SHARED = new WeakSet<Detail>();

/** Has many outcomes share one detail, of finite numbers and the like. */
export function shared(detail: Detail): Detail {
  SHARED.add(Object.freeze(detail));
  return detail;
}

/** Whether a detail may be shared, and need not be copied. */
export function isShared(detail: Detail): boolean {
  return SHARED.has(detail);
}

function withReason(
  verdict: Verdict,
  code: ReasonCode,
  message: string,
  detail: Detail | undefined,
): Outcome {
  const reason = { code, message: oneLine(message) };
  return detail === undefined
    ? { verdict, reason }
    : { verdict, reason, detail };
}
