import { assertEquals } from "@std/assert";
import { nextProblem } from "../../../src/core/notify/problem.ts";
import type { Sighting } from "../../../src/core/notify/sighting.ts";

const DOWN: Sighting = {
  check: "web",
  group: "edge",
  type: "tcp",
  target: "10.0.0.5:443",
  status: "unhealthy",
  since: 1000,
  reason: { code: "refused", message: "it refused" },
  incident: { id: "i", began: 1000 },
  muted: null,
  at: 1000,
};

const OPTIONS = {
  on: ["unhealthy"],
  isInScope: true,
  told: "unhealthy",
} as const;

Deno.test("a problem has the group and the type that it began with", () => {
  const { lasting } = nextProblem(null, DOWN, OPTIONS);
  const other = { group: "shop", type: "http", target: "https://x.example/" };
  const next = nextProblem(lasting, { ...DOWN, ...other, at: 2000 }, OPTIONS);
  const { group, type, target } = next.lasting!;
  assertEquals([group, type], ["edge", "tcp"]);
  assertEquals(target, "https://x.example/");
});
