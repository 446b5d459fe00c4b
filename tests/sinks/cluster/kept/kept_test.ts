import { assert, assertEquals } from "@std/assert";
import { NATS, NatsServer, until } from "../../../support/nats.ts";
import { testWith } from "../../../support/needs.ts";
import { Keeping, Lease } from "./keeping.ts";

/** A test with the server. */
function test(name: string, fn: () => Promise<void>): void {
  testWith(NATS, { name, fn });
}

/** What is said if the bucket cannot be read. */
const UNREAD = "cannot read what other agents have sent; it may be sent twice";

/** Two agents, of which the first one tells. */
async function two(): Promise<
  {
    readonly server: NatsServer;
    readonly lease: Lease;
    readonly one: Keeping;
    readonly other: Keeping;
  } & AsyncDisposable
> {
  const server = await NatsServer.start();
  const lease = new Lease();
  const one = await Keeping.open("one", server, lease);
  const other = await Keeping.open("other", server, lease);
  lease.give("one");
  await one.kept.catchUp();
  return {
    server,
    lease,
    one,
    other,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

test("who begins to tell has all that the last one has put", async () => {
  await using agents = await two();
  const { lease, one, other } = agents;
  const text = "x".repeat(1000);
  const names = Array.from({ length: 5000 }, (_, i) => `notify/a b/ü/${i}`);
  for (const name of names) one.kept.put(name, "before");
  for (const name of names) one.kept.put(name, text);
  one.kept.put(names[0]!, null);
  assertEquals(await one.kept.written(), true);
  lease.give("other");
  await other.kept.catchUp();
  assertEquals(other.kept.list("notify/a b/ü/").length, 4999);
  assertEquals(new Set(Object.values(other.values)), new Set([text]));
  other.kept.put(names[1]!, "after");
  assertEquals(await other.kept.written(), true);
  await until("it", () => one.values[names[1]!] === "after");
  assertEquals([...one.errors, ...other.errors], []);
});

test("what is put while it is written, and what is removed, comes in order", async () => {
  await using agents = await two();
  const { one, other } = agents;
  for (let i = 0; i < 200; i++) {
    one.kept.put("a", i % 3 === 2 ? null : String(i));
    one.kept.put("b", String(i));
    if (i % 7 === 0) void one.kept.written();
    if (i % 20 === 0) await one.kept.written();
  }
  one.kept.put("b", null);
  assertEquals(await one.kept.written(), true);
  await until("the last", () => other.values.a === "199");
  await until("no b", () => other.values.b === undefined);
  assertEquals(one.values, { a: "199" });
});

test("only who tells puts values", async () => {
  await using agents = await two();
  const { other } = agents;
  other.kept.put("a", "1");
  assertEquals(other.errors, [
    "Error: Expected the agent that tells to put a",
  ]);
  assertEquals(other.values, {});
});

test("a value that is too large is not kept, and others are", async () => {
  await using agents = await two();
  const { one, other } = agents;
  one.kept.put("a", "ü".repeat(200_000));
  one.kept.put("b", "x".repeat(200_000));
  assertEquals(await one.kept.written(), true);
  assertEquals(one.errors, ["Error: The value of a is too large"]);
  await until("b", () => other.values.b?.length === 200_000);
});

test("while the server is gone values are remembered, and written after that", async () => {
  await using agents = await two();
  const { server, one, other } = agents;
  one.kept.put("a", "1");
  one.kept.put("b", "1");
  assertEquals(await one.kept.written(), true);
  await server.kill();
  const since = performance.now();
  one.kept.put("a", "2");
  one.kept.put("b", null);
  one.kept.put("c", "2");
  assertEquals(await one.kept.written(), false);
  assert(performance.now() - since < 20_000);
  assertEquals(one.values, { a: "2", c: "2" });
  await server.run();
  await until("what was put", () => other.values.c === "2");
  await until("that it is written", () => one.kept.written());
  assertEquals(other.values, { a: "2", c: "2" });
  assertEquals(one.heard, 0);
});

test("what a server has lost is written again", async () => {
  await using agents = await two();
  const { server, one, other } = agents;
  for (let i = 0; i < 300; i++) one.kept.put(`a${i}`, String(i));
  assertEquals(await one.kept.written(), true);
  await server.kill();
  await server.wipe();
  one.kept.put("a0", null);
  await server.run();
  await until("all of it", () => other.kept.list("a").length === 299);
  await until("that it is written", () => one.kept.written());
  one.kept.put("a1", "new");
  await until("a1", () => other.values.a1 === "new");
  assertEquals(one.values, other.values);
});

test("a teller that is late does not overwrite what the next one has put", async () => {
  await using agents = await two();
  const { lease, one, other } = agents;
  for (const name of ["a", "b", "c", "d"]) one.kept.put(name, "first");
  assertEquals(await one.kept.written(), true);
  // It is stalled with these under way.
  const release = one.hold();
  for (const name of ["a", "b", "c"]) one.kept.put(name, "late");
  const written = one.kept.written();
  lease.give("other");
  await other.kept.catchUp();
  other.kept.put("a", "next");
  other.kept.put("b", null);
  other.kept.put("d", null);
  assertEquals(await other.kept.written(), true);
  release();
  assertEquals(await written, true);
  // What the next one has not put is as the late one knows it.
  const all = { a: "next", b: "late", c: "late" };
  for (const agent of [one, other]) {
    await until("b", () => agent.values.b === "late");
    await until("c", () => agent.values.c === "late");
    await until("no d", () => agent.values.d === undefined);
    assertEquals(agent.values, all);
  }
  await until("that it hears of it", () => other.heard === 1);
  // And it brings back nothing by itself.
  one.kept.put("a", "later");
  one.kept.put("d", "later");
  assertEquals(one.values, all);
});

test("who tells again cut off from the bucket keeps what it puts, and writes it later", async () => {
  await using agents = await two();
  const { lease, one, other } = agents;
  lease.give("other");
  await other.kept.catchUp();
  other.kept.put("seen", "other");
  await until("the other's", () => one.values.seen === "other");
  one.cut(true);
  one.isSure = true;
  await one.kept.catchUp();
  assertEquals(one.errors, [UNREAD]);
  one.kept.put("new", "one");
  assertEquals(one.values, { seen: "other", new: "one" });
  one.cut(false);
  await until("what was put", () => other.values.new === "one");
});

test("after a partition, what both have put is the later one's, and nothing else is lost", async () => {
  await using agents = await two();
  const { lease, one, other } = agents;
  for (const name of ["both", "mine", "ended", "gone"]) {
    one.kept.put(name, "first");
  }
  assertEquals(await one.kept.written(), true);
  one.isSure = true;
  one.cut(true);
  // It begins anew for itself, in no term that another one has.
  const begun = one.kept.catchUp();
  for (const name of ["both", "mine", "ended", "new"]) {
    one.kept.put(name, "one");
  }
  one.kept.put("gone", null);
  assertEquals(await one.kept.written(), false);
  lease.give("other");
  await other.kept.catchUp();
  await begun;
  other.kept.put("both", "other");
  other.kept.put("ended", null);
  other.kept.put("newer", "other");
  assertEquals(await other.kept.written(), true);
  one.cut(false);
  one.isSure = false;
  const merged = {
    both: "other",
    ended: "one",
    mine: "one",
    new: "one",
    newer: "other",
  };
  for (const agent of [one, other]) {
    await until("all of it", () => agent.values.new === "one");
    await until("the end", () => agent.values.gone === undefined);
    await until("the other's", () => agent.values.newer === "other");
    await until("what both knew", () => agent.values.ended === "one");
    assertEquals(agent.values, merged);
  }
  await until("that it hears of it", () => other.heard > 0);
  assertEquals(one.heard, 0);
  // Who is new sees the same.
  await using third = await Keeping.open("third", agents.server, lease);
  lease.give("third");
  await third.kept.catchUp();
  assertEquals(third.values, merged);
});

test("an agent begins to tell although the server is gone, after a while", async () => {
  await using agents = await two();
  const { server, lease, other } = agents;
  await server.kill();
  lease.give("other");
  await other.kept.catchUp();
  assertEquals(other.errors, [UNREAD]);
  other.kept.put("a", "1");
  assertEquals(other.values, { a: "1" });
});

test("an agent that is not to tell any more begins nothing", async () => {
  await using agents = await two();
  const { server, lease, one, other } = agents;
  await server.kill();
  lease.give("other");
  const begun = other.kept.catchUp();
  lease.give("one");
  await begun;
  assertEquals(other.errors, []);
  await server.run();
  one.kept.put("a", "1");
  await until("it", () => other.values.a === "1");
});
