import type { Status } from "../types.ts";
import type { Caption } from "./caption.ts";
import type { NotifierPolicy } from "./policy.ts";

/**
 * The type of an agent of a cluster, which notifiers see as a check. No kind of
 * checks can have a name with a blank.
 */
export const AGENT_TYPE = "cluster agent";

/** An agent of a cluster, in the words of people and of services. */
export function agentCaption(id: string, cluster: string): Caption {
  return {
    check: `agent:${id}`,
    name: `agent ${id}`,
    group: null,
    type: AGENT_TYPE,
    target: `cluster ${cluster}`,
  };
}

/** The statuses that a notifier tells of a check, or of an agent. */
export function statusesOf(
  { on, agents }: Pick<NotifierPolicy, "on" | "agents">,
  { type }: Pick<Caption, "type">,
): readonly Status[] {
  if (type !== AGENT_TYPE) return on;
  return agents ? ["unhealthy"] : [];
}
