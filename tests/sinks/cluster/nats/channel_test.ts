import { assert, assertEquals, assertThrows } from "@std/assert";
import { Channel } from "../../../../src/sinks/cluster/nats/channel.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import { answers, linked } from "./connected.ts";

testWith(NATS, {
  name: "messages reach who listens in the same cluster",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server, { name: "a.b *" });
    await using other = await linked(server, { name: "a" });
    using one = new Channel(agent.connection);
    using two = new Channel(other.connection);
    const heard: [unknown, string][] = [];
    one.subscribe("results.*", (value, what) => heard.push([value, what]));
    const end = one.subscribe("results.>", () => heard.push(["too much", ""]));
    two.subscribe(">", () => heard.push(["foreign", ""]));
    end();
    assert(one.publish("results.eu", { n: 1 }));
    assert(one.publish("other", 2));
    agent.connection.client!.publish("lifesign.a_2Eb_20_2A.results.x", "{");
    assert(one.publish("results.us", 3));
    await until("messages", () => heard.length === 2);
    assertEquals(heard, [[{ n: 1 }, "results.eu"], [3, "results.us"]]);
    assertEquals(agent.problems.length, 1);
    assertThrows(() => one.publish("a b", 1), TypeError);
    assertThrows(() => one.publish("a.*", 1), TypeError);
    assertThrows(() => one.subscribe("a.>.b", () => {}), TypeError);
  },
});

testWith(NATS, {
  name: "what is published without a connection is dropped, and counted",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using channel = new Channel(connection);
    const heard: unknown[] = [];
    channel.subscribe("results", (value) => heard.push(value));
    await server.kill();
    await until("the end", () => connection.client === null);
    assertEquals(channel.publish("results", 1), false);
    assertEquals(await channel.request("ask", 1), { type: "unreachable" });
    await server.run();
    await until("a connection", () => connection.client !== null);
    // Who listened does so again.
    assert(channel.publish("results", 2));
    await until("a message", () => heard.length > 0);
    assertEquals(heard, [2]);
  },
});

testWith(NATS, {
  name: "a request is answered, or unreachable in time",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    using channel = new Channel(agent.connection);
    assertEquals(await channel.request("ask", 1), { type: "unreachable" });
    const end = channel.respond(
      "ask",
      (value) => ({ twice: 2 * Number(value) }),
    );
    assertEquals(await channel.request("ask", 2), {
      type: "answer",
      value: { twice: 4 },
    });
    end();
    channel.respond("left", () => undefined);
    assertEquals(await channel.request("left", 2, 50), { type: "unreachable" });
    channel.respond("ask", () => Promise.reject(new Error("broken")));
    assertEquals(await channel.request("ask", 2, 50), { type: "unreachable" });
    assertEquals(agent.problems, ["ask: broken"]);
    await using other = await linked(server, { requestMs: 200 });
    server.signal("SIGSTOP");
    await until(
      "it to stop",
      async () => !await answers(other.connection),
    );
    assertEquals(await channel.request("ask", 2, 50), { type: "unreachable" });
    server.signal("SIGCONT");
  },
});

testWith(NATS, {
  name: "messages that the server would not take are never tried",
  async fn() {
    await using server = await NatsServer.start({ config: "max_payload: 100" });
    await using agent = await linked(server);
    using channel = new Channel(agent.connection);
    const heard: unknown[] = [];
    channel.subscribe("results", (value) => heard.push(value));
    assertEquals(channel.publish("results", "x".repeat(99)), false);
    assertEquals(await channel.request("ask", "x".repeat(99)), {
      type: "unreachable",
    });
    assert(channel.publish("results", "x".repeat(98)));
    await until("a message", () => heard.length > 0);
    assertEquals(agent.problems.length, 2);
  },
});
