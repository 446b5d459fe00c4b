import type { Status } from "../types.ts";
import type { Message, MessageEvent } from "./message.ts";
import type { Problem } from "./problem.ts";

/** A problem, what was told of it, and the messages about it that wait. */
export interface Case {
  problem: Problem;
  /**
   * What was told last, or is about to be: it is in a message that waits; `null` if
   * it was not told.
   */
  told: Told | null;
  /** The messages about it that wait, oldest first. */
  readonly mentions: Mention[];
  /** When it may be told again after a message about it was refused. */
  notBefore: number;
  /** Whether it is over untold, and was held back. */
  isHeld: boolean;
}

/** What was told of a problem. */
export interface Told {
  readonly status: Status;
  /** When it was told last. */
  readonly at: number;
  /** The key of the message that told its beginning. */
  readonly key: string;
}

/** What a message says of a problem. */
export interface Mention {
  readonly of: Case;
  readonly in: Pending;
  kind: MentionKind;
  /** The status that it tells. */
  readonly status: Status;
  /** The status that was told before; `null` if none was. */
  before: Status | null;
}

/**
 * Why a message tells of a problem; `held` if it began and ended while it was held
 * back.
 */
export type MentionKind = "begin" | "change" | "remind" | "end" | "held";

/** A message that waits to be sent. */
export interface Pending {
  readonly id: string;
  /** Messages have numbers in the order in which they were made. */
  readonly number: number;
  readonly event: MessageEvent;
  /** When it was made. */
  readonly at: number;
  /** What it tells, by the ids of the problems. */
  readonly mentions: Map<string, Mention>;
  storm: Message["storm"];
  held: Message["held"];
  limitedUntil: number | undefined;
  /** How many attempts failed. */
  failures: number;
  /** When it is due to be sent. */
  nextAt: number;
  /** When the last attempt began. */
  triedAt: number;
  /** Whether an attempt that has ended may have arrived. */
  mayHaveArrived: boolean;
  /** When it last may have arrived. */
  countedAt: number;
  /** Whether an attempt is in flight. */
  isInFlight: boolean;
  /** Whether the receiver does not take it. */
  isRefused: boolean;
  /** The messages that are to be sent before. */
  readonly after: Set<Pending>;
}

/** Puts a mention in its message, which is sent after earlier ones of the problem. */
export function attach(mention: Mention): void {
  const { of, in: message } = mention;
  for (const earlier of of.mentions) message.after.add(earlier.in);
  of.mentions.push(mention);
  message.mentions.set(of.problem.id, mention);
}

/** Whether a message can still be changed: nobody can have got it. */
export function isOpen(message: Pending): boolean {
  return !message.isInFlight && !message.mayHaveArrived;
}
