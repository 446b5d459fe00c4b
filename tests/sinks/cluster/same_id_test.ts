import { assert, assertEquals } from "@std/assert";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { Counted, started } from "./agents.ts";

testWith(NATS, {
  name:
    "an agent whose id another one has says so once, and runs its checks again later",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const checks = { web: target.check("web") };
    await using a = await started(server, "twin", checks);
    const said = () =>
      a.messages.filter((message) => message.includes("another agent"));
    const runs = ({ agent: { fleet } }: typeof a) =>
      fleet.isHeld("web") === false;
    await until("it to run its check", () => runs(a));
    {
      await using b = await started(server, "twin", checks);
      await until("the other one to run it", () => runs(b) && !runs(a));
      const count = target.count("web");
      await until("attempts of it", () => target.count("web") > count + 3);
      assertEquals(said(), [
        "cluster: another agent has the id twin; this one runs no checks",
      ]);
      assertEquals(b.messages.filter((each) => !each.includes("connect")), []);
    }
    await until("it to run its check again", () => runs(a));
    assertEquals(said().length, 1);
    assertEquals(a.errors, []);
  },
});

testWith(NATS, {
  name:
    "of two agents with one id, the one that runs a check is who tries it for others",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const ids = Array.from({ length: 20 }, (_, i) => `c${i}`);
    const checks = Object.fromEntries(
      ids.map((id) => [id, target.check(id, { interval: "1h" })]),
    );
    await using a = await started(server, "twin", checks);
    const runs = ({ agent: { fleet } }: typeof a) =>
      ids.filter((id) => fleet.isHeld(id) === false).length;
    await until("it to run its checks", () => runs(a) === 20);
    await using b = await started(server, "twin", checks);
    await until(
      "the other one to run them",
      () => runs(b) === 20 && runs(a) === 0,
    );
    await using c = await started(server, "c", checks);
    await until("its share", () => runs(c) > 0 && runs(b) + runs(c) === 20);
    const { fleet } = c.agent;
    const held = ids.filter((id) => fleet.isHeld(id));
    assert(held.length > 0);
    // What is younger than a second is good enough for who asks.
    await until("results of a while ago", () =>
      held.every((id) => {
        const { checkedAt } = fleet.get(id)!;
        return checkedAt !== null && Date.now() - checkedAt.getTime() > 1_500;
      }));
    const before = held.map((id) => target.count(id));
    const known = held.map((id) => fleet.get(id)!.checkedAt!.getTime());
    const found = await Promise.all(held.map((id) => fleet.attempt(id)));
    assertEquals(
      held.map((id) => target.count(id)),
      before.map((count) => count + 1),
    );
    // Each was waited for.
    assert(
      found.every(({ checkedAt }, i) => checkedAt!.getTime() > known[i]!),
    );
  },
});
