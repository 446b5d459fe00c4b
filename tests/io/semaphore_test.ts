import {
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { type Permit, Semaphore } from "../../src/io/semaphore.ts";
import { CountingSignal } from "../support/signals.ts";

for (const permits of [0, -1, 1.5, NaN, Infinity]) {
  Deno.test(`Semaphore refuses ${permits} permits`, () => {
    assertThrows(() => new Semaphore(permits), RangeError, `got ${permits}`);
  });
}

Deno.test("Semaphore lets in as many as it has permits, then in the order they came", async () => {
  const semaphore = new Semaphore(2);
  const log: number[] = [];
  const permits: Permit[] = [];
  for (let i = 0; i < 5; i++) {
    void semaphore.acquire().then((permit) => {
      log.push(i);
      permits.push(permit);
    });
  }
  await Promise.resolve();
  assertEquals(log, [0, 1]);
  assertEquals(semaphore.waiting, 3);
  permits[1]![Symbol.dispose]();
  await Promise.resolve();
  assertEquals(log, [0, 1, 2]);
  permits[0]![Symbol.dispose]();
  permits[2]![Symbol.dispose]();
  await Promise.resolve();
  assertEquals(log, [0, 1, 2, 3, 4]);
  assertEquals(semaphore.waiting, 0);
});

Deno.test("Semaphore takes a permit back once", async () => {
  const semaphore = new Semaphore(1);
  const permit = await semaphore.acquire();
  permit[Symbol.dispose]();
  permit[Symbol.dispose]();
  using _held = await semaphore.acquire();
  void semaphore.acquire();
  assertEquals(semaphore.waiting, 1);
});

Deno.test("Semaphore takes a permit back once even after it went on to another", async () => {
  const semaphore = new Semaphore(1);
  const first = await semaphore.acquire();
  const second = semaphore.acquire();
  first[Symbol.dispose]();
  await second;
  first[Symbol.dispose]();
  void semaphore.acquire();
  assertEquals(semaphore.waiting, 1);
});

Deno.test("Semaphore rejects at once if the signal has aborted", async () => {
  const semaphore = new Semaphore(1);
  const reason = new Error("Enough");
  const thrown = await assertRejects(() =>
    semaphore.acquire(AbortSignal.abort(reason))
  );
  assertStrictEquals(thrown, reason);
  using _permit = await semaphore.acquire();
});

Deno.test("Semaphore lets whoever waits leave, and passes over them", async () => {
  const semaphore = new Semaphore(1);
  const permit = await semaphore.acquire();
  const controller = new AbortController();
  const leaver = semaphore.acquire(controller.signal);
  const stayer = semaphore.acquire();
  const reason = new Error("Enough");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => leaver), reason);
  assertEquals(semaphore.waiting, 1);
  permit[Symbol.dispose]();
  (await stayer)[Symbol.dispose]();
  using _permit = await semaphore.acquire();
});

Deno.test("Semaphore does not mind a signal that aborts once it is in", async () => {
  const semaphore = new Semaphore(1);
  const controller = new AbortController();
  const first = await semaphore.acquire(controller.signal);
  const second = semaphore.acquire(controller.signal);
  first[Symbol.dispose]();
  controller.abort();
  using _permit = await second;
  assertEquals(semaphore.waiting, 0);
});

Deno.test("Semaphore listens to a signal no longer than it keeps waiting", async () => {
  const semaphore = new Semaphore(1);
  const counted = new CountingSignal();
  const first = await semaphore.acquire(counted.signal);
  const second = semaphore.acquire(counted.signal);
  assertEquals(counted.listeners, 1);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  assertEquals(counted.listeners, 0);
});

Deno.test("Semaphore never lets in too many, and loses no permit, whatever they do", async () => {
  const permits = fc.integer({ min: 1, max: 3 });
  const moves = fc.array(
    fc.record({
      move: fc.constantFrom("acquire", "acquire", "release", "abort"),
      nth: fc.nat(),
    }),
    { maxLength: 60 },
  );
  await fc.assert(fc.asyncProperty(permits, moves, async (limit, moves) => {
    const semaphore = new Semaphore(limit);
    const held: Permit[] = [];
    const waiting: AbortController[] = [];
    for (const { move, nth } of moves) {
      if (move === "acquire") {
        const controller = new AbortController();
        waiting.push(controller);
        semaphore.acquire(controller.signal)
          .then((permit) => held.push(permit), () => {})
          .finally(() => waiting.splice(waiting.indexOf(controller), 1));
      } else if (move === "release" && held.length > 0) {
        held.splice(nth % held.length, 1)[0]![Symbol.dispose]();
      } else if (move === "abort" && waiting.length > 0) {
        waiting[nth % waiting.length]!.abort();
      }
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      for (let i = 0; i < 4; i++) await Promise.resolve();
      assertLessOrEqual(held.length, limit);
      // Nobody waits while there is a permit.
      assertEquals(semaphore.waiting === 0 || held.length === limit, true);
      assertEquals(semaphore.waiting, waiting.length);
    }
  }));
});
