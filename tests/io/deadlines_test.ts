import {
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { Deadlines, type Timed } from "../../src/io/deadlines.ts";
import { startScript } from "../support/program.ts";
import { advance, block, SettableTime } from "../support/time.ts";

/** Something that notes when it was called back. */
class Noting implements Timed {
  startedAt = 0;
  lateMs = 0;
  extendedUntil = 0;
  place = -1;
  called = 0;
  constructor(
    readonly timeoutMs: number,
    readonly onCall: () => void = () => {},
  ) {}

  onTimeout(): void {
    this.called++;
    this.onCall();
  }
}

/** Something that has very long, and is under way from now on. */
function watch(deadlines: Deadlines): Timed {
  const timed = new Noting(1e9);
  deadlines.add(timed);
  return timed;
}

/** Times that a test lets go by: one with a timer for each, one with ticks. */
const TIMES: Readonly<
  Record<string, () => Disposable & { readonly time: FakeTime }>
> = {
  "faked time": () => {
    const time = new FakeTime();
    return { time, [Symbol.dispose]: () => time.restore() };
  },
  "time in step with the monotonic clock": () => new SettableTime(),
};

/** When something begins, how long it has, and when it ends before. */
const plans = fc.array(
  fc.record({
    afterMs: fc.nat({ max: 60 }),
    timeoutMs: fc.integer({ min: 1, max: 200 }),
    endsAfterMs: fc.option(fc.nat({ max: 200 })),
  }).filter(({ timeoutMs, endsAfterMs }) =>
    // What ends in the very millisecond may be called back or not.
    endsAfterMs !== timeoutMs
  ),
  { maxLength: 12 },
);

for (const [name, begin] of Object.entries(TIMES)) {
  Deno.test(`Deadlines calls back each thing when its time is over, to the millisecond, in ${name}`, async () => {
    const property = fc.asyncProperty(
      plans,
      fc.boolean(),
      async (plans, isHeld) => {
        using begun = begin();
        const { time } = begun;
        const deadlines = new Deadlines();
        if (isHeld) deadlines.hold();
        const seen: string[] = [];
        const expected: string[] = [];
        let at = 0;
        for (
          const [i, { afterMs, timeoutMs, endsAfterMs }] of plans.entries()
        ) {
          at += afterMs;
          setTimeout(() => {
            const timed = new Noting(
              timeoutMs,
              () => seen.push(`${i} at ${time.now - time.start}`),
            );
            deadlines.add(timed);
            if (endsAfterMs !== null) {
              setTimeout(() => deadlines.delete(timed), endsAfterMs);
            }
          }, at);
          if (endsAfterMs === null || endsAfterMs > timeoutMs) {
            expected.push(`${i} at ${at + timeoutMs}`);
          }
        }
        await advance(time, 1500);
        assertEquals(seen.sort(), expected.sort());
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  Deno.test(`Deadlines goes on calling back whatever one of them throws, in ${name}`, async () => {
    using begun = begin();
    const { time } = begun;
    const deadlines = new Deadlines();
    const [first, second] = [
      new Noting(10, () => {
        throw new Error("No");
      }),
      new Noting(20),
    ];
    deadlines.add(first);
    deadlines.add(second);
    try {
      time.tick(10);
    } catch {
      // As an uncaught one would be.
    }
    await advance(time, 100);
    assertEquals([first.called, second.called], [1, 1]);
  });

  Deno.test(`Deadlines calls back what is added in a callback, too, in ${name}`, async () => {
    using begun = begin();
    const { time } = begun;
    const deadlines = new Deadlines();
    const inner = new Noting(5);
    deadlines.add(new Noting(10, () => deadlines.add(inner)));
    await advance(time, 14);
    assertEquals(inner.called, 0);
    await advance(time, 1);
    assertEquals(inner.called, 1);
  });
}

Deno.test("Deadlines calls back in real time, not early", async () => {
  const deadlines = new Deadlines();
  const { promise, resolve } = Promise.withResolvers<void>();
  const startedAt = performance.now();
  deadlines.add(new Noting(80, resolve));
  await promise;
  const tookMs = performance.now() - startedAt;
  assertGreaterOrEqual(tookMs, 80);
});

for (const ms of [-3_600_000, -500, 500, 3_600_000]) {
  Deno.test(`Deadlines keeps its times when the clock is set by ${ms} ms`, async () => {
    using time = new SettableTime();
    const deadlines = new Deadlines();
    const timed = new Noting(5000);
    deadlines.add(timed);
    await time.advance(1010);
    time.setClock(ms);
    await time.advance(3900);
    assertEquals(timed.called, 0);
    await time.advance(115);
    assertEquals(timed.called, 1);
    assertEquals(timed.lateMs, 0);
  });

  Deno.test(`Deadlines keeps times that begin as the clock is set by ${ms} ms`, async () => {
    using time = new SettableTime();
    const deadlines = new Deadlines();
    watch(deadlines);
    await time.advance(1010);
    time.setClock(ms);
    const timed = new Noting(1000);
    deadlines.add(timed);
    await time.advance(970);
    assertEquals(timed.called, 0);
    await time.advance(60);
    assertEquals(timed.called, 1);
    assertEquals(timed.lateMs, 0);
  });
}

Deno.test("Deadlines gives what begins after a stall all of its time", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const before = watch(deadlines);
  await time.advance(1000);
  time.block(3000);
  const timed = new Noting(500);
  deadlines.add(timed);
  await time.advance(499);
  assertEquals(timed.called, 0);
  await time.advance(2);
  assertEquals(timed.called, 1);
  assertLessOrEqual(timed.lateMs, 25);
  assertGreaterOrEqual(before.lateMs, 2900);
});

Deno.test("Deadlines spares what was overdue after a stall a while, and once", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const [overdue, other] = [new Noting(1000), new Noting(9000)];
  deadlines.add(overdue);
  deadlines.add(other);
  await time.advance(500);
  time.block(3000);
  await time.advance(100);
  assertEquals([overdue.called, other.called], [0, 0]);
  // Another one does not spare it any longer.
  time.block(3000);
  await time.advance(30);
  assertEquals([overdue.called, other.called], [1, 0]);
});

Deno.test("Deadlines keeps to real time what began in it, whatever time is faked meanwhile", async () => {
  const deadlines = new Deadlines();
  const { promise, resolve } = Promise.withResolvers<void>();
  deadlines.add(new Noting(80, resolve));
  {
    using time = new FakeTime();
    const faked = new Noting(100);
    deadlines.add(faked);
    time.tick(99);
    assertEquals(faked.called, 0);
    time.tick(1);
    assertEquals(faked.called, 1);
    // Longer than a tick, of real time.
    block(40);
  }
  await promise;
});

Deno.test("Deadlines goes on in faked time after another one that left something under way", () => {
  const deadlines = new Deadlines();
  deadlines.hold();
  {
    using _time = new FakeTime();
    deadlines.add(new Noting(1e6));
    deadlines.delete(watch(deadlines));
  }
  using time = new FakeTime();
  let others = 0;
  for (let ms = 1; ms <= 5; ms++) setTimeout(() => others++, ms);
  const timed = new Noting(1000);
  deadlines.add(timed);
  deadlines.delete(watch(deadlines));
  time.tick(1000);
  assertEquals([timed.called, others], [1, 5]);
});

Deno.test("Deadlines keeps nothing of what is over", async () => {
  await using script = startScript("tests/io/deadlines_main.ts", {
    flags: ["--v8-flags=--expose-gc"],
  });
  const { stdout, stderr } = await script.ended;
  assertEquals(stderr, "");
  // Of 2 kB each.
  assertLess(Number(stdout), 50);
});

Deno.test("Deadlines leaves no timer when nothing is under way", () => {
  // In real time: the sanitizer would see a timer.
  const deadlines = new Deadlines();
  const [one, other] = [watch(deadlines), watch(deadlines)];
  deadlines.delete(one);
  deadlines.delete(one);
  deadlines.delete(other);
  deadlines.hold();
  deadlines.hold();
  deadlines.delete(watch(deadlines));
  deadlines.release();
  deadlines.release();
});

Deno.test("Deadlines stops while it is held, too, once there is nothing under way", async () => {
  using settable = new SettableTime();
  const { time } = settable;
  const deadlines = new Deadlines();
  deadlines.hold();
  deadlines.delete(watch(deadlines));
  await advance(time, 25);
  assertEquals(time.next(), false);
});

Deno.test("Deadlines sees that the event loop was blocked, in real time", () => {
  const deadlines = new Deadlines();
  const timed = watch(deadlines);
  block(300);
  assertGreaterOrEqual(deadlines.lateMs(timed), 200);
  deadlines.delete(timed);
});

Deno.test("Deadlines sees a stall before the next tick and after it", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const timed = watch(deadlines);
  await time.advance(75);
  time.block(400);
  assertGreaterOrEqual(deadlines.lateMs(timed), 350);
  await time.advance(1000);
  assertGreaterOrEqual(deadlines.lateMs(timed), 350);
  assertLess(deadlines.lateMs(timed), 450);
});

Deno.test("Deadlines sees no stall where there is none", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const timed = watch(deadlines);
  await time.advance(5000);
  assertEquals(deadlines.lateMs(timed), 0);
});

Deno.test("Deadlines sees a stall that is over when something else begins", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const timed = watch(deadlines);
  await time.advance(75);
  time.block(400);
  // It is due before the next tick, and so is one.
  deadlines.add(new Noting(10));
  await time.advance(1000);
  assertGreaterOrEqual(deadlines.lateMs(timed), 350);
});

Deno.test("Deadlines tells the worst of several stalls", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const timed = watch(deadlines);
  for (const ms of [200, 700, 300]) {
    time.block(ms);
    await time.advance(1000);
  }
  assertGreaterOrEqual(deadlines.lateMs(timed), 650);
  assertLess(deadlines.lateMs(timed), 750);
});

Deno.test("Deadlines holds no stall against what began after it", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const early = watch(deadlines);
  await time.advance(1000);
  time.block(500);
  // Not noticed by any tick yet when the second one starts.
  const late = watch(deadlines);
  time.block(1);
  // Of that stall, the last millisecond was in its time.
  assertLessOrEqual(deadlines.lateMs(late), 1);
  assertGreaterOrEqual(deadlines.lateMs(early), 400);
  await time.advance(1000);
  assertLessOrEqual(deadlines.lateMs(late), 26);
  deadlines.delete(early);
  assertEquals(deadlines.lateMs(watch(deadlines)), 0);
});

Deno.test("Deadlines takes a clock that is set forward for no stall", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const timed = watch(deadlines);
  await time.advance(70);
  time.setClock(3_600_000);
  await time.advance(1000);
  assertEquals(deadlines.lateMs(timed), 0);
});

Deno.test("Deadlines sees no stall in faked time that is let go by in one go", () => {
  using time = new FakeTime();
  const deadlines = new Deadlines();
  const timed = watch(deadlines);
  time.tick(60_000);
  assertEquals(deadlines.lateMs(timed), 0);
});

Deno.test("Deadlines starts anew when nothing was under way for a while", () => {
  const deadlines = new Deadlines();
  const timed = watch(deadlines);
  block(300);
  assertGreaterOrEqual(deadlines.lateMs(timed), 200);
  deadlines.delete(timed);
  const again = watch(deadlines);
  assertLess(deadlines.lateMs(again), 200);
  deadlines.delete(again);
});

Deno.test("Deadlines spares nothing for longer than it was late itself", async () => {
  using time = new SettableTime();
  const deadlines = new Deadlines();
  const timed = new Noting(1000);
  deadlines.add(timed);
  await time.advance(970);
  time.block(55);
  await time.advance(10);
  // A tick that was late by 30 ms found it overdue.
  assertEquals(timed.called, 0);
  await time.advance(60);
  assertEquals(timed.called, 1);
});
