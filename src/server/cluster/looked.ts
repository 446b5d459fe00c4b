import type { ClusterLog } from "../../core/cluster/status.ts";
import { listed } from "../../core/text.ts";
import type { Snapshot } from "../../core/types.ts";

/** From where a check is looked at, in words; empty if there is one agent only. */
export function lookedFrom(
  { id, agent, region }: Pick<Snapshot, "id" | "agent" | "region">,
  cluster: ClusterLog | undefined,
): string {
  const regions = cluster?.regionsOf(id) ?? [];
  if (regions.length > 0) {
    return `from ${listed(regions.map(({ region }) => region), "and")}`;
  }
  if (agent === undefined) return "";
  return region === undefined ? `by ${agent}` : `by ${agent} in ${region}`;
}
