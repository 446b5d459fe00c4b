import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { StallWatch } from "../../src/io/stall.ts";
import { SettableTime } from "../support/time.ts";

/** Keeps the event loop from turning. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

Deno.test("StallWatch sees that the event loop was blocked, in real time", () => {
  const watch = new StallWatch();
  block(300);
  assertGreaterOrEqual(watch.lateMs(), 200);
  watch.stop();
});

Deno.test("StallWatch sees a stall before the next beat and after it", async () => {
  using time = new SettableTime();
  const watch = new StallWatch();
  await time.advance(75);
  time.block(400);
  assertGreaterOrEqual(watch.lateMs(), 350);
  await time.advance(1000);
  assertGreaterOrEqual(watch.lateMs(), 350);
  assertLess(watch.lateMs(), 450);
  watch.stop();
});

Deno.test("StallWatch sees none where there is none", async () => {
  using time = new SettableTime();
  const watch = new StallWatch();
  await time.advance(5000);
  assertEquals(watch.lateMs(), 0);
  watch.stop();
});

Deno.test("StallWatch tells the worst of several stalls", async () => {
  using time = new SettableTime();
  const watch = new StallWatch();
  for (const ms of [200, 700, 300]) {
    time.block(ms);
    await time.advance(1000);
  }
  assertGreaterOrEqual(watch.lateMs(), 650);
  assertLess(watch.lateMs(), 750);
  watch.stop();
});

Deno.test("StallWatch knows nothing of stalls before its time", async () => {
  using time = new SettableTime();
  const early = new StallWatch();
  await time.advance(1000);
  time.block(500);
  // Not noticed by any beat yet when the second one starts.
  const late = new StallWatch();
  time.block(1);
  // Of that stall, the last millisecond was in its time.
  assertEquals(late.lateMs(), 1);
  assertGreaterOrEqual(early.lateMs(), 400);
  await time.advance(1000);
  assertEquals(late.lateMs(), 1);
  early.stop();
  const later = new StallWatch();
  assertEquals(later.lateMs(), 0);
  late.stop();
  later.stop();
});

Deno.test("StallWatch is not deceived by a clock that is set forward", async () => {
  using time = new SettableTime();
  const watch = new StallWatch();
  await time.advance(70);
  time.setClock(3_600_000);
  await time.advance(1000);
  assertEquals(watch.lateMs(), 0);
  watch.stop();
});

Deno.test("StallWatch sees no stall in faked time that is let go by in one go", () => {
  using time = new FakeTime();
  const watch = new StallWatch();
  time.tick(60_000);
  assertEquals(watch.lateMs(), 0);
  watch.stop();
});

Deno.test("StallWatch remembers the newest of very many stalls", async () => {
  using time = new SettableTime();
  const watch = new StallWatch();
  for (let i = 0; i < 100; i++) {
    time.block(i === 99 ? 900 : 200);
    await time.advance(50);
  }
  assertGreaterOrEqual(watch.lateMs(), 850);
  watch.stop();
});

Deno.test("StallWatch leaves no timer when the last one stops, once or twice", () => {
  // In real time: the sanitizer would see a timer.
  const [one, other] = [new StallWatch(), new StallWatch()];
  one.stop();
  one.stop();
  other.stop();
});

Deno.test("StallWatch starts anew when all others have stopped", () => {
  const watch = new StallWatch();
  block(300);
  assertGreaterOrEqual(watch.lateMs(), 200);
  watch.stop();
  const again = new StallWatch();
  assertLess(again.lateMs(), 200);
  again.stop();
});
