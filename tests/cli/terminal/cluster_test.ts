import { assertEquals } from "@std/assert";
import { clusterWords } from "../../../src/cli/terminal/cluster.ts";
import { styled } from "../../../src/cli/terminal/style.ts";
import { AT, clusterOf, member } from "../../server/clusters.ts";
import { snapshot } from "./snapshots.ts";
import { draw, drawn } from "./tables.ts";

const NOW = AT + 130_000;

Deno.test("clusterWords() says who is there, the connection, and who sends messages", () => {
  assertEquals(clusterWords(clusterOf(), NOW), {
    text:
      "cluster shop: 2 agents, connected, b sends messages, 1 check run here",
    style: "dim",
  });
  assertEquals(
    clusterWords(
      clusterOf({ members: [member("a")], teller: "a", owned: 300 }),
      NOW,
    ).text,
    "cluster shop: 1 agent, connected, this one sends messages, 300 checks run here",
  );
});

Deno.test("clusterWords() says what is wrong first, in its colour", () => {
  const lost = clusterOf({ isConnected: false, teller: null });
  assertEquals(clusterWords(lost, NOW), {
    text:
      "cluster shop: 2 agents, not connected for 2 min, nobody sends messages, 1 check run here",
    style: "degraded",
  });
  const uncovered = clusterOf({
    uncovered: [{ check: "web", region: null }, { check: "db", region: "us" }],
  });
  // Which ones is on the page.
  assertEquals(
    clusterWords(uncovered, NOW).text,
    "cluster shop: 2 agents, connected, 2 checks are run by nobody, b sends messages, 1 check run here",
  );
  const gone = clusterOf({
    members: [member("a"), member("b", { region: "us", state: "gone" })],
  });
  assertEquals(clusterWords(gone, NOW), {
    text:
      "cluster shop: 1 agent, connected, Agent b in us is gone, b sends messages, 1 check run here",
    style: "unhealthy",
  });
});

Deno.test("table() has a line about the cluster above the last message, if there is room", () => {
  const checks = [snapshot({ id: "web" })];
  const cluster = {
    text: "cluster a\x1b[2Jb: 2 agents",
    style: "dim",
  } as const;
  const options = { cluster, note: "reloaded", rows: 12, columns: 60 };
  const lines = drawn(checks, options);
  assertEquals(lines.length, 12);
  assertEquals(lines.slice(-3), [
    "",
    "cluster a [2Jb: 2 agents",
    "reloaded                                    ? keys, q quits",
  ]);
  const coloured = draw(checks, { ...options, colours: true });
  assertEquals(coloured.at(-2), styled("cluster a [2Jb: 2 agents", "dim"));
  assertEquals(
    drawn(checks, { ...options, columns: 12 }).some((line) =>
      line === "cluster a…"
    ),
    true,
  );
  const small = drawn(checks, { ...options, rows: 8 });
  assertEquals(small.length, 8);
  assertEquals(small.some((line) => line.startsWith("cluster")), false);
});
