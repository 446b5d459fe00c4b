import type {
  ClusterLog,
  MemberStatus,
  Uncovered,
} from "../../core/cluster/status.ts";
import { clusterState } from "../../core/cluster/troubles.ts";

/** The most checks that are listed as run by nobody. */
const MAX_UNCOVERED = 1000;

/** An agent of a cluster, as JSON has it. */
export interface MemberJson extends Omit<MemberStatus, "seenAt"> {
  readonly seenAt: string;
}

/** What an agent knows of its cluster, as JSON has it. */
export interface ClusterJson extends
  Pick<
    ClusterLog,
    "name" | "self" | "standing" | "fault" | "teller" | "owned" | "takeovers"
  > {
  /** Whether this agent reaches the cluster's server. */
  readonly connected: boolean;
  /** Since when that is so. */
  readonly connectedSince: string;
  /** Since when no agent has sent messages; `null` if one does. */
  readonly untoldSince: string | null;
  readonly members: readonly MemberJson[];
  /** The checks that nobody may run, or the first of them. */
  readonly uncovered: readonly Uncovered[];
  /** How many checks these are. */
  readonly uncoveredChecks: number;
}

/** Writes times as dates. */
export function toClusterJson(cluster: ClusterLog): ClusterJson {
  const { uncovered, uncoveredChecks, untoldSince } = clusterState(cluster);
  return {
    name: cluster.name,
    self: cluster.self,
    standing: cluster.standing,
    connected: cluster.isConnected,
    connectedSince: new Date(cluster.connectedSince).toISOString(),
    fault: cluster.fault,
    teller: cluster.teller,
    untoldSince: untoldSince === null
      ? null
      : new Date(untoldSince).toISOString(),
    owned: cluster.owned,
    takeovers: cluster.takeovers,
    members: cluster.members().map((
      {
        id,
        region,
        labels,
        state,
        seenAt,
        owned,
        lagMs,
        config,
        version,
      },
    ) => ({
      id,
      region,
      labels,
      state,
      seenAt: new Date(seenAt).toISOString(),
      owned,
      lagMs,
      config,
      version,
    })),
    uncovered: uncovered.slice(0, MAX_UNCOVERED),
    uncoveredChecks,
  };
}
