/**
 * Values that somebody has written by hand into the bucket.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { TERM } from "../../../../src/sinks/cluster/kept/value.ts";
import { ask } from "../../../../src/sinks/cluster/nats/api.ts";
import { connect } from "../../../../src/sinks/cluster/nats/connection.ts";
import { encodeName } from "../../../../src/sinks/cluster/nats/names.ts";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import { Keeping, Lease } from "./keeping.ts";

for (const by of [Number.MAX_SAFE_INTEGER, 2 ** 53 - 2 ** 21]) {
  testWith(NATS, {
    name: `a term of ${by} does not count`,
    async fn() {
      await using server = await NatsServer.start();
      const lease = new Lease();
      await using one = await Keeping.open("one", server, lease);
      await using other = await Keeping.open("other", server, lease);
      lease.give("one");
      await one.kept.catchUp();
      one.kept.put("a", "one");
      assertEquals(await one.kept.written(), true);
      await write(server, TERM, { by, value: "" });
      await write(server, "b", { by, value: "" });
      lease.give("other");
      await other.kept.catchUp();
      other.kept.put("a", "other");
      other.kept.put("b", "other");
      assertEquals(await other.kept.written(), true);
      assertEquals(other.errors, []);
      const all = { a: "other", b: "other" };
      await until("what the next one has put", () => one.values.b === "other");
      assertEquals(one.values, all);
      await using third = await Keeping.open("third", server, lease);
      lease.give("third");
      await third.kept.catchUp();
      assertEquals([third.values, third.errors], [all, []]);
    },
  });
}

/** Writes a value by hand, whatever is there. */
async function write(
  server: NatsServer,
  key: string,
  value: unknown,
): Promise<void> {
  await using connection = await connect({
    servers: [server.url],
    name: "shop",
  });
  const subject = `$KV.lifesign-shop-kept.${encodeName(key)}`;
  await until("that it is written", async () => {
    const reply = await ask(connection, subject, JSON.stringify(value));
    return reply.type === "done";
  });
}
