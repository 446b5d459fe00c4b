import { fail } from "../core/outcome.ts";
import type { Outcome, ReasonCode } from "../core/types.ts";

/** Ends an attempt with an outcome that is known where it is thrown. */
export class Failure extends Error {
  /** The outcome of the attempt. */
  readonly outcome: Outcome;

  constructor(outcome: Outcome, options?: ErrorOptions) {
    super(outcome.reason?.message, options);
    this.outcome = outcome;
  }
}

/** Makes the failure of a target. */
export function failure(code: ReasonCode, message: string): Failure {
  return new Failure(fail({ code, message }));
}
