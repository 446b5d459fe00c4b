import { assertEquals } from "@std/assert";
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
