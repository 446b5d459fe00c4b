import { assertEquals } from "@std/assert";
import { encodeName } from "../../../src/sinks/cluster/nats/names.ts";
import { Channel } from "../../../src/sinks/cluster/nats/channel.ts";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { Counted, started } from "./agents.ts";
import { linked } from "./nats/connected.ts";

testWith(NATS, {
  name: "whatever others send, an agent goes on and reports no error",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const checks = { x: target.check("x", { interval: "100ms" }) };
    await using a = await started(server, "a", checks);
    const { fleet } = a.agent;
    await until("attempts", () => fleet.get("x")?.status === "healthy");
    await using other = await linked(server);
    using channel = new Channel(other.connection);
    const seen: Record<string, unknown>[] = [];
    channel.subscribe("results", (value) => void seen.push(value as never));
    await until("a batch", () => seen.length > 0);
    const batch = {
      ...seen[0],
      agent: "b",
      instance: "other",
      number: 1,
    } as Record<string, unknown>;
    const [[, , result]] = batch.found as [[string, null, unknown]];
    const odd = [null, 1, "", [], {}, [[]], { found: [] }, [1, 2, 3]];
    for (const value of odd) {
      channel.publish("results", value);
      channel.publish("pings", value);
      channel.publish("pings", ["x", value]);
      for (const name of ["agent", "region", "number", "found"]) {
        channel.publish("results", { ...batch, [name]: value });
      }
      channel.publish("results", { ...batch, found: [value, ["x", value]] });
      await channel.request(`attempts.${encodeName("a")}`, value);
    }
    // What is of the form, of checks and regions that there are not.
    channel.publish("results", {
      ...batch,
      found: [["y", null, result], ["x", "mars", result], [
        "__proto__",
        null,
        result,
      ]],
    });
    await channel.request(`attempts.${encodeName("a")}`, '["y","mars"]');
    // It runs the check itself, and knows better than who says otherwise.
    channel.publish("results", { ...batch, found: [["x", null, result]] });
    const { attempts } = fleet.get("x")!;
    await until("more attempts", () => fleet.get("x")!.attempts > attempts + 3);
    assertEquals([fleet.get("x")?.agent, fleet.size], ["a", 1]);
    assertEquals(a.errors, []);
  },
});
