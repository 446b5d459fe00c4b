import { assertEquals } from "@std/assert";
import type {
  ClusterLog,
  MemberStatus,
} from "../../../src/core/cluster/status.ts";
import { START } from "../../support/time.ts";
import { KeptMap, MINUTE_MS, SECOND_MS, withTold } from "./told.ts";

/** A cluster whose agents are as the test says. */
class Cluster implements ClusterLog {
  readonly name = "shop";
  readonly self = "one";
  readonly isConnected = true;
  readonly standing = "member";
  readonly connectedSince = START;
  readonly fault = null;
  readonly teller = "one";
  readonly untoldSince = null;
  readonly owned = 0;
  readonly takeovers = 0;
  readonly states = new Map<string, MemberStatus["state"]>();

  members(): readonly MemberStatus[] {
    return Array.from(this.states, ([id, state]) => ({
      id,
      region: null,
      labels: {},
      config: "c",
      state,
      seenAt: START,
      owned: 0,
      lagMs: null,
      version: null,
    }));
  }

  uncovered(): readonly [] {
    return [];
  }

  regionsOf(): readonly [] {
    return [];
  }
}

const NOTIFY = {
  me: { type: "log", on: ["agent" as const], gather: 0 },
  web: { type: "log", on: ["agent" as const], gather: 0, checks: ["a"] },
  no: { type: "log", gather: 0 },
};

Deno.test("a notifier tells of agents that are gone, and back, if it is to", async () => {
  const cluster = new Cluster();
  cluster.states.set("one", "live").set("two", "live");
  const options = { notify: NOTIFY, checks: { a: null }, cluster };
  await withTold(options, async (told) => {
    assertEquals(await told.after(MINUTE_MS), []);
    cluster.states.set("two", "gone");
    const gone =
      "agent two: It is gone without leaving; other agents run its checks";
    assertEquals(await told.after(2 * SECOND_MS), [
      `notify.me: DOWN ${gone} (1 min)`,
      `notify.web: DOWN ${gone} (1 min)`,
    ]);
    told.report("a", { verdict: "fail", reason: { code: "x", message: "x" } });
    assertEquals(await told.after(2 * SECOND_MS), ["notify.no: DOWN a: x"]);
    cluster.states.set("two", "live");
    assertEquals(await told.after(2 * SECOND_MS), [
      "notify.me: UP agent two after 1 min",
      "notify.web: UP agent two after 1 min",
    ]);
    cluster.states.set("two", "gone");
    assertEquals((await told.after(2 * SECOND_MS)).length, 2);
    cluster.states.delete("two");
    assertEquals(await told.after(2 * SECOND_MS), [
      "notify.me: REMOVED agent two, which was down for 1 min",
      "notify.web: REMOVED agent two, which was down for 1 min",
    ]);
  });
});

Deno.test("who tells next knows of the agents that were told of", async () => {
  const cluster = new Cluster();
  cluster.states.set("one", "live").set("two", "gone");
  const kept = new KeptMap();
  const options = { notify: NOTIFY, checks: { a: null }, cluster, kept };
  await withTold(options, async (told) => {
    assertEquals((await told.after(2 * SECOND_MS)).length, 2);
  });
  await withTold(options, async (told) => {
    assertEquals(await told.after(MINUTE_MS), []);
    cluster.states.set("two", "live");
    assertEquals((await told.after(2 * SECOND_MS)).length, 2);
  });
});
