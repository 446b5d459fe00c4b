import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Connection } from "../../../../src/sinks/cluster/nats/connection.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import { linked } from "./connected.ts";
import { SeenRegister } from "./seen_register.ts";

const STREAM = "KV_lifesign-shop-members";
const SUBJECTS = ["$KV.lifesign-shop-members.>"];

async function ask(
  connection: Connection,
  verb: string,
  body: object = {},
): Promise<Record<string, unknown>> {
  const answer = await connection.client!.request(
    `$JS.API.STREAM.${verb}.${STREAM}`,
    JSON.stringify(body),
  );
  const { error, config } = answer.json<Record<string, unknown>>();
  assertEquals(error, undefined);
  return config as Record<string, unknown>;
}

testWith(NATS, {
  name: "a bucket keeps one value of each key, and is read from its leader",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    using one = new SeenRegister(agent.connection);
    await one.listed();
    const config = await ask(agent.connection, "INFO");
    assertEquals({
      subjects: config.subjects,
      max_msgs_per_subject: config.max_msgs_per_subject,
      max_age: config.max_age,
      allow_direct: config.allow_direct,
    }, {
      subjects: SUBJECTS,
      max_msgs_per_subject: 1,
      max_age: 3_600_000 * 1e6,
      allow_direct: false,
    });
  },
});

testWith(NATS, {
  name: "a bucket that is there is taken, and what would not do is changed",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    await ask(connection, "CREATE", {
      name: STREAM,
      subjects: SUBJECTS,
      storage: "memory",
      description: "mine",
      max_msgs_per_subject: 5,
      max_age: 10_000 * 1e6,
      duplicate_window: 5_000 * 1e6,
      max_msg_size: 10,
    });
    using one = new SeenRegister(connection);
    await one.listed();
    const config = await ask(connection, "INFO");
    assertEquals(config.description, "mine");
    assertEquals(config.max_msgs_per_subject, 5);
    assertEquals(config.max_age, 3_600_000 * 1e6);
    for (let n = 1; n <= 3; n++) {
      await one.put("a", n === 1 ? null : n - 1, n);
    }
    using other = new SeenRegister(connection);
    assertEquals(await other.listed(), [
      { key: "a", revision: 3, value: { n: 3 } },
    ]);
    assertEquals(agent.problems, []);
  },
});

testWith(NATS, {
  name: "a bucket that cannot be used is told of, and waited for",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection, problems } = agent;
    await ask(connection, "CREATE", {
      name: STREAM,
      subjects: SUBJECTS,
      retention: "workqueue",
      storage: "file",
    });
    using one = new SeenRegister(connection);
    const answer = await one.send({ type: "list" });
    assertEquals(answer, { type: "unreachable" });
    assertEquals(problems.length, 1);
    assert(problems[0]!.startsWith(STREAM), problems[0]);
    await connection.client!.request(`$JS.API.STREAM.DELETE.${STREAM}`);
    assertEquals(await one.listed(), []);
  },
});

testWith(NATS, {
  name: "a server without JetStream is told of",
  async fn() {
    await using server = await NatsServer.start({
      config: "jetstream: disabled",
    });
    await using agent = await linked(server);
    using one = new SeenRegister(agent.connection);
    assertEquals(await one.send({ type: "list" }), { type: "unreachable" });
    assertEquals(await one.put("a", null, 1), { type: "unreachable" });
    assertEquals(agent.problems, ["the server of NATS has no JetStream"]);
  },
});

testWith(NATS, {
  name: "a user who may not do it is told which subject it is",
  async fn() {
    await using server = await NatsServer.start({
      config: `authorization { users: [{
        user: agent, password: x,
        permissions: { publish: "lifesign.>", subscribe: "_INBOX.>" }
      }] }`,
    });
    const auth = { type: "user", user: "agent", password: "x" } as const;
    await using agent = await linked(server, { auth });
    using one = new SeenRegister(agent.connection);
    assertEquals(await one.send({ type: "list" }), { type: "unreachable" });
    await until("a problem", () => agent.problems.length > 0);
    assertEquals(agent.problems, [
      `the server does not let this user publish to $JS.API.STREAM.INFO.${STREAM}`,
    ]);
    assertEquals(agent.connection.state.type, "connected");
  },
});

testWith(NATS, {
  name: "keys are never forgotten within a minute",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    for (const maxAgeMs of [0, 59_999, -1, NaN]) {
      assertThrows(
        () => new SeenRegister(agent.connection, { maxAgeMs }),
        RangeError,
      );
    }
  },
});
