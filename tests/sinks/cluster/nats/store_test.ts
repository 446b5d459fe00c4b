import { assert, assertEquals } from "@std/assert";
import type { Entry } from "../../../../src/core/cluster/register.ts";
import type { Connection } from "../../../../src/sinks/cluster/nats/connection.ts";
import {
  Store,
  type StoreOptions,
} from "../../../../src/sinks/cluster/nats/store.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import { linked } from "./connected.ts";

/** A store, and what it has seen last of each key. */
class Seen implements Disposable {
  readonly store: Store<number>;
  readonly values = new Map<string, number>();
  lists = 0;

  constructor(
    connection: Connection,
    options: Partial<StoreOptions<number>> = {},
  ) {
    this.store = new Store<number>(connection, {
      name: "records",
      maxValueBytes: 100,
      parse: (value) => typeof value === "number" ? value : undefined,
      listed: (entries) => {
        this.lists++;
        this.values.clear();
        for (const entry of entries) this.#take(entry);
      },
      changed: (entry) => this.#take(entry),
      ...options,
    });
  }

  #take({ key, value }: Entry<number>): void {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }

  /** What is in the store, as another one reads it. */
  static async read(connection: Connection): Promise<Map<string, number>> {
    using seen = new Seen(connection);
    await until("a list", () => seen.lists > 0);
    return new Map([...seen.values].sort());
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }
}

testWith(NATS, {
  name: "records are written, deleted, listed and seen to change",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new Seen(connection);
    using other = new Seen(connection);
    one.store.put("a.b/ü", 1);
    one.store.put("gone", 1);
    assertEquals(await one.store.putNow("now", 2), "written");
    assertEquals(await one.store.delete("gone"), "written");
    one.store.put("a.b/ü", 3);
    const all = new Map([["a.b/ü", 3], ["now", 2]]);
    await until("the changes", () => other.values.get("a.b/ü") === 3);
    await until("the end of the rest", () => !other.values.has("gone"));
    assertEquals(await Seen.read(connection), all);
    assertEquals(agent.problems, []);
  },
});

testWith(NATS, {
  name:
    "what is put while there is no connection is written later, the newest once",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new Seen(connection, { maxRemembered: 2 });
    await until("a list", () => one.lists === 1);
    await server.kill();
    await until("the end", () => connection.client === null);
    one.store.put("a", 1);
    one.store.put("a", 2);
    one.store.put("b", 3);
    one.store.put("too-many", 4);
    const first = one.store.putNow("now", 5);
    const second = one.store.putNow("now", 6);
    assertEquals(await first, "superseded");
    const deleted = one.store.delete("other");
    await server.run();
    assertEquals([await second, await deleted], ["written", "written"]);
    await until("the changes", () => one.values.get("b") === 3);
    // What is put now comes after all that waited.
    assertEquals(await one.store.putNow("last", 7), "written");
    assertEquals(
      await Seen.read(connection),
      new Map([["a", 2], ["b", 3], ["last", 7], ["now", 6]]),
    );
  },
});

testWith(NATS, {
  name: "what a server was sent but has not read is sent again",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new Seen(connection);
    await until("a list", () => one.lists === 1);
    server.signal("SIGSTOP");
    one.store.put("a", 1);
    one.store.put("b", 1);
    const now = one.store.putNow("a", 2);
    await server.kill();
    await server.run();
    assertEquals(await now, "written");
    await until("the rest", () => one.values.get("b") === 1);
    assertEquals(await Seen.read(connection), new Map([["a", 2], ["b", 1]]));
  },
});

testWith(NATS, {
  name: "a store that the server has lost is made again, also while connected",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new Seen(connection);
    assertEquals(await one.store.putNow("a", 1), "written");
    await server.kill();
    await server.wipe();
    await server.run();
    await until("an empty list", () => one.lists === 2);
    assertEquals(one.values.size, 0);
    assertEquals(await one.store.putNow("a", 2), "written");
    await until("a watch", () => one.values.get("a") === 2);
    await connection.client!.request(
      "$JS.API.STREAM.DELETE.KV_lifesign-shop-records",
    );
    assertEquals(await one.store.putNow("a", 3), "written");
    await until("a watch", () => one.values.get("a") === 3);
  },
});

testWith(NATS, {
  name: "what others write into a store is ignored, and said once",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection, problems } = agent;
    using one = new Seen(connection);
    assertEquals(await one.store.putNow("a", 1), "written");
    const hostile = ["text", "{", "", "\xff", '{"__proto__":1}', "[1]"];
    for (const [index, payload] of hostile.entries()) {
      connection.client!.publish(
        `$KV.lifesign-shop-records.x${index}`,
        payload,
      );
    }
    connection.client!.publish("$KV.lifesign-shop-records.a.b", "1");
    connection.client!.publish("$KV.lifesign-shop-records._41", "1");
    assertEquals(await one.store.putNow("b", 2), "written");
    await until("a change", () => one.values.get("b") === 2);
    const all = new Map([["a", 1], ["b", 2]]);
    assertEquals(one.values, all);
    assertEquals(await Seen.read(connection), all);
    const keys = problems.filter((problem) => problem.includes("keys"));
    assertEquals(keys, [
      "KV_lifesign-shop-records has keys that are not of lifesign",
    ]);
    assertEquals(problems.length, 2);
  },
});

testWith(NATS, {
  name: "what is too large is refused, and said once",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection, problems } = agent;
    using store = new Store<string>(connection, {
      name: "records",
      maxValueBytes: 60,
      parse: (value) => String(value),
      listed() {},
      changed() {},
    });
    for (let times = 0; times < 2; times++) {
      store.put("a", "ü".repeat(30));
      assertEquals(await store.putNow("a", "ü".repeat(30)), "refused");
      store.put("x".repeat(3_000), "");
    }
    assertEquals(problems.length, 2);
    assert(problems[0]!.includes("62 bytes; at most 60"), problems[0]);
    assert(connection.client !== null);
  },
});

testWith(NATS, {
  name: "a store that is closed answers who waits",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    using one = new Seen(agent.connection);
    await server.kill();
    await until("the end", () => agent.connection.client === null);
    const written = one.store.putNow("a", 1);
    one.store[Symbol.dispose]();
    assertEquals(await written, "closed");
    assertEquals(await one.store.putNow("a", 1), "closed");
    one.store.put("a", 1);
  },
});

testWith(NATS, {
  name: "thousands of records are loaded as one list",
  async fn() {
    await using server = await NatsServer.start();
    await using agent = await linked(server);
    const { connection } = agent;
    using one = new Seen(connection);
    for (let n = 0; n < 20_000; n++) one.store.put(`check-${n}`, n);
    await until("all of them", () => one.values.size === 20_000);
    assertEquals((await Seen.read(connection)).size, 20_000);
  },
});
