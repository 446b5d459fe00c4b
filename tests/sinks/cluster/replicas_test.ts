/** On how many servers of NATS the buckets are, and what becomes of agents then. */

import { assert, assertEquals } from "@std/assert";
import {
  clusterState,
  clusterTroubles,
} from "../../../src/core/cluster/troubles.ts";
import type { Connection } from "../../../src/sinks/cluster/nats/connection.ts";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { NatsCluster } from "../../support/nats_cluster.ts";
import { testWith } from "../../support/needs.ts";
import { Counted, type Started, started } from "./agents.ts";
import { linked } from "./nats/connected.ts";

const BUCKETS = [
  "members",
  "tellers",
  "agents",
  "records",
  "kept",
  "maintenance",
];

/** On how many servers each bucket is to be, and which of them has it first. */
async function placesOf(
  { client }: Connection,
): Promise<{ replicas: unknown[]; leader: string | undefined }> {
  const infos = await Promise.all(BUCKETS.map(async (name) => {
    // Nobody answers for a bucket whose servers have not agreed yet who has it first.
    const answer = await client!.request(
      `$JS.API.STREAM.INFO.KV_lifesign-shop-${name}`,
    ).catch(() => null);
    if (answer === null) return {};
    return answer.json<
      {
        config?: { num_replicas: number };
        cluster?: { leader?: string; replicas?: unknown[] };
      }
    >();
  }));
  return {
    replicas: infos.map(({ config, cluster }) =>
      config && [config.num_replicas, (cluster?.replicas ?? []).length + 1]
    ),
    leader: infos[0]?.cluster?.leader,
  };
}

/** Whether all buckets are to be on so many servers, and are. */
async function areOn(
  connection: Connection,
  servers: number,
): Promise<boolean> {
  const { replicas } = await placesOf(connection);
  return replicas.every((it) => `${it}` === `${servers},${servers}`);
}

/** What `lifesign cluster status` and the page say is wrong. */
function troubles({ agent }: Started): string[] {
  return clusterTroubles(clusterState(agent.cluster!)).map((
    { subject, says, namely },
  ) => `${subject} ${says}: ${namely}`);
}

testWith(NATS, {
  name:
    "buckets are on three servers, and agents go on when one of them is gone",
  async fn() {
    await using nats = await NatsCluster.start();
    await using target = new Counted();
    const checks = Object.fromEntries(
      ["x", "y", "z"].map((id) => [id, target.check(id)]),
    );
    const options = { replicas: 3, servers: nats.urls };
    const [first] = nats.servers;
    await using a = await started(first!, "a", checks, options);
    await using b = await started(first!, "b", checks, options);
    const areMembers = (state: string) =>
      [a, b].every(({ agent }) =>
        agent.cluster!.standing === "member" && agent.cluster!.isConnected &&
        agent.cluster!.members().length === 2 &&
        agent.cluster!.members().every((it) => it.state === state)
      );
    await until("both to be members", () => areMembers("live"));
    let leader: string | undefined;
    {
      await using look = await linked(first!);
      await until("three of each bucket", async () => {
        ({ leader } = await placesOf(look.connection));
        return leader !== undefined && await areOn(look.connection, 3);
      });
    }
    assertEquals([troubles(a), troubles(b)], [[], []]);
    // The one that all writes to a bucket go by.
    await nats.servers[Number(leader!.slice(1))]!.kill();
    const before = ["x", "y", "z"].map((id) => target.count(id));
    await until(
      "attempts of all checks",
      () => ["x", "y", "z"].every((id, i) => target.count(id) > before[i]! + 4),
    );
    await until("both to be members", () => areMembers("live"));
    {
      // Who comes now has its share as well, so what they share can be written.
      await using c = await started(first!, "c", checks, options);
      await until(
        "its membership",
        () =>
          c.agent.cluster!.standing === "member" &&
          a.agent.cluster!.members().length === 3,
      );
    }
    assertEquals([a.errors, b.errors], [[], []]);
  },
});

testWith(NATS, {
  name: "agents go on when most servers are gone, and say so",
  async fn() {
    await using nats = await NatsCluster.start();
    await using target = new Counted();
    const [first] = nats.servers;
    await using a = await started(first!, "a", { x: target.check("x") }, {
      replicas: 3,
      servers: [first!.url],
    });
    const cluster = a.agent.cluster!;
    await until(
      "its membership",
      () => cluster.standing === "member" && cluster.isConnected,
    );
    {
      await using look = await linked(first!);
      await until("three of each bucket", () => areOn(look.connection, 3));
    }
    assertEquals(troubles(a), []);
    const killedAt = Date.now();
    for (const server of nats.servers.slice(1)) await server.kill();
    await until("trouble", () => !cluster.isConnected);
    const [trouble] = clusterTroubles(clusterState(cluster));
    assertEquals(
      [trouble!.subject, trouble!.says],
      ["Cluster shop", "cannot be reached; this agent goes on with its checks"],
    );
    // Since it was last heard, not since the connection was made.
    assert(trouble!.since! > killedAt - 10_000);
    const before = target.count("x");
    await until("attempts", () => target.count("x") > before + 4);
  },
});

testWith(NATS, {
  name:
    "buckets that are on one server are put on three, and never on fewer again",
  async fn() {
    await using nats = await NatsCluster.start();
    await using target = new Counted();
    const checks = { x: target.check("x") };
    const [first] = nats.servers;
    const servers = nats.urls;
    await using look = await linked(first!);
    {
      await using a = await started(first!, "a", checks, { servers });
      await until("one of each bucket", () => areOn(look.connection, 1));
      await until("it", () => a.agent.cluster!.standing === "member");
      await using b = await started(first!, "b", checks, {
        servers,
        replicas: 3,
      });
      await until("three of each bucket", () => areOn(look.connection, 3));
      await until(
        "both to be members",
        () =>
          [a, b].every(({ agent }) =>
            agent.cluster!.standing === "member" &&
            agent.cluster!.members().length === 2
          ),
      );
      assertEquals([troubles(b), b.errors, a.errors], [[], [], []]);
    }
    await using c = await started(first!, "c", checks, { servers });
    await until("it", () => c.agent.cluster!.standing === "member");
    assert(await areOn(look.connection, 3));
  },
});

testWith(NATS, {
  name:
    "an agent whose NATS cannot keep buckets on three servers goes on alone, and says why",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const checks = { x: target.check("x") };
    await using a = await started(server, "a", checks, { replicas: 3 });
    const why =
      "NATS cannot keep buckets on 3 servers: replicas > 1 not supported in non-clustered mode";
    await until("attempts", () => target.count("x") > 2);
    assertEquals(
      a.messages.filter((it) => it.includes("replicas")),
      [`cluster: ${why}`],
    );
    assertEquals(troubles(a), [
      `This agent cannot join cluster shop, and runs all checks: ${why}`,
    ]);
    assertEquals(a.errors, []);
  },
});

testWith(NATS, {
  name:
    "buckets of a server that is alone are used as they are, and still there when it starts again",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const checks = { x: target.check("x") };
    {
      await using _a = await started(server, "a", checks);
      await using look = await linked(server);
      await until("one of each bucket", () => areOn(look.connection, 1));
    }
    await using b = await started(server, "b", checks, { replicas: 3 });
    await until("it", () => b.agent.cluster!.standing === "member");
    const why =
      "the buckets are on 1 of 3 servers: the server of NATS is not one of a cluster";
    assertEquals(troubles(b), [
      `Cluster shop is not as its config says: ${why}`,
    ]);
    assertEquals(
      b.messages.filter((it) => it.includes("buckets")),
      [`cluster: ${why}`],
    );
    await server.kill();
    await server.run();
    await using look = await linked(server);
    assert(await areOn(look.connection, 1));
  },
});
