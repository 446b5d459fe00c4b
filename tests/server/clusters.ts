/**
 * Made-up clusters, and fleets that several agents look at.
 *
 * @module
 */

import { fail, Fleet, pass, probe } from "../../mod.ts";
import type {
  ClusterLog,
  MemberStatus,
} from "../../src/core/cluster/status.ts";
import type { Looker } from "../../src/fleet/sharing.ts";

/** When all of it happened. */
export const AT: number = Date.UTC(2026, 10, 27, 12);

/** An agent that is well. */
export function member(
  id: string,
  changes: Partial<MemberStatus> = {},
): MemberStatus {
  return {
    id,
    region: null,
    labels: {},
    config: "c0ffee",
    state: "live",
    seenAt: AT,
    owned: 1,
    lagMs: 2,
    version: "1.2.3",
    ...changes,
  };
}

/** What `a` knows of a cluster of `a` and `b` that is well. */
export function clusterOf(
  { members, uncovered = [], regions = {}, ...changes }:
    & Partial<Omit<ClusterLog, "members" | "uncovered" | "regionsOf">>
    & {
      readonly members?: readonly MemberStatus[];
      readonly uncovered?: ReturnType<ClusterLog["uncovered"]>;
      readonly regions?: Readonly<
        Record<string, ReturnType<ClusterLog["regionsOf"]>>
      >;
    } = {},
): ClusterLog {
  const all = members ??
    [member("a", { region: "eu" }), member("b", { region: "us" })];
  return {
    name: "shop",
    self: "a",
    isConnected: true,
    standing: "member",
    connectedSince: AT,
    fault: null,
    untoldSince: null,
    teller: "b",
    owned: 1,
    takeovers: 0,
    members: () => all,
    uncovered: (limit) => uncovered.slice(0, limit),
    regionsOf: (check) => regions[check] ?? [],
    ...changes,
  };
}

/** A fleet of checks that passed, but for those named `down`, each looked at by an agent. */
export function sharedFleet(
  lookers: Readonly<Record<string, Looker>>,
): Fleet {
  const fleet = new Fleet({ background: false });
  fleet.share({ acts: () => true, attempt: async () => {}, receive() {} });
  for (const [id, looker] of Object.entries(lookers)) {
    fleet.add(probe(() => pass(), { type: "tcp", target: `${id}:80` }), {
      id,
      retries: 1,
    });
    fleet.release(id, looker);
    const outcome = id === "down"
      ? fail({ code: "refused", message: "Refused" })
      : pass();
    fleet.report(id, outcome, { at: new Date(AT), durationMs: 12 });
  }
  return fleet;
}
