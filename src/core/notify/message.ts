import type { Reason, Status } from "../types.ts";
import type { Caption } from "./caption.ts";

/** What a message is about; one message has one event. */
export type MessageEvent =
  | "down"
  | "degraded"
  | "unknown"
  | "reminder"
  | "up"
  | "test";

/**
 * What a notifier tells of one check: from when its status is one that the notifier
 * tells of, until it is well or removed. Of a check that is unhealthy it is the
 * incident, and has its id. Times are milliseconds of the epoch.
 */
export interface ToldIncident extends Caption {
  /** The same from first to last. */
  readonly id: string;
  /** The status that is told. */
  readonly status: Status;
  /** What it said first. */
  readonly firstReason: Reason;
  /** What it said last. */
  readonly reason: Reason;
  /** When it began. */
  readonly began: number;
  /** When it ended; `null` while it lasts. */
  readonly ended: number | null;
  /** How it ended; `null` while it lasts. */
  readonly end: "recovered" | "removed" | null;
  /** The check that it is because of; `null` if that is not known. */
  readonly because: string | null;
  /**
   * What tells apart the messages that began incidents: the id of the first
   * incident of the message that told the beginning of this one. It is the key
   * where a service has keys of deduplication.
   */
  readonly key: string;
}

/** A message of a notifier, without its words. */
export interface Message {
  /** The same however often it is sent. */
  readonly id: string;
  /** What it is about. */
  readonly event: MessageEvent;
  /** When it was made. */
  readonly at: number;
  /**
   * What was gathered, oldest first; none in a test. In a message with `held` some
   * may have ended that were never told of, whatever the event is.
   */
  readonly incidents: readonly ToldIncident[];
  /**
   * The keys of earlier messages all of whose incidents are over now. When a message
   * is sent again there may be more of them.
   */
  readonly closed: readonly string[];
  /**
   * How many of the agent's checks have failed, if these are more than half: the
   * agent's own network may be the cause.
   */
  readonly storm?: { readonly down: number; readonly checks: number };
  /**
   * What was held back before it, since when, and why: how many incidents began,
   * these and those that are over.
   */
  readonly held?: {
    readonly since: number;
    readonly by: "limit" | "quiet";
    readonly count: number;
  };
  /** Until when more is held back, if the limit is reached with this message. */
  readonly limitedUntil?: number;
}
