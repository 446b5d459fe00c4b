import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Pace } from "../../src/io/pace.ts";
import { nextTurn } from "../../src/io/turn.ts";

Deno.test("a Pace lets some begin in each turn of the event loop, in their order", async () => {
  const begun: number[] = [];
  const pace = new Pace<number>((n) => begun.push(n));
  for (let n = 0; n < 200; n++) pace.enter(n);
  const atOnce = begun.length;
  assert(atOnce > 0 && atOnce <= 64, `${atOnce} at once`);
  let most = 0;
  while (begun.length < 200) {
    const before = begun.length;
    await nextTurn();
    most = Math.max(most, begun.length - before);
  }
  assert(most <= atOnce, `${most} in a turn`);
  assertEquals(begun, Array.from({ length: 200 }, (_, n) => n));
  // Once nothing waits, it has no timer.
  await nextTurn();
  await nextTurn();
});

Deno.test("a Pace lets those begin behind others that come as these begin", async () => {
  const begun: number[] = [];
  const pace: Pace<number> = new Pace((n) => {
    begun.push(n);
    if (n < 1000) pace.enter(n + 1000);
  });
  for (let n = 0; n < 100; n++) pace.enter(n);
  while (begun.length < 200) await nextTurn();
  for (
    const list of [
      begun.filter((n) => n < 1000),
      begun.filter((n) => n >= 1000),
    ]
  ) {
    assertEquals(list, list.toSorted((a, b) => a - b));
  }
  await nextTurn();
  await nextTurn();
});

Deno.test("a Pace gives back those that wait as it ends", () => {
  const begun: number[] = [];
  const pace = new Pace<number>((n) => begun.push(n));
  for (let n = 0; n < 200; n++) pace.enter(n);
  const left = pace.stop();
  assertEquals([...begun, ...left], Array.from({ length: 200 }, (_, n) => n));
});

Deno.test("a Pace does not wait in faked time", () => {
  using _time = new FakeTime();
  const begun: number[] = [];
  const pace = new Pace<number>((n) => begun.push(n));
  for (let n = 0; n < 200; n++) pace.enter(n);
  assertEquals(begun.length, 200);
});
