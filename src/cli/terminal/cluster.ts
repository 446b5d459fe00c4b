import type { ClusterLog } from "../../core/cluster/status.ts";
import { clusterState, clusterTroubles } from "../../core/cluster/troubles.ts";
import { lastingText } from "../../core/people/lasting.ts";
import type { Style } from "./style.ts";

/** What is said of the agents that share the checks. */
export interface ClusterWords {
  readonly text: string;
  readonly style: Style;
}

/** The agents that share the checks, in one line, of which the end may be cut. */
export function clusterWords(cluster: ClusterLog, now: number): ClusterWords {
  const { name, self, owned, teller, isConnected, connectedSince } = cluster;
  const state = clusterState(cluster);
  const live = state.members.filter(({ state }) => state === "live").length;
  const [worst] = clusterTroubles(state);
  // The connection is said in any case.
  const others = clusterTroubles({ ...state, isConnected: true });
  const text = [
    `cluster ${name}: ${live === 1 ? "1 agent" : `${live} agents`}`,
    isConnected
      ? "connected"
      : `not connected for ${lastingText(now - connectedSince)}`,
    ...others.map(({ subject, says }) => `${subject} ${says}`),
    teller === null
      ? "nobody sends messages"
      : `${teller === self ? "this one" : teller} sends messages`,
    `${owned} ${owned === 1 ? "check" : "checks"} run here`,
  ].join(", ");
  return { text, style: worst?.status ?? "dim" };
}
