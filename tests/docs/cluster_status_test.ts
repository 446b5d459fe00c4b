import { assertEquals } from "@std/assert";
import { clusterLines } from "../../src/cli/cluster_table.ts";
import { toClusterJson } from "../../src/server/cluster/json.ts";
import { AT, clusterOf, member } from "../server/clusters.ts";
import { blocksOf } from "../support/docs.ts";

Deno.test("lifesign cluster status prints what docs/commands.md shows", async () => {
  const agent = { config: "6396cfc8b296b1d0", version: "0.2.0", lagMs: 2 };
  const cluster = clusterOf({
    self: "shop-0",
    teller: "shop-1",
    standing: "member",
    connectedSince: AT - 31_000,
    members: [
      member("shop-0", { ...agent, region: "eu", owned: 6 }),
      member("shop-1", {
        ...agent,
        region: "us",
        owned: 8,
        seenAt: AT - 2000,
      }),
      member("shop-2", {
        ...agent,
        region: "ap",
        state: "gone",
        seenAt: AT - 21_000,
        lagMs: 1,
      }),
    ],
    uncovered: [{ check: "web", region: "ap" }],
  });
  const lines = await clusterLines(toClusterJson(cluster), AT);
  const shown = (await blocksOf("commands")).find(({ what }) =>
    what === "agents"
  );
  assertEquals(lines.join("\n"), shown?.text.trimEnd());
});

Deno.test("lifesign cluster status prints what docs/cluster.md shows", async () => {
  const shop = { config: "ddba48dceab2", version: "0.2.0", lagMs: 1 };
  const world = { config: "4ff4e451fd71", version: "0.2.0", lagMs: 1 };
  const clusters = [
    clusterOf({
      self: "shop-1",
      teller: "shop-1",
      connectedSince: AT - 14_000,
      members: [
        member("shop-1", { ...shop, owned: 3 }),
        member("shop-2", {
          ...shop,
          owned: 0,
          seenAt: AT - 1000,
          lagMs: null,
        }),
        member("shop-3", { ...shop, owned: 3, seenAt: AT - 1000 }),
      ],
    }),
    clusterOf({
      self: "shop-3",
      teller: "shop-3",
      connectedSince: AT - 180_000,
      members: [
        member("shop-2", {
          ...shop,
          owned: 6,
          seenAt: AT - 1000,
          lagMs: 2,
          config: "732828c0a9cb",
        }),
        member("shop-3", { ...shop, owned: 6, lagMs: 2 }),
      ],
    }),
    clusterOf({
      name: "world",
      self: "eu-1",
      teller: "eu-1",
      connectedSince: AT - 60_000,
      members: [
        member("ap-1", {
          ...world,
          region: "ap",
          state: "gone",
          seenAt: AT - 40_000,
        }),
        member("eu-1", { ...world, region: "eu", owned: 3, lagMs: 3 }),
        member("us-1", { ...world, region: "us", owned: 5 }),
      ],
      uncovered: [
        { check: "shop", region: "ap" },
        { check: "far", region: "sa" },
        { check: "lost", region: null },
      ],
    }),
  ];
  const lines = await Promise.all(
    clusters.map((cluster) => clusterLines(toClusterJson(cluster), AT)),
  );
  const shown = (await blocksOf("cluster")).filter(({ what }) =>
    what === "agents"
  );
  assertEquals(
    lines.map((each) => each.join("\n")),
    shown.map(({ text }) => text.trimEnd()),
  );
});
