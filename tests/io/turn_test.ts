import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ownTurn } from "../../src/io/turn.ts";

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
