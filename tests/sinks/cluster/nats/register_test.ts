import { assertEquals } from "@std/assert";
import type {
  Answer,
  Entry,
  Request,
} from "../../../../src/core/cluster/register.ts";
import { Bucket } from "../../../../src/sinks/cluster/nats/bucket.ts";
import {
  connect,
  type Connection,
} from "../../../../src/sinks/cluster/nats/connection.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";

interface Value {
  readonly n: number;
}

function parse(value: unknown): Value | undefined {
  const { n } = value as Partial<Value>;
  return typeof n === "number" ? { n } : undefined;
}

/** A register with all that it said. */
class Seen implements Disposable {
  readonly bucket: Bucket<Value>;
  readonly events: string[] = [];
  readonly changes: Entry<Value>[] = [];
  list: readonly Entry<Value>[] | null = null;

  constructor(connection: Connection) {
    this.bucket = new Bucket<Value>(connection, {
      name: "members",
      maxValueBytes: 1_000,
      maxAgeMs: 3_600_000,
      parse,
      listed: (entries) => {
        this.events.push("listed");
        this.list = entries;
      },
      changed: (entry) => {
        this.events.push(`changed ${entry.key}`);
        this.changes.push(entry);
      },
      disconnected: () => {
        this.events.push("disconnected");
        this.list = null;
      },
    });
  }

  send(request: Request<Value>): Promise<Answer<Value>> {
    return new Promise((resolve) => this.bucket.send(request, resolve));
  }

  put(key: string, revision: number | null, n: number): Promise<Answer<Value>> {
    return this.send({
      type: "write",
      write: { type: "put", key, revision, value: { n } },
    });
  }

  delete(key: string, revision: number): Promise<Answer<Value>> {
    return this.send({
      type: "write",
      write: { type: "delete", key, revision },
    });
  }

  /** Asks for lists until one comes. */
  async listed(): Promise<readonly Entry<Value>[]> {
    await until("a list", async () => {
      if (this.list !== null) return true;
      const answer = Promise.withResolvers<void>();
      this.bucket.send({ type: "list" }, () => answer.resolve());
      await Promise.race([
        answer.promise,
        until("a list", () => this.list !== null),
      ]);
      return this.list !== null;
    });
    return this.list!;
  }

  [Symbol.dispose](): void {
    this.bucket[Symbol.dispose]();
  }
}

async function connected(server: NatsServer): Promise<Connection> {
  const connection = await connect({ servers: [server.url], name: "shop" });
  await until("a connection", () => connection.client !== null);
  return connection;
}

testWith(NATS, {
  name: "a bucket is made, written by comparing, and watched in order",
  async fn() {
    await using server = await NatsServer.start();
    await using connection = await connected(server);
    using one = new Seen(connection);
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
    assertEquals(await one.put("a b", null, 4), { type: "done", revision: 4 });
    await until("the changes", () => one.changes.length === 4);
    assertEquals(one.changes, [
      { key: "a b", revision: 1, value: { n: 1 } },
      { key: "a b", revision: 2, value: { n: 2 } },
      { key: "a b", revision: 3, value: null },
      { key: "a b", revision: 4, value: { n: 4 } },
    ]);
    using other = new Seen(connection);
    assertEquals(await other.listed(), [one.changes[3]!]);
  },
});
