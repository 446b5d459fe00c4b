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
