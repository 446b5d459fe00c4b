import type { ClusterLog } from "../../core/cluster/status.ts";
import { clusterState } from "../../core/cluster/troubles.ts";
import type { Snapshot } from "../../core/types.ts";
import { escaped, family, single } from "./families.ts";

const STATES = ["live", "leaving", "gone"] as const;

/** The families about the agents that share the checks. */
export function clusterFamilies(
  cluster: ClusterLog,
  snapshots: readonly Snapshot[],
): string {
  const { members, isConnected, uncoveredChecks } = clusterState(cluster);
  return single("lifesign_cluster_connected", Number(isConnected)) +
    family(
      "lifesign_cluster_members",
      STATES.map((state) =>
        `lifesign_cluster_members{state="${state}"} ${
          members.filter((member) => member.state === state).length
        }\n`
      ),
    ) +
    single("lifesign_cluster_owned_checks", cluster.owned) +
    single("lifesign_cluster_uncovered_checks", uncoveredChecks) +
    single("lifesign_cluster_takeovers_total", cluster.takeovers) +
    single(
      "lifesign_cluster_teller",
      Number(cluster.teller === cluster.self),
    ) +
    lookFamilies(cluster, snapshots);
}

/** The families about who looks at the checks, and from where. */
function lookFamilies(
  cluster: ClusterLog,
  snapshots: readonly Snapshot[],
): string {
  const looks = snapshots.flatMap(({ id }) =>
    cluster.regionsOf(id).map((look) => ({
      ...look,
      labels: `check="${escaped(id)}",region="${escaped(look.region)}"`,
    }))
  );
  return family(
    "lifesign_check_agent_info",
    snapshots.flatMap((snapshot) =>
      lookersOf(cluster, snapshot).map(({ agent, region = "" }) =>
        `lifesign_check_agent_info{check="${escaped(snapshot.id)}",agent="${
          escaped(agent)
        }",region="${escaped(region)}"} 1\n`
      )
    ),
  ) +
    family(
      "lifesign_check_region_up",
      looks.map(({ labels, status }) =>
        status === "unknown"
          ? ""
          : `lifesign_check_region_up{${labels}} ${
            status === "unhealthy" ? 0 : 1
          }\n`
      ),
    ) +
    family(
      "lifesign_check_region_duration_seconds",
      looks.map(({ labels, durationMs }) =>
        durationMs === null
          ? ""
          : `lifesign_check_region_duration_seconds{${labels}} ${
            durationMs / 1000
          }\n`
      ),
    );
}

/** Who looks at a check: an agent in each of its regions, if it has any. */
function lookersOf(
  cluster: ClusterLog,
  { id, agent, region }: Snapshot,
): readonly { readonly agent: string; readonly region?: string | undefined }[] {
  const looks = cluster.regionsOf(id);
  if (looks.length === 0) return agent === undefined ? [] : [{ agent, region }];
  return looks.flatMap(({ agent, region }) =>
    agent === null ? [] : [{ agent, region }]
  );
}
