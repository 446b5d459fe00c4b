import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { allReady, ownTurn } from "../../src/io/turn.ts";

Deno.test("ownTurn() gives each a turn of its own, in their order", async () => {
  const seen: string[] = [];
  const turns = ["a", "b", "c"].map(async (name) => {
    await ownTurn();
    seen.push(name);
  });
  const { port1, port2 } = new MessageChannel();
  // A message of the event loop, which comes between two turns.
  port2.onmessage = () => seen.push("message");
  await turns[0];
  port1.postMessage(null);
  await Promise.all(turns);
  port1.close();
  port2.close();
  assertEquals(seen.filter((it) => it !== "message"), ["a", "b", "c"]);
  assertEquals(seen.indexOf("message") < seen.indexOf("c"), true);
});

Deno.test("ownTurn() does not wait in faked time", async () => {
  using _time = new FakeTime();
  await ownTurn();
});

Deno.test("allReady() waits for all that is being prepared", async () => {
  const slow = Promise.withResolvers<void>();
  const order: string[] = [];
  const both = [
    allReady(slow.promise).then(() => order.push("slow")),
    allReady(Promise.resolve()).then(() => order.push("quick")),
  ];
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(order, []);
  slow.resolve();
  await Promise.all(both);
  assertEquals(order.toSorted(), ["quick", "slow"]);
});

Deno.test("allReady() does not wait for ever for a preparation that never ends", async () => {
  const never = Promise.withResolvers<void>();
  const other = allReady(never.promise);
  await allReady(Promise.resolve());
  never.resolve();
  await other;
});

Deno.test("allReady() rejects if the preparation fails, and leaves nothing", async () => {
  await assertRejects(() => allReady(Promise.reject(new Error("No"))));
  await allReady(Promise.resolve());
});

Deno.test("ownTurn() is soon the turn of each of many", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await Promise.all(Array.from({ length: 10_000 }, () => ownTurn()));
  clearInterval(timer);
  // One for each would be ten thousand.
  assert(turns < 200, `${turns} turns`);
});
