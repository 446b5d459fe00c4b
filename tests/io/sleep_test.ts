import { assertEquals, assertFalse } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { patience, sleep } from "../../src/io/sleep.ts";
import { CountingSignal } from "../support/signals.ts";

Deno.test("sleep() ends when its time is over", async () => {
  using time = new FakeTime();
  let over = false;
  const sleeping = sleep(1000).then(() => over = true);
  time.tick(999);
  await time.runMicrotasks();
  assertFalse(over);
  time.tick(1);
  await sleeping;
});

Deno.test("sleep() ends when the signal aborts, and leaves no timer", async () => {
  const controller = new AbortController();
  const sleeping = sleep(1e9, controller.signal);
  controller.abort();
  await sleeping;
});

Deno.test("sleep() does not begin if the signal has aborted", async () => {
  await sleep(1e9, AbortSignal.abort());
});

Deno.test("sleep() no longer listens to the signal once it is over", async () => {
  using time = new FakeTime();
  const counted = new CountingSignal();
  const sleeping = sleep(10, counted.signal);
  assertEquals(counted.listeners, 1);
  time.tick(10);
  await sleeping;
  assertEquals(counted.listeners, 0);
});

for (
  const [how, promise] of [
    ["resolves", (): Promise<void> => Promise.resolve()],
    ["rejects", (): Promise<void> => Promise.reject(new Error("No"))],
  ] as const
) {
  Deno.test(`patience() ends when its promise ${how}, and leaves no timer`, async () => {
    await patience(promise(), 1e9);
  });
}

Deno.test("patience() ends under faked time though nobody lets it go by", async () => {
  using _time = new FakeTime();
  await patience(new Promise(() => {}), 1);
});
