import type { Secrets } from "./secrets.ts";
import { oneLine } from "./text.ts";
import type { Detail, Outcome, Reason, Verdict } from "./types.ts";

/** Every {@linkcode Verdict} there is, from good to bad. */
export const VERDICTS: readonly Verdict[] = ["pass", "warn", "fail", "error"];

/** Makes the outcome of a target that answered as it should. */
export function pass(detail?: Detail): Outcome {
  return detail === undefined
    ? { verdict: "pass" }
    : { verdict: "pass", detail };
}

/** Makes the outcome of a target that is alive, but not well. */
export function warn(reason: Reason, detail?: Detail): Outcome {
  return withReason("warn", reason, detail);
}

/** Makes the outcome of a target that failed. */
export function fail(reason: Reason, detail?: Detail): Outcome {
  return withReason("fail", reason, detail);
}

/** Makes the outcome of an attempt that could not tell. */
export function error(reason: Reason, detail?: Detail): Outcome {
  return withReason("error", reason, detail);
}

/** The details that outcomes share. */
const SHARED = new WeakSet<Detail>();

/** Marks a detail as shared by many outcomes. Its values must be valid. */
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
  { code, message }: Reason,
  detail: Detail | undefined,
): Outcome {
  const reason = { code, message: oneLine(message) };
  return detail === undefined
    ? { verdict, reason }
    : { verdict, reason, detail };
}

/** A reason without secrets. */
export function redactReason(reason: Reason, secrets: Secrets): Reason {
  const { code, message } = reason;
  return Object.freeze({ code, message: secrets.redact(message) });
}

/** A detail without secrets. */
export function redactDetail(detail: Detail, secrets: Secrets): Detail {
  const entries = Object.entries(detail).map(([key, value]) => [
    // Our own keys are words; one with a dot has a name that came from outside.
    key.includes(".") ? secrets.redact(key) : key,
    typeof value === "string" ? secrets.redact(value) : value,
  ]);
  return Object.freeze(Object.fromEntries(entries));
}
