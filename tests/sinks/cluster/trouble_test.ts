/** What an agent does, and says, if it cannot take its place among the others. */

import { assert, assertEquals } from "@std/assert";
import {
  clusterState,
  clusterTroubles,
} from "../../../src/core/cluster/troubles.ts";
import { Bucket } from "../../../src/sinks/cluster/nats/bucket.ts";
import { Loop, type RegisterEvents } from "../../../src/sinks/cluster/loop.ts";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { Hook } from "../notify/hook.ts";
import { Counted, started } from "./agents.ts";
import { linked } from "./nats/connected.ts";

testWith(NATS, {
  name: "an agent that may not join says so, runs its checks, and tells",
  async fn() {
    const denied = '["$KV.lifesign-shop-members.>"]';
    await using server = await NatsServer.start({
      config:
        `authorization { users: [{ user: u, password: p, permissions: { publish: { deny: ${denied} } } }] }`,
    });
    const url = server.url.replace("//", "//u:p@");
    await using target = new Counted();
    await using hook = new Hook();
    const checks = { x: target.check("x") };
    target.down.add("x");
    await using a = await started({ url }, "a", checks, {
      notify: { team: { type: "webhook", url: hook.url, gather: 0 } },
    });
    const cluster = a.agent.cluster!;
    await until("attempts", () => target.count("x") > 2);
    assertEquals(cluster.standing, "alone");
    await until("a message", () => hook.got.length > 0);
    assertEquals(cluster.teller, "a");
    assert(a.messages.some((it) => it.includes("does not let this user")));
  },
});

testWith(NATS, {
  name: "agents of which none may take the lease of who tells say so",
  async fn() {
    const denied = '["$KV.lifesign-shop-tellers.>"]';
    await using server = await NatsServer.start({
      config:
        `authorization { users: [{ user: u, password: p, permissions: { publish: { deny: ${denied} } } }] }`,
    });
    const url = server.url.replace("//", "//u:p@");
    await using target = new Counted();
    await using a = await started({ url }, "a", { x: target.check("x") });
    const cluster = a.agent.cluster!;
    await until("its share", () => cluster.standing === "member");
    assertEquals([cluster.teller, cluster.untoldSince], [null, null]);
    const says = () =>
      a.messages.filter((it) => it.includes("no agent sends messages")).length;
    await until("a message", () => says() > 0);
    assert(cluster.untoldSince! < Date.now() - 15_000);
    assertEquals(
      clusterTroubles(clusterState(cluster)).map(({ says }) => says),
      ["sends messages"],
    );
    await until("more attempts", () => target.count("x") > 50);
    assertEquals(says(), 1);
  },
});

testWith(NATS, {
  name: "a server without JetStream is said in one line, and is no error",
  async fn() {
    await using server = await NatsServer.start({ jetstream: false });
    await using target = new Counted();
    const checks = { x: target.check("x") };
    await using a = await started(server, "a", checks);
    await until("attempts", () => target.count("x") > 2);
    const says = a.messages.filter((it) => it.includes("has no JetStream"));
    assertEquals([says.length, a.errors], [1, []]);
    assertEquals(a.agent.cluster!.standing, "alone");
  },
});

testWith(NATS, {
  name: "of two agents with one id, the first one says that it runs nothing",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const checks = { x: target.check("x") };
    await using first = await started(server, "a", checks);
    await until("an attempt", () => target.count("x") > 0);
    const says = (part: string) =>
      first.messages.filter((it) => it.includes(part)).length;
    {
      await using _second = await started(server, "a", checks);
      await until("a message", () => says("another agent has the id") === 1);
    }
    await until("its end", () => says("cluster: joined") === 1);
    assertEquals(says("another agent has the id"), 1);
  },
});

testWith(NATS, {
  name: "however many values are not of lifesign, that is said once",
  async fn() {
    await using server = await NatsServer.start();
    await using a = await linked(server);
    let seen = 0;
    let isListed = false;
    const bucket = new Bucket<number>(a.connection, {
      name: "members",
      maxValueBytes: 1000,
      parse: (value) => typeof value === "number" ? value : undefined,
      listed: () => void (isListed = true),
      changed: ({ value }) => {
        if (value === 7) seen++;
      },
      disconnected() {},
    });
    using _end = bucket;
    bucket.send({ type: "list" }, () => {});
    await until("a list", () => isListed);
    for (let i = 0; i < 500; i++) {
      a.connection.client!.publish(`$KV.lifesign-shop-members.k${i}`, "{");
    }
    a.connection.client!.publish("$KV.lifesign-shop-members.last", "7");
    await until("the last one", () => seen === 1);
    assertEquals(a.problems.length, 1);
  },
});

Deno.test("many members that change at the same time are shared among once", async () => {
  let events!: RegisterEvents<never>;
  let shared = 0;
  const loop = new Loop({
    id: "a",
    instance: "1",
    profile: { region: null, labels: {}, config: "c" },
    vantages: [],
    members: (its) => {
      events = its as RegisterEvents<never>;
      return { send() {} };
    },
    tellers: () => ({ send() {} }),
    isOpen: () => true,
    onShare() {},
    onChange: () => void shared++,
    onError: (error) => {
      throw error;
    },
  });
  for (let i = 0; i < 1000; i++) {
    const value = {
      instance: `${i}`,
      term: 0,
      region: null,
      labels: {},
      config: "c",
      view: "",
      leaving: false,
    };
    events.changed({ key: `k${i}`, revision: i + 1, value: value as never });
  }
  await Promise.resolve();
  assertEquals([shared, [...loop.membership.others()].length], [1, 1000]);
});
