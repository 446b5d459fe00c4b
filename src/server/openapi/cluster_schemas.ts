import type { Uncovered } from "../../core/cluster/status.ts";
import type { ClusterJson, MemberJson } from "../cluster/json.ts";
import {
  COUNT,
  described,
  object,
  orNull,
  type Part,
  refTo,
  TEXT,
  TIME,
} from "./parts.ts";

/** The schemas of what is known of a cluster. */
export const CLUSTER_SCHEMAS: Readonly<Record<string, Part>> = {
  Cluster: object<ClusterJson>({
    name: described(TEXT, "The name of the cluster"),
    self: described(TEXT, "The id of this agent"),
    standing: described(
      { enum: ["member", "joining", "alone", "replaced"] },
      "How this agent takes part: alone runs all checks, replaced none",
    ),
    connected: described(
      { type: "boolean" },
      "Whether this agent reaches the cluster's server",
    ),
    connectedSince: described(TIME, "Since when that is so"),
    fault: described(
      orNull(TEXT),
      "What is wrong with what that server keeps; null if nothing is known to be",
    ),
    teller: described(
      orNull(TEXT),
      "The id of the agent that sends messages; null if none does",
    ),
    untoldSince: described(
      orNull(TIME),
      "Since when no agent has sent messages; null if one does",
    ),
    owned: described(COUNT, "How many checks this agent runs"),
    takeovers: described(
      COUNT,
      "How many checks it has taken over since it started",
    ),
    members: described(
      { type: "array", items: refTo("ClusterMember") },
      "All agents, this one included, in the order of their ids",
    ),
    uncovered: described(
      { type: "array", items: refTo("UncoveredCheck"), maxItems: 1000 },
      "The checks that no agent may run, or the first of them",
    ),
    uncoveredChecks: described(COUNT, "How many checks that are"),
  }),
  ClusterMember: object<MemberJson>({
    id: TEXT,
    region: described(orNull(TEXT), "Its region, if it has one"),
    labels: described(
      { type: "object", additionalProperties: TEXT },
      "Its other labels",
    ),
    state: described(
      { enum: ["live", "leaving", "gone"] },
      "Leaving: it ends, and others take over. Gone: it was not heard of for too long",
    ),
    seenAt: described(TIME, "When it was last heard of"),
    owned: described(orNull(COUNT), "How many checks it runs, if known"),
    lagMs: described(
      orNull({ type: "number", minimum: 0 }),
      "How long after they were due its attempts began of late, if known",
    ),
    config: described(
      TEXT,
      "The hash of its config: it shares with those that have the same one",
    ),
    version: described(orNull(TEXT), "The version of lifesign, if known"),
  }),
  UncoveredCheck: object<Uncovered>({
    check: described(TEXT, "The id of the check"),
    region: described(orNull(TEXT), "The region; null for anywhere"),
  }),
};
