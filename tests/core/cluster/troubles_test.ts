import { assertEquals } from "@std/assert";
import {
  type ClusterState,
  clusterTroubles,
  configNote,
  troubleText,
} from "../../../src/core/cluster/troubles.ts";

const WELL: ClusterState = {
  name: "shop",
  isConnected: true,
  standing: "member",
  connectedSince: 1000,
  fault: null,
  untoldSince: null,
  members: [{ id: "a", region: "eu", state: "live", seenAt: 2000 }],
  uncovered: [],
  uncoveredChecks: 0,
};

/** The troubles of a cluster that is not well, in words. */
function saying(changes: Partial<ClusterState>): string[] {
  return clusterTroubles({ ...WELL, ...changes }).map((
    { status, subject, says, namely, since },
  ) => `${status}: ${subject} ${troubleText(says, namely)}, ${since}`);
}

Deno.test("clusterTroubles() says nothing of a cluster that is well, or of agents that leave", () => {
  assertEquals(saying({}), []);
  assertEquals(
    saying({ members: [{ ...WELL.members[0]!, state: "leaving" }] }),
    [],
  );
});

Deno.test("clusterTroubles() says what of an agent is no member", () => {
  assertEquals(saying({ standing: "joining" }), []);
  assertEquals(saying({ standing: "alone" }), [
    "degraded: This agent cannot join cluster shop, and runs all checks, null",
  ]);
  assertEquals(saying({ standing: "alone", isConnected: false }), [
    "degraded: Cluster shop cannot be reached; this agent goes on with its checks, 1000",
  ]);
  const fault = "NATS cannot keep buckets on 3 servers: no";
  assertEquals(saying({ standing: "alone", fault }), [
    `degraded: This agent cannot join cluster shop, and runs all checks: ${fault}, null`,
  ]);
  assertEquals(saying({ fault }), [
    `degraded: Cluster shop is not as its config says: ${fault}, null`,
  ]);
  assertEquals(saying({ fault, isConnected: false }).length, 1);
  assertEquals(saying({ standing: "replaced" }), [
    "unhealthy: This agent runs no checks, as another one has its id, null",
  ]);
});

Deno.test("clusterTroubles() says that nobody sends messages", () => {
  assertEquals(saying({ untoldSince: 5000 }), [
    "unhealthy: No agent sends messages, 5000",
  ]);
  // What is wrong then is said otherwise.
  const [alone] = saying({ untoldSince: 5000, standing: "alone" });
  assertEquals(alone, saying({ standing: "alone" })[0]);
  assertEquals(
    saying({ untoldSince: 5000, isConnected: false }),
    saying({ isConnected: false }),
  );
});

Deno.test("clusterTroubles() has the worst first", () => {
  assertEquals(
    saying({
      isConnected: false,
      members: [{ ...WELL.members[0]!, state: "gone" }],
      uncovered: [{ check: "web", region: null }],
      uncoveredChecks: 1,
    }),
    [
      "unhealthy: 1 check is run by nobody: web, null",
      "unhealthy: Agent a in eu is gone, 2000",
      "degraded: Cluster shop cannot be reached; this agent goes on with its checks, 1000",
    ],
  );
});

Deno.test("clusterTroubles() names five of many agents and checks", () => {
  const ids = ["a", "b", "c", "d", "e", "f", "g"];
  assertEquals(
    saying({
      members: ids.map((id) => ({
        id,
        region: null,
        state: "gone",
        seenAt: 0,
      })),
      uncovered: ids.map((check) => ({ check, region: "eu" })),
      uncoveredChecks: 7,
    }),
    [
      "unhealthy: 7 checks are run by nobody: a from eu, b from eu, c from eu, d from eu, e from eu, 2 more, null",
      ...ids.slice(0, 5).map((id) => `unhealthy: Agent ${id} is gone, 0`),
      "unhealthy: 2 more agents are gone, null",
    ],
  );
});

Deno.test("configNote() counts the configs of agents that are there", () => {
  const a = { config: "1", state: "live" } as const;
  assertEquals(configNote([a, { config: "2", state: "gone" }]), undefined);
  assertEquals(
    configNote([a, { config: "2", state: "leaving" }]),
    "Agents have 2 different configs; each shares checks with those that have the same one",
  );
});
