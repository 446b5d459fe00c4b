/** What of a cluster somebody should look at, in words. */

import type { Status } from "../types.ts";
import type { ClusterLog, MemberStatus, Uncovered } from "./status.ts";

/** What the troubles of a cluster are found in. Times are milliseconds of the epoch. */
export interface ClusterState extends
  Pick<
    ClusterLog,
    | "name"
    | "standing"
    | "isConnected"
    | "connectedSince"
    | "fault"
    | "untoldSince"
  > {
  readonly members: readonly Pick<
    MemberStatus,
    "id" | "region" | "state" | "seenAt"
  >[];
  /** The checks that nobody may run, or some of them. */
  readonly uncovered: readonly Uncovered[];
  /** How many checks these are. */
  readonly uncoveredChecks: number;
}

/** Something of a cluster that somebody should look at. */
export interface ClusterTrouble {
  /** How bad it is. */
  readonly status: Status;
  /** What it is about, such as an agent. */
  readonly subject: string;
  /** What is the matter with it: the rest of the sentence. */
  readonly says: string;
  /** What it concerns in particular, such as the first of many checks. */
  readonly namely?: string;
  /** Since when, in milliseconds of the epoch, if that is known. */
  readonly since: number | null;
}

/** The most agents and checks that are named. */
const MAX_NAMED = 5;

/** How a cluster is, as far as its troubles depend on it. */
export function clusterState(cluster: ClusterLog): ClusterState {
  const uncovered = cluster.uncovered(Infinity);
  return {
    name: cluster.name,
    standing: cluster.standing,
    isConnected: cluster.isConnected,
    connectedSince: cluster.connectedSince,
    fault: cluster.fault,
    untoldSince: cluster.untoldSince,
    members: cluster.members(),
    uncovered,
    uncoveredChecks: new Set(uncovered.map(({ check }) => check)).size,
  };
}

/** What somebody should look at, the worst first; nothing if all is well. */
export function clusterTroubles(
  state: ClusterState,
): ClusterTrouble[] {
  const { name, standing, isConnected, connectedSince, members } = state;
  const { uncovered, uncoveredChecks, fault, untoldSince } = state;
  const gone = members.filter(({ state }) => state === "gone");
  const troubles: ClusterTrouble[] = [];
  if (uncoveredChecks > 0) {
    troubles.push({
      status: "unhealthy",
      subject: uncoveredChecks === 1 ? "1 check" : `${uncoveredChecks} checks`,
      says: `${uncoveredChecks === 1 ? "is" : "are"} run by nobody`,
      namely: namesOf(uncovered),
      since: null,
    });
  }
  for (const { id, region, seenAt } of gone.slice(0, MAX_NAMED)) {
    troubles.push({
      status: "unhealthy",
      subject: `Agent ${id}`,
      says: `${region === null ? "" : `in ${region} `}is gone`,
      since: seenAt,
    });
  }
  if (gone.length > MAX_NAMED) {
    troubles.push({
      status: "unhealthy",
      subject: `${gone.length - MAX_NAMED} more agents`,
      says: "are gone",
      since: null,
    });
  }
  if (standing === "replaced") {
    troubles.push({
      status: "unhealthy",
      subject: "This agent",
      says: "runs no checks, as another one has its id",
      since: null,
    });
  }
  if (standing === "member" && isConnected && untoldSince !== null) {
    troubles.push({
      status: "unhealthy",
      subject: "No agent",
      says: "sends messages",
      since: untoldSince,
    });
  }
  if (standing === "alone" && isConnected) {
    troubles.push({
      status: "degraded",
      subject: "This agent",
      says: `cannot join cluster ${name}, and runs all checks`,
      ...(fault !== null && { namely: fault }),
      since: null,
    });
  } else if (fault !== null && isConnected) {
    troubles.push({
      status: "degraded",
      subject: `Cluster ${name}`,
      says: "is not as its config says",
      namely: fault,
      since: null,
    });
  }
  if (!isConnected) {
    troubles.push({
      status: "degraded",
      subject: `Cluster ${name}`,
      says: "cannot be reached; this agent goes on with its checks",
      since: connectedSince,
    });
  }
  return troubles;
}

/** The whole of what is the matter. */
export function troubleText(says: string, namely: string | undefined): string {
  return namely === undefined ? says : `${says}: ${namely}`;
}

function namesOf(uncovered: readonly Uncovered[]): string {
  const names = uncovered.slice(0, MAX_NAMED).map(({ check, region }) =>
    region === null ? check : `${check} from ${region}`
  );
  const more = uncovered.length - names.length;
  return [...names, ...more > 0 ? [`${more} more`] : []].join(", ");
}

/** How many checks an agent runs, if that is known: one that is gone runs none. */
export function runs(
  { state, owned }: Pick<MemberStatus, "state" | "owned">,
): number | null {
  return state === "gone" ? null : owned;
}

/** What is said of the configs of agents, if there are several. */
export function configNote(
  members: readonly Pick<MemberStatus, "config" | "state">[],
): string | undefined {
  const configs = new Set(
    members.filter(({ state }) => state !== "gone").map(({ config }) => config),
  );
  return configs.size < 2
    ? undefined
    : `Agents have ${configs.size} different configs; each shares checks with those that have the same one`;
}
