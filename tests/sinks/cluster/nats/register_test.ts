import { assert, assertEquals } from "@std/assert";
import type { Answer, Entry } from "../../../../src/core/cluster/register.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import { answers, linked } from "./connected.ts";
import { SeenRegister, type Value } from "./seen_register.ts";

/** Longer than any test: what waits for it fails. */
const LONG_MS = 600_000;

const UNREACHABLE = { type: "unreachable" } as const;

testWith(NATS, {
  name: "a bucket is made, written by comparing, and watched in order",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new SeenRegister(connection);
    assertEquals(await one.listed(), []);
    assertEquals(await one.put("a b", null, 1), { type: "done", revision: 1 });
    assertEquals(await one.put("a b", 1, 2), { type: "done", revision: 2 });
    const entry = { key: "a b", revision: 2, value: { n: 2 } };
    assertEquals(await one.put("a b", 1, 3), { type: "conflict", entry });
    assertEquals(await one.put("a b", null, 3), { type: "conflict", entry });
    assertEquals(await one.put("c", 7, 3), { type: "conflict", entry: null });
    assertEquals(await one.delete("a b", 1), { type: "conflict", entry });
    assertEquals(await one.delete("a b", 2), { type: "done", revision: 3 });
    assertEquals(await one.delete("a b", 2), {
      type: "conflict",
      entry: { key: "a b", revision: 3, value: null },
    });
    assertEquals(await one.put("b", null, 1), { type: "done", revision: 4 });
    assertEquals(await one.put("a b", null, 4), { type: "done", revision: 5 });
    assertEquals(await one.delete("b", 4), { type: "done", revision: 6 });
    const last = { key: "a b", revision: 5, value: { n: 4 } };
    await one.saw([
      { key: "a b", revision: 1, value: { n: 1 } },
      { key: "a b", revision: 2, value: { n: 2 } },
      { key: "a b", revision: 3, value: null },
      { key: "b", revision: 4, value: { n: 1 } },
      last,
      { key: "b", revision: 6, value: null },
    ]);
    using other = new SeenRegister(connection);
    assertEquals(await other.listed(), [last]);
    assertEquals(agent.problems, []);
  },
});

testWith(NATS, {
  name:
    "of two writers at once, one is done and the other one sees what is there",
  async fn() {
    await using server = await NatsServer.start();
    await using first = await linked(server);
    await using second = await linked(server);
    using one = new SeenRegister(first.connection);
    using two = new SeenRegister(second.connection);
    // Both make the bucket.
    await Promise.all([one.listed(), two.listed()]);
    assertEquals([first.problems, second.problems], [[], []]);
    const all: Entry<Value>[] = [];
    let revision: number | null = null;
    for (let n = 1; n <= 100; n++) {
      const answers: Answer<Value>[] = await Promise.all([
        one.put("key", revision, n),
        two.put("key", revision, -n),
      ]);
      const done = answers.find(({ type }) => type === "done");
      const other = answers.find(({ type }) => type === "conflict");
      assert(done?.type === "done" && other?.type === "conflict");
      const value = { n: done === answers[0] ? n : -n };
      revision = done.revision;
      const entry = { key: "key", revision, value };
      assertEquals(other.entry, entry);
      all.push(entry);
    }
    await Promise.all([one.saw(all), two.saw(all)]);
  },
});

testWith(NATS, {
  name: "without a connection, all is unreachable at once",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server, { requestMs: LONG_MS });
    using one = new SeenRegister(agent.connection);
    await one.listed();
    await using other = await linked(server, { requestMs: 200 });
    server.signal("SIGSTOP");
    await until(
      "it to stop",
      async () => !await answers(other.connection),
    );
    const inFlight = one.put("lost", null, 1);
    const list = one.send({ type: "list" });
    await server.kill();
    assertEquals([await inFlight, await list], [UNREACHABLE, UNREACHABLE]);
    assertEquals(await one.put("key", null, 1), UNREACHABLE);
    assertEquals(await one.delete("key", 1), UNREACHABLE);
    assertEquals(await one.send({ type: "list" }), UNREACHABLE);
    await server.run();
    // What was unreachable does not come over the next connection.
    assertEquals(await one.listed(), []);
  },
});

testWith(NATS, {
  name:
    "a server that is stopped is unreachable in time, and each answer comes once",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server, { requestMs: 200 });
    using one = new SeenRegister(agent.connection);
    await one.listed();
    server.signal("SIGSTOP");
    // Signals take a moment.
    await until(
      "it to stop",
      async () => !await answers(agent.connection),
    );
    const answered: unknown[] = [];
    const write = { type: "put", key: "a", revision: null, value: { n: 1 } };
    one.bucket.send(
      { type: "write", write } as never,
      (answer) => answered.push(answer),
    );
    one.bucket.send({ type: "list" }, (answer) => answered.push(answer));
    await until("answers", () => answered.length === 2);
    assertEquals(agent.connection.state.type, "connected");
    server.signal("SIGCONT");
    // It is done all the same, and seen then.
    one.list = null;
    const list = await one.listed();
    await until("the write", () => list.length + one.changes.length > 0);
    assertEquals([...list, ...one.changes], [
      { key: "a", revision: 1, value: { n: 1 } },
    ]);
    assertEquals(answered, [UNREACHABLE, UNREACHABLE]);
  },
});

testWith(NATS, {
  name: "a watch ends before there is another connection, which has its keys",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new SeenRegister(connection);
    await one.listed();
    await one.put("a", null, 1);
    await server.kill();
    await until("the end", () => connection.client === null);
    await server.run();
    await until("a connection", () => connection.client !== null);
    assertEquals(one.events, ["listed", "disconnected"]);
    assertEquals(await one.listed(), [
      { key: "a", revision: 1, value: { n: 1 } },
    ]);
    const seen = one.changes.length;
    assertEquals(await one.put("a", 1, 2), { type: "done", revision: 2 });
    await until("a change", () => one.changes.length > seen);
    assertEquals(one.events, ["listed", "disconnected", "listed"]);
  },
});

testWith(NATS, {
  name: "a bucket that the server has lost is made anew",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new SeenRegister(connection);
    await one.listed();
    await one.put("a", null, 1);
    await one.put("a", 1, 2);
    await server.kill();
    await server.wipe();
    await server.run();
    assertEquals(await one.listed(), []);
    assertEquals(await one.put("a", 2, 3), { type: "conflict", entry: null });
    assertEquals(await one.put("a", null, 4), { type: "done", revision: 1 });
    // While there is a connection, it is noticed by the next write.
    await connection.client!.request(
      "$JS.API.STREAM.DELETE.KV_lifesign-shop-members",
    );
    one.events.length = 0;
    assertEquals(await one.put("a", 1, 5), UNREACHABLE);
    assertEquals(one.events, ["deaf"]);
    assertEquals(await one.listed(), []);
    assertEquals(await one.put("a", null, 6), { type: "done", revision: 1 });
  },
});

testWith(NATS, {
  name: "a watch that the server has forgotten is noticed",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new SeenRegister(connection);
    await one.listed();
    const stream = "KV_lifesign-shop-members";
    const { client } = connection;
    const names = await client!.request(`$JS.API.CONSUMER.NAMES.${stream}`);
    const [name] = names.json<{ consumers: string[] }>().consumers;
    await client!.request(`$JS.API.CONSUMER.DELETE.${stream}.${name}`);
    await until("the end of the watch", () => one.events.includes("deaf"));
  },
});

testWith(NATS, {
  name: "a new list replaces the watch before it",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    using one = new SeenRegister(agent.connection);
    await one.listed();
    for (let times = 0; times < 3; times++) {
      one.bucket.send({ type: "list" }, () => {});
    }
    one.list = null;
    await until("a list", () => one.list !== null);
    assertEquals(await one.put("a", null, 1), { type: "done", revision: 1 });
    assertEquals(await one.put("a", 1, 2), { type: "done", revision: 2 });
    await one.saw([
      { key: "a", revision: 1, value: { n: 1 } },
      { key: "a", revision: 2, value: { n: 2 } },
    ]);
    assertEquals(one.events, ["listed", "listed"]);
  },
});

const HOSTILE_KEYS = [
  "",
  ".",
  "*",
  ">",
  "a b",
  "\r\nPUB x 0\r\n\r\n",
  "ü",
  "\u{1F600}",
  "\ud800",
  "__proto__",
  "$KV",
  "x".repeat(2_000),
];

testWith(NATS, {
  name: "keys may be any text",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    using one = new SeenRegister(agent.connection);
    await one.listed();
    const entries: Entry<Value>[] = [];
    for (const [n, key] of HOSTILE_KEYS.entries()) {
      const revision = n + 1;
      assertEquals(await one.put(key, null, n), { type: "done", revision });
      entries.push({ key, revision, value: { n } });
    }
    await one.saw(entries);
    using other = new SeenRegister(agent.connection);
    assertEquals(await other.listed(), entries);
    // Such a line would end the connection.
    assertEquals(await one.put("x".repeat(5_000), null, 1), UNREACHABLE);
    assertEquals(agent.problems.length, 1);
    assertEquals(agent.connection.state.type, "connected");
  },
});

testWith(NATS, {
  name: "a value that is none counts as deleted, and is said once",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection, problems } = agent;
    using one = new SeenRegister(connection);
    await one.listed();
    const prefix = "$KV.lifesign-shop-members.";
    await one.put("a", null, 1);
    connection.client!.publish(`${prefix}a`, '{"n":"2"}');
    connection.client!.publish(`${prefix}_x`, '{"n":2}');
    connection.client!.publish(`${prefix}b`, "\xff{");
    await one.saw([
      { key: "a", revision: 1, value: { n: 1 } },
      { key: "a", revision: 2, value: null },
      { key: "b", revision: 4, value: null },
    ]);
    using other = new SeenRegister(connection);
    assertEquals(await other.listed(), []);
    assertEquals(await one.put("a", 1, 3), {
      type: "conflict",
      entry: { key: "a", revision: 2, value: null },
    });
    assertEquals(await one.put("a", null, 3), { type: "done", revision: 5 });
    assertEquals(problems, [
      "KV_lifesign-shop-members has values that are not of lifesign, such as that of a",
      "KV_lifesign-shop-members has keys that are not of lifesign",
    ]);
  },
});

testWith(NATS, {
  name: "a value that is too large is not sent",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    using one = new SeenRegister(agent.connection, { maxValueBytes: 8 });
    await one.listed();
    assertEquals(await one.put("a", null, 12), { type: "done", revision: 1 });
    assertEquals(await one.put("a", 1, 1234), UNREACHABLE);
    assertEquals(agent.problems.length, 1);
  },
});
