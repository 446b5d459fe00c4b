import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import type {
  Outcome,
  Probe,
  ReasonCode,
  Verdict,
} from "../../src/core/types.ts";
import { startAttempt } from "../../src/fleet/attempt.ts";

/**
 * Checks what an attempt came to, and that it says so in one printable line;
 * returns that line. Where a message is expected, it is the whole of it or
 * what it matches.
 */
export function assertOutcome(
  outcome: Outcome,
  [verdict, code]: readonly [Exclude<Verdict, "pass">, ReasonCode],
  message?: string | RegExp,
): string {
  assertEquals(
    `${outcome.verdict}/${outcome.reason?.code}`,
    `${verdict}/${code}`,
    outcome.reason?.message,
  );
  assert(outcome.reason !== undefined);
  const line = outcome.reason.message;
  // deno-lint-ignore no-control-regex
  assertNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd]/);
  assert(line.length <= 300, `${line.length} characters`);
  assertNotMatch(line, /^\s|\s$|\.$/);
  if (typeof message === "string") assertEquals(line, message);
  if (message instanceof RegExp) assertMatch(line, message);
  // A sentence starts with a capital, or with the name of whom it is about.
  assertMatch(line, /^(?:\p{Lu}|[^ ]+:\d+ |\/|fetch )/u);
  return line;
}

/** Checks that an attempt passed, and what it found but for durations. */
export function assertPass(outcome: Outcome, detail?: Outcome["detail"]): void {
  assertEquals(
    timeless(outcome),
    detail === undefined ? { verdict: "pass" } : { verdict: "pass", detail },
  );
}

/** An outcome without the times that its attempt found. */
export function timeless(outcome: Outcome): Outcome {
  const { detail, ...others } = outcome;
  return detail === undefined ? others : {
    ...others,
    detail: Object.fromEntries(
      Object.entries(detail).filter(([key]) =>
        !/^(?:(?:connect|tls|processing|transfer)Ms|cert(?:ExpiresAt|DaysLeft))$/
          .test(key)
      ),
    ),
  };
}

/** A signal for an attempt that should end by itself. */
export function patient(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

/** A signal for an attempt that should end at its deadline. */
export function impatient(): AbortSignal {
  return AbortSignal.timeout(80);
}

/** What a deadline aborts a signal with. */
export function deadline(): DOMException {
  return new DOMException("The deadline has passed", "TimeoutError");
}

/** The outcome of one attempt as a fleet takes it: without secrets. */
export function attempted(
  probe: Probe,
  timeoutMs = 10_000,
): Promise<Outcome> {
  return new Promise((resolve) =>
    startAttempt(probe, timeoutMs, {
      onEnd: (result) => resolve(result!.outcome),
    })
  );
}
