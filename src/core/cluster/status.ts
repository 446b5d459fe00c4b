/** What is known of the agents of a cluster, for those who show it. */

import type { From } from "./vantage.ts";
import type { RegionState } from "./regions.ts";

/** An agent of a cluster, as another one sees it. */
export interface MemberStatus {
  /** Its id, unique in the cluster. */
  readonly id: string;
  /** Its region, `null` if it has none. */
  readonly region: string | null;
  /** Its other labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** The hash of its config: it shares with those that have the same one. */
  readonly config: string;
  /**
   * - `live`: it renews its membership.
   * - `leaving`: it ends, and others take over.
   * - `gone`: it did not leave, but was not heard of for too long.
   */
  readonly state: "live" | "leaving" | "gone";
  /** When it was last heard of, in milliseconds of the epoch. */
  readonly seenAt: number;
  /** How many checks it owns; `null` if that is not known. */
  readonly owned: number | null;
  /**
   * How long after they were due its attempts began of late, in milliseconds;
   * `null` if that is not known.
   */
  readonly lagMs: number | null;
  /** The version of lifesign that it runs; `null` if that is not known. */
  readonly version: string | null;
}

/** A check as it was last seen from one region. */
export interface RegionLook extends RegionState {
  /** The id of the agent that looks there; `null` if none does. */
  readonly agent: string | null;
  /** When it last looked, in milliseconds of the epoch. */
  readonly checkedAt: number | null;
  /** How long the attempt took, in milliseconds, if it is known. */
  readonly durationMs: number | null;
}

/** Where a check has to be run, and nobody may run it. */
export interface Uncovered {
  /** The id of the check. */
  readonly check: string;
  /** The region; `null` is anywhere. */
  readonly region: string | null;
}

/**
 * How an agent takes part in its cluster.
 *
 * - `member`: it runs its share of the checks.
 * - `joining`: it is about to become a member, and runs nothing yet.
 * - `alone`: it cannot become a member, and runs all checks.
 * - `replaced`: another agent has its id. It runs nothing until that one is gone.
 */
export type Standing = "member" | "joining" | "alone" | "replaced";

/** What an agent knows of its cluster. */
export interface ClusterLog {
  /** The name of the cluster. */
  readonly name: string;
  /** The id of this agent. */
  readonly self: string;
  /** How this agent takes part in it. */
  readonly standing: Standing;
  /** Whether the cluster's server can be reached, and does what it is asked. */
  readonly isConnected: boolean;
  /** Since when that is so, in milliseconds of the epoch. */
  readonly connectedSince: number;
  /** What is wrong with what that server keeps; `null` if nothing is known to be. */
  readonly fault: string | null;
  /** All agents, this one included, in the order of their ids. */
  members(): readonly MemberStatus[];
  /** The id of the agent that sends messages; `null` if none does. */
  readonly teller: string | null;
  /**
   * Since when no agent has sent messages, in milliseconds of the epoch; `null` if
   * one does, or if that is only so for the moment that it takes to find another.
   */
  readonly untoldSince: number | null;
  /** How many checks this agent runs now. */
  readonly owned: number;
  /** How many checks it has taken over from other agents since it started. */
  readonly takeovers: number;
  /** The checks that nobody may run, at most so many; `Infinity` for all. */
  uncovered(limit: number): readonly Uncovered[];
  /** A check as it is seen from each of its regions; none if it names no regions. */
  regionsOf(check: string): readonly RegionLook[];
}

/** Whether this agent is the one that tells people. */
export interface Telling {
  /** Whether a message may be sent now. To be asked before each one. */
  tells(): boolean;
  /** Calls back whenever that changes, until the signal aborts. */
  onChange(callback: () => void, signal: AbortSignal): void;
}

/** The checks of a config, as far as agents share them. */
export interface CheckPlan {
  /** A text that is the same for configs whose checks are the same. */
  readonly hash: string;
  /** The checks, in their order. */
  readonly checks: readonly {
    readonly id: string;
    /** Where it is run, if that is not anywhere. */
    readonly from?: From;
    /** In how many regions it has to fail to be down; more than half by default. */
    readonly need?: number;
  }[];
}
