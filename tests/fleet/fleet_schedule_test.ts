import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { offsetOf } from "../../src/core/schedule.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { probe } from "../../src/probes/probe.ts";
import {
  after,
  AttemptLog,
  FAIL,
  hang,
  held,
  PASS,
  scripted,
  type ScriptedProbe,
} from "../support/probes.ts";
import { advance, SettableTime, START } from "../support/time.ts";

Deno.test("Fleet tries every check at once, then each in its own offset of the interval", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probes = Array.from({ length: 100 }, () => scripted([PASS]));
  for (const [i, probe] of probes.entries()) {
    fleet.add(probe, { id: `check-${i}` });
  }
  await advance(time, 35_000);
  const offsets = new Set<number>();
  for (const [i, { log }] of probes.entries()) {
    const [first, ...rest] = log.startedAt;
    const offset = offsetOf(`check-${i}`, 10_000);
    assertEquals(first, time.start);
    assertGreaterOrEqual(rest.length, 3);
    for (const [nth, at] of rest.entries()) {
      assertEquals(at % 10_000, offset);
      // No slot is left out, and none is further than one interval away.
      assertLessOrEqual(at - (log.startedAt[nth]!), 10_000);
    }
    offsets.add(offset);
  }
  assertGreater(offsets.size, 90);
});

Deno.test("Fleet keeps the offsets over a restart", async () => {
  using time = new FakeTime(START);
  const offsets: number[][] = [];
  for (const restMs of [0, 3456]) {
    await advance(time, restMs);
    await using fleet = new Fleet();
    const probes = ["web", "db", "disk"].map((id) => {
      const probe = scripted([PASS]);
      fleet.add(probe, { id, interval: "7s" });
      return probe;
    });
    await advance(time, 20_000);
    offsets.push(probes.map(({ log }) => log.startedAt.at(-1)! % 7000));
  }
  assertEquals(offsets[0], offsets[1]);
});

Deno.test("Fleet says when the next attempt is due", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([after(10, PASS)]);
  fleet.add(probe, { id: "web" });
  assertEquals(fleet.get("web")!.nextAt, new Date(time.start));
  await advance(time, 10);
  const due = fleet.get("web")!.nextAt!.getTime();
  assertEquals(due % 10_000, offsetOf("web", 10_000));
  await advance(time, 10_000);
  assertEquals(probe.log.startedAt, [time.start, due]);
});

Deno.test("Fleet waits for a check's initial delay", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "web", initialDelay: "1m" });
  await advance(time, 59_999);
  assertEquals(probe.log.attempts, 0);
  await advance(time, 1);
  assertEquals(probe.log.attempts, 1);
});

Deno.test("Fleet tries an unhealthy check at longer and longer intervals", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([FAIL]);
  fleet.add(probe, { id: "web" });
  await advance(time, 300_000);
  const { startedAt } = probe.log;
  const waitsS = startedAt.slice(1).map((at, i) => (at - startedAt[i]!) / 1000);
  // The first wait brings it into its offset.
  assertLessOrEqual(waitsS[0]!, 10);
  assertEquals(waitsS.slice(1, 6), [10, 20, 40, 60, 60]);
});

Deno.test("Fleet skips the slots that an attempt overran", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([PASS, after(2500, PASS), PASS]);
  fleet.add(probe, { id: "web", interval: "1s" });
  await advance(time, 7000);
  const [, second, ...rest] = probe.log.startedAt;
  assertEquals(
    rest.map((at) => at - second!),
    rest.map((_, i) => 3000 + i * 1000),
  );
  assertGreaterOrEqual(rest.length, 2);
});

Deno.test("Fleet never has more attempts in flight than its limit, and tries every check", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 5 });
  const log = new AttemptLog();
  for (let i = 0; i < 40; i++) {
    const steps = [after(i * 37 % 90, PASS), after(i * 91 % 150, FAIL), hang];
    fleet.add(scripted(steps, { log }), {
      id: `${i}`,
      timeout: 200,
      interval: "2s",
      retries: 100,
    });
  }
  await advance(time, 12_000);
  assertEquals(log.peak, 5);
  for (const { id, attempts } of fleet.list()) {
    assertGreaterOrEqual(attempts, 5, id);
  }
});

Deno.test("Fleet starts an attempt's timeout when it starts, not while it waits", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 1 });
  for (const id of "abc") {
    fleet.add(scripted([after(400, PASS)]), { id, timeout: 500 });
  }
  await advance(time, 1200);
  assertEquals(
    fleet.list().map(({ verdict, attempts }) => [verdict, attempts]),
    Array(3).fill(["pass", 1]),
  );
});

Deno.test("Fleet does not start a stuck probe again, nor let it hold up the others", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 1 });
  const { step, letGo } = held();
  const [stuck, other] = [scripted([step, PASS]), scripted([PASS])];
  fleet.add(stuck, { id: "stuck", timeout: "1s", retries: 1, backoff: false });
  fleet.add(other, { id: "other" });
  await advance(time, 60_000);
  assertEquals([stuck.log.attempts, stuck.log.inFlight], [1, 1]);
  assertGreaterOrEqual(other.log.attempts, 6);
  const { status, reason, checking } = fleet.get("stuck")!;
  assertEquals([status, reason!.code, checking], [
    "unhealthy",
    "timeout",
    false,
  ]);
  letGo(PASS);
  await advance(time, 10_000);
  assertEquals([stuck.log.attempts, stuck.log.peak], [2, 1]);
  assertEquals(fleet.get("stuck")!.status, "healthy");
});

/** How long each of its waits was, by a clock that is not set. */
function waits(startedAt: readonly number[]): number[] {
  return startedAt.slice(1).map((at, i) => at - startedAt[i]!);
}

for (const ms of [3_600_000, -3_600_000, 25_000, -25_000]) {
  for (const others of [0, 20]) {
    Deno.test(`Fleet neither bursts nor stalls when the clock is set by ${ms / 1000} s, with ${others} others`, async () => {
      using time = new SettableTime();
      await using fleet = new Fleet();
      const steadyAt: number[][] = [];
      for (let i = 0; i <= others; i++) {
        const startedAt: number[] = [];
        steadyAt.push(startedAt);
        const probe = scripted([() => {
          startedAt.push(performance.now());
          return Promise.resolve(PASS);
        }]);
        fleet.add(probe, { id: `check-${i}` });
      }
      await time.advance(35_000);
      const before = steadyAt.flat().length;
      time.setClock(ms);
      await time.advance(20_000);
      // Two slots each, and perhaps one more to be in offset again.
      const during = steadyAt.flat().length - before;
      assertGreaterOrEqual(during, (others + 1) * 2);
      assertLessOrEqual(during, (others + 1) * 3);
      await time.advance(60_000);
      for (const startedAt of steadyAt) {
        const all = waits(startedAt);
        // A second is the most that a set clock is taken for a late timer.
        for (const wait of all) assertLessOrEqual(wait, 11_000);
        assertLessOrEqual(all.filter((wait) => wait < 10_000).length, 4);
      }
    });
  }
}

Deno.test("Fleet does not make up for what it missed while the event loop was blocked", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet();
  const probes: ScriptedProbe[] = [];
  for (let i = 0; i < 10; i++) {
    const probe = scripted([PASS]);
    probes.push(probe);
    fleet.add(probe, { id: `check-${i}`, interval: "1s" });
  }
  await time.advance(5000);
  const before = probes.map(({ log }) => log.attempts);
  time.block(60_000);
  await time.advance(1000);
  for (const [i, { log }] of probes.entries()) {
    assert(log.attempts - before[i]! <= 2, `${log.attempts} ${before[i]}`);
    assert(log.attempts > before[i]!);
  }
});

Deno.test("Fleet moves planned attempts, and the times that it shows of them, when the clock is set", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "rare", interval: "1h" });
  fleet.add(scripted([PASS]), { id: "frequent", interval: "1s" });
  await time.advance(5000);
  const before = fleet.get("rare")!.nextAt!.getTime();
  time.setClock(-86_400_000);
  await time.advance(5000);
  const moved = before - fleet.get("rare")!.nextAt!.getTime();
  // A second is the most that a set clock is taken for a late timer.
  assertLessOrEqual(Math.abs(moved - 86_400_000), 1000);
});

Deno.test("Fleet goes on after a probe whose time is over before it has begun", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 1 });
  // It lets faked time go by itself.
  const hasty = probe(() => {
    time.tick(1000);
    return Promise.resolve(PASS);
  });
  fleet.add(hasty, { id: "hasty", timeout: "1s", retries: 1 });
  fleet.add(scripted([PASS]), { id: "other" });
  await advance(time, 20_000);
  assertEquals(fleet.get("hasty")!.status, "unhealthy");
  assertEquals(fleet.get("other")!.status, "healthy");
  assertEquals(fleet.stats().inFlight, 0);
});
