import type { Detail } from "../../core/types.ts";
import type { Lifetime } from "../connection/expiry.ts";
import type { Answer, Query } from "./message.ts";

/** What a server answered. */
export interface Answered {
  readonly answer: Answer;
  /** How long the certificates on the way to it are valid. */
  readonly lifetime?: Lifetime | undefined;
}

/** A way to ask a name server. */
export interface Asker {
  /**
   * Asks, and gives up when the signal aborts. Rejects with a `Failure` that
   * blames who is to blame.
   */
  ask(query: Query, signal: AbortSignal): Promise<Answered>;
  /** Gets ready for a query; returns nothing if all is ready. */
  prepare(signal: AbortSignal): Promise<void> | undefined;
}

/** The detail of an attempt that got no answer. */
export const UNANSWERED: Detail = Object.freeze({ rcode: "none" });
