import type { Status } from "../types.ts";

/** What a notifier tells, and when. Times are milliseconds. */
export interface NotifierPolicy {
  /**
   * The statuses that it tells of.
   *
   * @default {["unhealthy"]}
   */
  readonly on: readonly Exclude<Status, "healthy">[];
  /** Whether it tells of agents of the cluster that are gone. */
  readonly agents: boolean;
  /**
   * How long it must have been so. What is over before is never told.
   *
   * @default {0}
   */
  readonly afterMs: number;
  /**
   * How often it tells again while it lasts; `null` for never.
   *
   * @default {null}
   */
  readonly remindMs: number | null;
  /**
   * Whether it tells when it is over, if its beginning was told.
   *
   * @default {true}
   */
  readonly resolved: boolean;
  /**
   * What happens within this time of the first becomes one message; 0 for each at
   * once. By default it is 30 s, and 0 if the notifier is for one check that
   * depends on no other.
   */
  readonly gatherMs: number | null;
  /**
   * The most messages in an hour. What is beyond waits, and is told in one.
   *
   * @default {20}
   */
  readonly limit: number;
  /** The ids of the checks that it is for; with the groups, by default all. */
  readonly checks: ReadonlySet<string> | null;
  /** The groups that it is for. */
  readonly groups: ReadonlySet<string> | null;
  /**
   * The checks that tell whether the agent's own network works: while all of them
   * fail, nothing is sent.
   */
  readonly self: readonly string[];
  /** The times in which it keeps quiet; what happens meanwhile is told at the end. */
  readonly quiet: Quiet | null;
}

/** Times in which nothing is told. */
export interface Quiet {
  /** When it ends, if it is quiet at an instant; `null` if it is not. */
  until(at: number): number | null;
}
