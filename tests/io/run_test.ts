import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type Ending, Run, type Runnable } from "../../src/io/run.ts";
import { deadlineOf, enterStage } from "../../src/core/stage.ts";

/** Runs something, with its ending as a promise. */
function run<T>(
  what: Runnable<T>,
  timeoutMs: number,
): {
  readonly ended: Promise<Ending<T>>;
  readonly atRest: Promise<void>;
  readonly abort: () => void;
} {
  const { promise: ended, resolve } = Promise.withResolvers<Ending<T>>();
  const running = new Run(what, timeoutMs, { onEnd: resolve });
  return { ended, atRest: running.atRest, abort: () => running.abort() };
}

Deno.test("Run ends with the value, and leaves no timer", async () => {
  const { ended, atRest } = run(() => Promise.resolve(7), 1e9);
  assertEquals(await ended, { type: "value", value: 7 });
  await atRest;
});

Deno.test("Run says when what runs has to end, from when it is ready", async () => {
  const prepare = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
  const what = (signal: AbortSignal) => Promise.resolve(deadlineOf(signal)!);
  const before = performance.now();
  const { ended } = run(Object.assign(what, { prepare }), 1e6);
  const ending = await ended;
  assert(ending.type === "value" && ending.value >= before + 1e6 + 15);
  assert(ending.value <= performance.now() + 1e6);
});

Deno.test("Run ends with the error that a probe rejects with", async () => {
  const error = new Error("No");
  const { ended, atRest } = run(() => Promise.reject(error), 1e9);
  assertEquals(await ended, { type: "error", error });
  await atRest;
});

Deno.test("Run ends with what was thrown before the first promise", async () => {
  const error = new Error("No");
  const { ended, atRest } = run(() => {
    throw error;
  }, 1e9);
  assertEquals(await ended, { type: "error", error });
  await atRest;
});

Deno.test("Run starts at once", () => {
  let started = false;
  run(() => {
    started = true;
    return Promise.resolve();
  }, 1e9);
  assert(started);
});

Deno.test("Run aborts with a TimeoutError at the deadline, not before", async () => {
  using time = new FakeTime();
  let signal!: AbortSignal;
  const { ended, atRest } = run((given) => {
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
  await atRest;
});

Deno.test("Run names the stage that an attempt had reached at its deadline", async () => {
  using time = new FakeTime();
  const { ended } = run((signal) => {
    enterStage(signal, "connecting");
    enterStage(signal, "reading");
    signal.addEventListener("abort", () => enterStage(signal, "giving up"));
    return new Promise(() => {});
  }, 10);
  time.tick(10);
  assertEquals(await ended, { type: "timeout", stage: "reading" });
});

Deno.test("Run ends though its signal is ignored, and settles when it is really over", async () => {
  using time = new FakeTime();
  const { promise, resolve } = Promise.withResolvers<string>();
  const { ended, atRest } = run(() => promise, 10);
  let isAtRest = false;
  atRest.then(() => isAtRest = true);
  time.tick(10);
  assertEquals((await ended).type, "timeout");
  time.tick(1e6);
  await time.runMicrotasks();
  assertFalse(isAtRest);
  resolve("too late");
  await atRest;
  assertEquals((await ended).type, "timeout");
});

Deno.test("Run takes no offence at a rejection after the deadline", async () => {
  using time = new FakeTime();
  const { promise, reject } = Promise.withResolvers<string>();
  const { ended, atRest } = run(() => promise, 10);
  time.tick(10);
  reject(new Error("Too late"));
  await atRest;
  assertEquals((await ended).type, "timeout");
});

Deno.test("Run can be aborted, and leaves no timer", async () => {
  let signal!: AbortSignal;
  const { promise, resolve } = Promise.withResolvers<string>();
  const { ended, atRest, abort } = run((given) => {
    signal = given;
    return promise;
  }, 1e9);
  abort();
  assertEquals(await ended, { type: "abort" });
  assertStrictEquals(signal.reason.name, "AbortError");
  resolve("too late");
  await atRest;
  assertEquals(await ended, { type: "abort" });
});

Deno.test("Run stays as it ended when it is aborted afterwards", async () => {
  const { ended, abort } = run(() => Promise.resolve(7), 1e9);
  await ended;
  abort();
  assertEquals(await ended, { type: "value", value: 7 });
});

Deno.test("Run calls back once at its end, and once when it has come to rest", async () => {
  using time = new FakeTime();
  const { promise, resolve } = Promise.withResolvers<number>();
  const heard: string[] = [];
  const running = new Run(() => promise, 10, {
    onEnd: ({ type }) => heard.push(type),
    onRest: () => heard.push("rest"),
  });
  time.tick(10);
  running.abort();
  assertEquals(heard, ["timeout"]);
  resolve(7);
  await running.atRest;
  assertEquals(heard, ["timeout", "rest"]);
});

Deno.test("Run calls back its end and its rest at once where they are one", async () => {
  const heard: string[] = [];
  const running = new Run(() => Promise.resolve(7), 1e9, {
    onEnd: ({ type }) => heard.push(type),
    onRest: () => heard.push("rest"),
  });
  assertEquals(heard, []);
  await running.atRest;
  assertEquals(heard, ["value", "rest"]);
});

Deno.test("Run aborts its signal when it is aborted after its end, for what was left behind", async () => {
  let signal!: AbortSignal;
  const { ended, atRest, abort } = run((given) => {
    signal = given;
    return Promise.resolve(7);
  }, 1e9);
  await atRest;
  assertFalse(signal.aborted);
  abort();
  assert(signal.aborted);
  assertEquals(await ended, { type: "value", value: 7 });
});

/** What has to be prepared before it runs. */
function preparing<T>(
  prepare: (signal: AbortSignal) => Promise<void> | undefined,
  what: (signal: AbortSignal) => Promise<T>,
): Runnable<T> {
  return Object.assign((signal: AbortSignal) => what(signal), { prepare });
}

Deno.test("Run starts a probe at once if it is already prepared", () => {
  let started = false;
  const what = preparing(() => undefined, () => {
    started = true;
    return Promise.resolve();
  });
  run(what, 1e9);
  assert(started);
});

Deno.test("Run counts the time from when it is prepared", async () => {
  using time = new FakeTime();
  const ready = Promise.withResolvers<void>();
  const { ended, atRest } = run(
    preparing(() => ready.promise, () => new Promise<never>(() => {})),
    1000,
  );
  await time.tickAsync(900);
  ready.resolve();
  await time.tickAsync(900);
  assertEquals(await Promise.race([ended, "still running"]), "still running");
  await time.tickAsync(100);
  assertEquals((await ended).type, "timeout");
  void atRest;
});

Deno.test("Run ends at its deadline if it is not prepared by then", async () => {
  using time = new FakeTime();
  const ready = Promise.withResolvers<void>();
  let started = false;
  const what = preparing(() => ready.promise, () => {
    started = true;
    return Promise.resolve();
  });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const running = new Run(what, 1000, {
    onEnd: ({ type }, { isPrepared }) =>
      resolve(type === "timeout" && !isPrepared),
  });
  await time.tickAsync(1000);
  assert(await promise);
  ready.resolve();
  await running.atRest;
  assertFalse(started);
});

Deno.test("Run does not start what was aborted while it was prepared", async () => {
  const ready = Promise.withResolvers<void>();
  let started = false;
  const { ended, atRest, abort } = run(
    preparing(() => ready.promise, () => {
      started = true;
      return Promise.resolve();
    }),
    1e9,
  );
  abort();
  assertEquals(await ended, { type: "abort" });
  ready.resolve();
  await atRest;
  assertFalse(started);
});

Deno.test("Run starts all the same where the preparation fails", async () => {
  for (
    const prepare of [
      () => Promise.reject(new Error("No")),
      () => {
        throw new Error("No");
      },
    ]
  ) {
    const { ended, atRest } = run(
      preparing(prepare, () => Promise.resolve(7)),
      1e9,
    );
    assertEquals(await ended, { type: "value", value: 7 });
    await atRest;
  }
});
