import { assertEquals } from "@std/assert";
import type { Distribution } from "../../src/core/histogram.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { together } from "../../src/fleet/stats.ts";
import {
  after,
  ERROR,
  FAIL,
  hang,
  held,
  PASS,
  scripted,
  type Step,
  WARN,
} from "../support/probes.ts";
import { SettableTime } from "../support/time.ts";

const NONE = { pass: 0, warn: 0, fail: 0, error: 0 };

/** How many there were at most each bound that was reached, and their sum. */
function reached({ bounds, counts, sum }: Distribution): unknown {
  return [
    ...bounds.flatMap((bound, i) =>
      counts[i] === (counts[i - 1] ?? 0) ? [] : [[bound, counts[i]]]
    ),
    sum,
  ];
}

Deno.test("stats() of a new Fleet are naught", async () => {
  await using fleet = new Fleet();
  const { attempts, inFlight, skipped, durationMs, lagMs } = fleet.stats();
  assertEquals([attempts, inFlight, skipped], [NONE, 0, 0]);
  assertEquals([durationMs.count, lagMs.count], [0, 0]);
  assertEquals(durationMs.counts.length, durationMs.bounds.length);
});

Deno.test("stats() count attempts by what they found, and those in flight", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet({ background: false });
  const outcomes = { a: PASS, b: WARN, c: FAIL, d: ERROR, e: hang };
  for (const [id, outcome] of Object.entries(outcomes)) {
    fleet.add(scripted([outcome]), { id, timeout: "1s" });
  }
  const all = fleet.attemptAll();
  await time.advance(0);
  const before = fleet.stats();
  assertEquals(before.attempts, { pass: 1, warn: 1, fail: 1, error: 1 });
  assertEquals(before.inFlight, 1);
  await time.advance(1000);
  await all;
  await fleet.attempt("a");
  const { attempts, inFlight, durationMs } = fleet.stats();
  assertEquals(attempts, { pass: 2, warn: 1, fail: 2, error: 1 });
  assertEquals(inFlight, 0);
  assertEquals(reached(durationMs), [[1, 5], [1000, 6], 1000]);
  assertEquals(before.inFlight, 1, "What was taken stays as it was");
});

Deno.test("stats() do not count an attempt that was given up, nor what never began", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet({ concurrency: 1 });
  fleet.add(scripted([hang]), { id: "a" });
  fleet.add(scripted([hang]), { id: "b" });
  await time.advance(1000);
  await Promise.all([fleet.remove("b"), fleet.remove("a")]);
  const { attempts, inFlight, durationMs, lagMs } = fleet.stats();
  assertEquals([attempts, inFlight, durationMs.count], [NONE, 0, 0]);
  assertEquals(reached(lagMs), [[1, 1], 0]);
});

Deno.test("stats() tell how late attempts began, if they were due", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet({ concurrency: 1 });
  fleet.add(scripted([after(40, PASS)]), { id: "a", interval: "1h" });
  fleet.add(scripted([PASS]), { id: "b", interval: "1h" });
  const initialDelay = "30m";
  fleet.add(scripted([PASS]), { id: "c", interval: "1h", initialDelay });
  await time.advance(40);
  assertEquals(reached(fleet.stats().lagMs), [[1, 1], [50, 2], 40]);
  // What is asked for is not late, whenever it is.
  await fleet.attempt("b");
  await fleet.attempt("c");
  assertEquals(fleet.stats().lagMs.count, 2);
  assertEquals(fleet.stats().durationMs.count, 4);
});

/** The slots of a check from its second attempt on, tried and skipped. */
async function slotsOf(
  steps: readonly Step[],
  whileRunning: (time: SettableTime) => Promise<void>,
): Promise<{ passed: number; attempts: number; skipped: number }> {
  using time = new SettableTime();
  await using fleet = new Fleet();
  const probe = scripted([PASS, ...steps, PASS]);
  fleet.add(probe, { id: "a", interval: "1s", timeout: "1m" });
  await time.advance(0);
  const second = fleet.get("a")!.nextAt!.getTime();
  await whileRunning(time);
  const { nextAt } = fleet.get("a")!;
  return {
    passed: (nextAt!.getTime() - second) / 1000,
    attempts: probe.log.attempts - 1,
    skipped: fleet.stats().skipped,
  };
}

Deno.test("stats() count the slots that an attempt overran", async () => {
  const long = [after(2500, PASS), after(999, PASS), after(7001, PASS)];
  const { passed, attempts, skipped } = await slotsOf(
    long,
    (time) => time.advance(20_000),
  );
  assertEquals(attempts + skipped, passed);
  assertEquals(skipped, 2 + 7);
});

Deno.test("stats() count the slots at which a probe was deaf", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet();
  const { step, letGo } = held();
  const probe = scripted([PASS, step, PASS]);
  fleet.add(probe, { id: "a", interval: "1s", timeout: "500ms" });
  await time.advance(0);
  const second = fleet.get("a")!.nextAt!.getTime();
  // Half a second into its fourth slot after the one that it was tried at.
  await time.advance(second - Date.now() + 4500);
  assertEquals(probe.log.attempts, 2);
  letGo(PASS);
  await time.advance(10_000);
  const { nextAt } = fleet.get("a")!;
  const slots = (nextAt!.getTime() - second) / 1000;
  assertEquals(fleet.stats().skipped, 4);
  assertEquals(probe.log.attempts - 1 + 4, slots);
});

Deno.test("stats() count no slot as skipped that a clock was set over", async () => {
  const { attempts, skipped } = await slotsOf([], async (time) => {
    await time.advance(5000);
    time.setClock(3_600_000);
    await time.advance(5000);
  });
  assertEquals(skipped <= 1, true, `${skipped} skipped of ${attempts}`);
});

Deno.test("stats() leave out a report that is counted elsewhere, and add up", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([]), { id: "a" });
  fleet.report("a", FAIL, { durationMs: 20, isCounted: false });
  assertEquals(fleet.get("a")?.verdict, "fail");
  assertEquals(fleet.stats().attempts, NONE);
  assertEquals(fleet.stats().durationMs.count, 0);
  fleet.report("a", PASS, { durationMs: 20 });
  await using other = new Fleet({ background: false });
  other.add(scripted([hang]), { id: "a" });
  other.report("a", FAIL, { durationMs: 3 });
  void other.attempt("a").catch(() => {});
  const both = together(fleet.stats(), other.stats());
  assertEquals(both.attempts, { ...NONE, pass: 1, fail: 1 });
  assertEquals(reached(both.durationMs), [[5, 1], [25, 2], 23]);
  assertEquals([both.durationMs.count, both.inFlight], [2, 1]);
});
