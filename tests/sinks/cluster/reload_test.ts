import { assert, assertEquals } from "@std/assert";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { Counted, started, transitions } from "./agents.ts";

const FAST = { interval: "200ms", retries: 1, backoff: false };

testWith(NATS, {
  name:
    "another config goes from agent to agent, and each check is run by one at all times",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const stays = ["a", "b", "c", "d", "e"];
    const before = Object.fromEntries([
      ...stays.map((id) => [id, target.check(id, FAST)]),
      ["removed", target.check("removed", FAST)],
      ["changed", target.check("old", FAST)],
    ]);
    const after = Object.fromEntries([
      ...stays.map((id) => [id, target.check(id, FAST)]),
      ["added", target.check("added", FAST)],
      ["changed", target.check("new", FAST)],
    ]);
    target.down.add("old");
    await using a = await started(server, "a", before);
    await using b = await started(server, "b", before);
    await using c = await started(server, "c", before);
    const all = [a, b, c];
    const hasAll = (checks: object) => () =>
      all.every(({ agent: { fleet } }) =>
        Object.keys(checks).every((id) =>
          fleet.get(id)?.status ===
            (id === "changed" && checks === before ? "unhealthy" : "healthy")
        )
      );
    await until("one view of all", hasAll(before));
    const owners = () =>
      new Set(a.agent.fleet.list().map(({ agent }) => agent)).size;
    await until("shares of all", () => owners() > 1);
    const began = performance.now();
    const told = all.map(({ steps }) => steps.length);
    for (const each of all) {
      await each.reload(after);
      // The next one is later than others need to take over.
      const count = target.count("a");
      await until("some attempts", () => target.count("a") > count + 3);
    }
    await until("one view of the new ones", hasAll(after));
    await until("shares of all again", () => owners() > 1);
    const ended = performance.now();
    for (const id of stays) {
      const times = target.asked.get(id)!.filter((at) => at > began - 500);
      const gaps = [...times, ended].map((at, i) =>
        at - (times[i - 1] ?? began)
      );
      assert(Math.max(...gaps) < 6_000, `${id}: ${Math.max(...gaps)} ms`);
      all.forEach((each, i) => {
        const later = { ...each, steps: each.steps.slice(told[i]) };
        assertEquals(transitions(later, id), []);
      });
    }
    for (const { agent: { fleet } } of all) {
      assertEquals(fleet.get("removed"), undefined);
      assertEquals(fleet.get("changed")?.target.includes("new"), true);
    }
    const count = target.count("removed") + target.count("old");
    const news = target.count("new");
    await until(
      "attempts of the new target",
      () => target.count("new") > news + 5,
    );
    assertEquals(target.count("removed") + target.count("old"), count);
    assertEquals(all.flatMap(({ errors }) => errors), []);
  },
});
