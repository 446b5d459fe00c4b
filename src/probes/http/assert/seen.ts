import type { Reason } from "../../../core/types.ts";
import type { Body } from "../body.ts";
import type { AnswerHeaders } from "../transport.ts";

/** What an assertion may ask of an answer. */
export interface Seen {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Body;
  /** How long the attempt took, in milliseconds. */
  readonly durationMs: number;
}

/** An expression that has to be true of an answer. */
export interface Assertion {
  /** The variables that it uses. */
  readonly names: readonly string[];
  /** The reason why it is not true; nothing if it is. */
  reasonAgainst(seen: Seen): Reason | undefined;
}
