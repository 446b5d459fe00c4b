import { assert, assertEquals } from "@std/assert";
import { builtInKinds } from "../../../src/agent/config.ts";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { started } from "./agents.ts";

testWith(NATS, {
  name:
    "a ping counts whichever agent gets it, also right before who runs the check ends",
  async fn() {
    await using server = await NatsServer.start();
    const kinds = await builtInKinds(["heartbeat"]);
    const ids = ["a", "b", "c", "d", "e", "f"];
    const checks = Object.fromEntries(
      ids.map((id) => [id, { type: "heartbeat", every: "1h" }]),
    );
    await using a = await started(server, "a", checks, { kinds });
    await using b = await started(server, "b", checks, { kinds });
    const all = [a, b];
    const heldBy = ({ agent: { fleet } }: typeof a) =>
      ids.filter((id) => fleet.isHeld(id)).length;
    await until(
      "each check to be run by one",
      () => heldBy(a) > 0 && heldBy(b) > 0 && heldBy(a) + heldBy(b) === 6,
    );
    for (const id of ids) a.agent.fleet.receive(id, { signal: "success" });
    for (const { agent: { fleet } } of all) {
      await until(
        "all pings to count",
        () => ids.every((id) => fleet.get(id)?.status === "healthy"),
      );
    }
    const owned = ids.filter((id) => a.agent.fleet.isHeld(id));
    assert(owned.length > 0);
    const before = new Map(
      owned.map((id) => [id, a.agent.fleet.get(id)!.attempts]),
    );
    const closing = b.agent.close();
    for (const id of owned) a.agent.fleet.receive(id, { signal: "fail" });
    await closing;
    for (const id of owned) {
      await until(
        "the ping to count",
        () => a.agent.fleet.get(id)?.status === "unhealthy",
      );
      assertEquals(a.agent.fleet.get(id)!.attempts, before.get(id)! + 1);
    }
    assertEquals(all.flatMap(({ errors }) => errors), []);
  },
});

testWith(NATS, {
  name: "an agent may be closed at any moment, and another one have its id",
  async fn() {
    await using server = await NatsServer.start();
    const checks = {
      x: { type: "tcp", port: 1, interval: "100ms", backoff: false },
    };
    await using stays = await started(server, "stays", checks);
    for (const ms of [0, 1, 5, 20, 100, 300, 700]) {
      await using same = await started(server, "same", checks);
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (ms === 300) {
        await using again = await started(server, "same", checks);
        await until(
          "one of two to act",
          () => again.agent.fleet.get("x")!.attempts > 0,
        );
        await again.agent.close();
        assertEquals(again.errors, []);
      }
      await same.agent.close();
      assertEquals(same.errors, []);
    }
    const { attempts } = stays.agent.fleet.get("x")!;
    await until(
      "attempts to go on",
      () => stays.agent.fleet.get("x")!.attempts > attempts + 3,
    );
    await until(
      "the other to be gone",
      () => stays.agent.cluster!.members().length === 1,
    );
    assertEquals(stays.errors, []);
  },
});
