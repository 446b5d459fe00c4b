import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Semaphore } from "../../src/io/semaphore.ts";

/** Notes who is let in. */
function notingSemaphore(
  permits: number,
  gone: Set<number> = new Set(),
): { semaphore: Semaphore<number>; log: number[] } {
  const log: number[] = [];
  const semaphore = new Semaphore<number>(permits, (waiter) => {
    if (gone.has(waiter)) return false;
    log.push(waiter);
    return true;
  });
  return { semaphore, log };
}

for (const permits of [0, -1, 1.5, NaN, Infinity]) {
  Deno.test(`Semaphore refuses ${permits} permits`, () => {
    assertThrows(
      () => new Semaphore(permits, () => true),
      RangeError,
      `got ${permits}`,
    );
  });
}

Deno.test("Semaphore lets in as many as it has permits, then in the order they came", () => {
  const { semaphore, log } = notingSemaphore(2);
  for (let i = 0; i < 5; i++) semaphore.enter(i);
  assertEquals(log, [0, 1]);
  assertEquals([semaphore.inside, semaphore.waiting], [2, 3]);
  semaphore.leave();
  assertEquals(log, [0, 1, 2]);
  semaphore.leave();
  semaphore.leave();
  assertEquals(log, [0, 1, 2, 3, 4]);
  assertEquals([semaphore.inside, semaphore.waiting], [2, 0]);
  semaphore.leave();
  semaphore.leave();
  assertEquals([semaphore.inside, semaphore.waiting], [0, 0]);
});

Deno.test("Semaphore passes over who waits no longer", () => {
  const gone = new Set([1, 2]);
  const { semaphore, log } = notingSemaphore(1, gone);
  for (let i = 0; i < 4; i++) semaphore.enter(i);
  semaphore.leave();
  assertEquals(log, [0, 3]);
  semaphore.leave();
  assertEquals([semaphore.inside, semaphore.waiting], [0, 0]);
});

Deno.test("Semaphore keeps a permit that somebody did not want after all", () => {
  const { semaphore, log } = notingSemaphore(1, new Set([0]));
  semaphore.enter(0);
  semaphore.enter(1);
  assertEquals(log, [1]);
  assertEquals(semaphore.inside, 1);
});

Deno.test("Semaphore keeps its order while thousands come and go", () => {
  const { semaphore, log } = notingSemaphore(1);
  for (let i = 0; i < 5000; i++) {
    semaphore.enter(2 * i);
    semaphore.enter(2 * i + 1);
    semaphore.leave();
  }
  while (semaphore.inside > 0) semaphore.leave();
  assertEquals(log, Array.from({ length: 10_000 }, (_, i) => i));
});

Deno.test("Semaphore agrees with a plain queue", () => {
  const moves = fc.array(
    fc.oneof(
      fc.constant("enter"),
      fc.constant("leave"),
      fc.constant("give up"),
    ),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), moves, (permits, moves) => {
      const gone = new Set<number>();
      const { semaphore, log } = notingSemaphore(permits, gone);
      const queue: number[] = [];
      const expected: number[] = [];
      let inside = 0;
      let next = 0;
      const admit = (): void => {
        while (inside < permits && queue.length > 0) {
          const waiter = queue.shift()!;
          if (gone.has(waiter)) continue;
          expected.push(waiter);
          inside++;
        }
      };
      for (const move of moves) {
        if (move === "enter") {
          queue.push(next);
          semaphore.enter(next++);
        } else if (move === "leave" && inside > 0) {
          inside--;
          semaphore.leave();
        } else if (move === "give up" && queue.length > 0) {
          gone.add(queue[0]!);
        }
        admit();
        assertEquals(log, expected);
        assertEquals(semaphore.inside, inside);
      }
    }),
  );
});
