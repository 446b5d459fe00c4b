import {
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import fc from "fast-check";
import { nextSlot, offsetOf } from "../../src/core/schedule.ts";

Deno.test("nextSlot() is one delay after the last slot, however long the attempt took", () => {
  for (const tookMs of [0, 1, 4000, 9999]) {
    assertEquals(
      nextSlot({ due: 50_000, now: 50_000 + tookMs, delayMs: 10_000 }),
      { due: 60_000, skipped: 0 },
    );
  }
});

Deno.test("nextSlot() skips the slots that were missed", () => {
  const slot = { due: 50_000, delayMs: 10_000 };
  assertEquals(nextSlot({ ...slot, now: 60_000 }), {
    due: 70_000,
    skipped: 1,
  });
  assertEquals(nextSlot({ ...slot, now: 84_000 }), {
    due: 90_000,
    skipped: 3,
  });
});

Deno.test("nextSlot() brings a first attempt into its offset within one delay", () => {
  const slot = { now: 50_000, delayMs: 10_000 };
  assertEquals(nextSlot({ ...slot, due: 50_000, offsetMs: 3000 }).due, 53_000);
  assertEquals(nextSlot({ ...slot, due: 50_000, offsetMs: 0 }).due, 60_000);
  assertEquals(nextSlot({ ...slot, due: 49_999, offsetMs: 0 }).due, 60_000);
});

Deno.test("nextSlot() keeps the offset when it skips", () => {
  assertEquals(
    nextSlot({ due: 53_000, now: 77_000, delayMs: 10_000, offsetMs: 3000 }),
    { due: 83_000, skipped: 2 },
  );
});

Deno.test("nextSlot() waits no longer than one delay after the clock was set back", () => {
  const slot = { due: 3_600_000, now: 5000, delayMs: 10_000 };
  assertEquals(nextSlot(slot).due, 15_000);
  assertEquals(nextSlot({ ...slot, offsetMs: 2000 }).due, 12_000);
});

Deno.test("nextSlot() does not take the same slot again when the clock runs slow", () => {
  // A timer and a clock that is being slewed differ by some milliseconds.
  assertEquals(
    nextSlot({ due: 50_000, now: 49_996, delayMs: 10_000 }).due,
    59_996,
  );
});

Deno.test("nextSlot() does in one go what counting slots would do", () => {
  const ms = fc.integer({ min: 0, max: 5000 });
  const delay = fc.integer({ min: 1, max: 500 });
  fc.assert(
    fc.property(
      ms,
      ms,
      delay,
      fc.option(ms),
      (due, lateMs, delayMs, offset) => {
        const now = due + lateMs;
        const offsetMs = offset === null ? undefined : offset % delayMs;
        // The naive way: look at each millisecond.
        const isSlot = (at: number): boolean =>
          (at - (offsetMs ?? due)) % delayMs === 0;
        let next = due + 1;
        let skipped = 0;
        while (!isSlot(next) || next <= now) {
          if (isSlot(next)) skipped++;
          next++;
        }
        assertEquals(nextSlot({ due, now, delayMs, offsetMs }), {
          due: next,
          skipped,
        });
      },
    ),
  );
});

Deno.test("nextSlot() is after now and within one delay, wherever the clock is", () => {
  const ms = fc.integer({ min: 0, max: 1e13 });
  fc.assert(
    fc.property(
      ms,
      ms,
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.option(ms),
      (due, now, delayMs, offset) => {
        const offsetMs = offset === null ? undefined : offset % delayMs;
        const next = nextSlot({ due, now, delayMs, offsetMs }).due;
        assertGreater(next, now);
        assertLessOrEqual(next - now, delayMs);
        if (offsetMs !== undefined) assertEquals(next % delayMs, offsetMs);
      },
    ),
  );
});

Deno.test("offsetOf() is the same on each run", () => {
  assertEquals(offsetOf("web", 10_000), 1432);
  assertEquals(offsetOf("postgres", 10_000), 6107);
  assertEquals(offsetOf("", 10_000), 4534);
});

Deno.test("offsetOf() spreads ids evenly, alike as they may be", () => {
  const names: ((i: number) => string)[] = [
    (i) => `check-${i}`,
    (i) => `${i}.example.com`,
    (i) => `http://10.0.${i >> 8}.${i & 255}:8080/health`,
  ];
  for (const name of names) {
    const buckets = new Array<number>(100).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const offset = offsetOf(name(i), 60_000);
      buckets[Math.floor(offset / 600)]!++;
    }
    // About a hundred each, with a standard deviation of ten.
    assertGreater(Math.min(...buckets), 50, name(1));
    assertLess(Math.max(...buckets), 150, name(1));
  }
});

Deno.test("offsetOf() is a whole number below the interval", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 1, max: 2 ** 31 }),
      (id, intervalMs) => {
        const offset = offsetOf(id, intervalMs);
        assertEquals(offset, Math.floor(offset));
        assertLessOrEqual(0, offset);
        assertLess(offset, intervalMs);
      },
    ),
  );
});
