import type { ClusterState } from "../../core/cluster/troubles.ts";
import type { Status } from "../../core/types.ts";

/** What is said of a cluster first. */
export function headlineOf(
  { isConnected, members, uncoveredChecks, fault, untoldSince }: ClusterState,
): { readonly headline: string; readonly status: Status } {
  const all = members.length;
  const gone = members.filter(({ state }) => state === "gone").length;
  if (uncoveredChecks > 0) {
    return {
      headline: uncoveredChecks === 1
        ? "1 check is run by nobody"
        : `${uncoveredChecks} checks are run by nobody`,
      status: "unhealthy",
    };
  }
  if (gone > 0) {
    return {
      headline: `${gone} of ${all} agents ${gone === 1 ? "is" : "are"} gone`,
      status: "unhealthy",
    };
  }
  if (!isConnected) {
    return { headline: "The cluster cannot be reached", status: "degraded" };
  }
  if (untoldSince !== null) {
    return { headline: "No agent sends messages", status: "unhealthy" };
  }
  return {
    headline: all === 1
      ? "One agent runs the checks"
      : `${all} agents share the checks`,
    status: fault === null ? "healthy" : "degraded",
  };
}
