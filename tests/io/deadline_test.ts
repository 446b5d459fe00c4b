import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { withDeadline } from "../../src/io/deadline.ts";
import { enterStage } from "../../src/io/stage.ts";

Deno.test("withDeadline() ends with the value, and leaves no timer", async () => {
  const { ended, settled } = withDeadline(() => Promise.resolve(7), 1e9);
  assertEquals(await ended, { type: "value", value: 7 });
  await settled;
});

Deno.test("withDeadline() ends with what was rejected", async () => {
  const error = new Error("No");
  const { ended, settled } = withDeadline(() => Promise.reject(error), 1e9);
  assertEquals(await ended, { type: "error", error });
  await settled;
});

Deno.test("withDeadline() ends with what was thrown before the first promise", async () => {
  const error = new Error("No");
  const { ended, settled } = withDeadline(() => {
    throw error;
  }, 1e9);
  assertEquals(await ended, { type: "error", error });
  await settled;
});

Deno.test("withDeadline() starts at once", () => {
  let started = false;
  withDeadline(() => {
    started = true;
    return Promise.resolve();
  }, 1e9);
  assert(started);
});

Deno.test("withDeadline() aborts with a TimeoutError at the deadline, not before", async () => {
  using time = new FakeTime();
  let signal!: AbortSignal;
  const { ended, settled } = withDeadline((given) => {
    signal = given;
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }, 5000);
  time.tick(4999);
  assertFalse(signal.aborted);
  time.tick(1);
  assertInstanceOf(signal.reason, DOMException);
  assertEquals(signal.reason.name, "TimeoutError");
  assertEquals(await ended, { type: "timeout", stage: undefined });
  await settled;
});

Deno.test("withDeadline() says how far it had come", async () => {
  using time = new FakeTime();
  const { ended } = withDeadline((signal) => {
    enterStage(signal, "connecting");
    enterStage(signal, "reading");
    signal.addEventListener("abort", () => enterStage(signal, "giving up"));
    return new Promise(() => {});
  }, 10);
  time.tick(10);
  assertEquals(await ended, { type: "timeout", stage: "reading" });
});

Deno.test("withDeadline() ends though its signal is ignored, and settles when it is really over", async () => {
  using time = new FakeTime();
  const { promise, resolve } = Promise.withResolvers<string>();
  const { ended, settled } = withDeadline(() => promise, 10);
  let isSettled = false;
  settled.then(() => isSettled = true);
  time.tick(10);
  assertEquals((await ended).type, "timeout");
  time.tick(1e6);
  await time.runMicrotasks();
  assertFalse(isSettled);
  resolve("too late");
  await settled;
  assertEquals((await ended).type, "timeout");
});

Deno.test("withDeadline() takes no offence at a rejection after the deadline", async () => {
  using time = new FakeTime();
  const { promise, reject } = Promise.withResolvers<string>();
  const { ended, settled } = withDeadline(() => promise, 10);
  time.tick(10);
  reject(new Error("Too late"));
  await settled;
  assertEquals((await ended).type, "timeout");
});

Deno.test("withDeadline() can be aborted, and leaves no timer", async () => {
  let signal!: AbortSignal;
  const { promise, resolve } = Promise.withResolvers<string>();
  const { ended, settled, abort } = withDeadline((given) => {
    signal = given;
    return promise;
  }, 1e9);
  abort();
  assertEquals(await ended, { type: "abort" });
  assertStrictEquals(signal.reason.name, "AbortError");
  resolve("too late");
  await settled;
  assertEquals(await ended, { type: "abort" });
});

Deno.test("withDeadline() stays as it ended when it is aborted afterwards", async () => {
  const { ended, abort } = withDeadline(() => Promise.resolve(7), 1e9);
  await ended;
  abort();
  assertEquals(await ended, { type: "value", value: 7 });
});
