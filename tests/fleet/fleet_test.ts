import { OptionError } from "../../src/core/option_error.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { setImmediate } from "node:timers/promises";
import { noCounts } from "../../src/core/rollup.ts";
import type { Snapshot } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import {
  after,
  AttemptLog,
  FAIL,
  hang,
  held,
  PASS,
  scripted,
  WARN,
} from "../support/probes.ts";
import { Reported } from "../support/reported.ts";
import { CountingSignal } from "../support/signals.ts";
import { advance, SettableTime, START } from "../support/time.ts";

/** Lets everything run that waits for no timer. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("probe() gives the probe of a check, as long as it has that", async () => {
  await using fleet = new Fleet({ background: false });
  const [first, second] = [scripted([PASS]), scripted([PASS])];
  fleet.add(first, { id: "db" });
  assertEquals(fleet.probe("db") === first, true);
  fleet.replace(second, { id: "db" });
  assertEquals(fleet.probe("db") === second, true);
  await fleet.remove("db");
  assertEquals(fleet.probe("db"), undefined);
});

Deno.test("policy() gives the policy of a check, with its defaults", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "db", interval: "1m" });
  assertEquals(fleet.policy("db")?.intervalMs, 60_000);
  assertEquals(fleet.policy("db")?.retries, 3);
  fleet.replace(scripted([PASS]), { id: "db", interval: "5s" });
  assertEquals(fleet.policy("db")?.intervalMs, 5000);
  assertEquals(fleet.policy("other"), undefined);
});

Deno.test("Fleet lists its checks in the order they were added", async () => {
  await using fleet = new Fleet({ background: false });
  for (const id of ["web", "10", "db", "2"]) {
    fleet.add(scripted([PASS]), { id, group: "edge" });
  }
  assertEquals(fleet.list().map(({ id }) => id), ["web", "10", "db", "2"]);
  await fleet.remove("10");
  fleet.add(scripted([PASS]), { id: "10" });
  assertEquals(fleet.list().map(({ id }) => id), ["web", "db", "2", "10"]);
  assertEquals(fleet.get("db")!.group, "edge");
  assertEquals(fleet.get("nobody"), undefined);
  assertStrictEquals(fleet.get("db"), fleet.list()[1]);
});

Deno.test("Fleet refuses an id that is taken, and keeps the check it has", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS], { target: "first" }), { id: "web" });
  assertThrows(
    () => fleet.add(scripted([PASS], { target: "second" }), { id: "web" }),
    Error,
    'There is a check named "web" already',
  );
  assertEquals(fleet.list().map(({ target }) => target), ["first"]);
  assertEquals(fleet.rollup().counts.unknown, 1);
});

Deno.test("Fleet refuses impossible options, and adds nothing", async () => {
  await using fleet = new Fleet();
  const probe = scripted([PASS]);
  assertThrows(() => fleet.add(probe, { id: "a", interval: 0 }), OptionError);
  assertThrows(() => fleet.add(probe, { id: "" }), OptionError);
  assertThrows(
    () => fleet.add(probe, { id: "a", emit: "never" as never }),
    OptionError,
  );
  assertThrows(() => fleet.add({} as never, { id: "a" }), TypeError);
  assertEquals(fleet.list(), []);
  for (const concurrency of [0, -1, 1.5, NaN]) {
    const error = assertThrows(() => new Fleet({ concurrency }), OptionError);
    assertEquals(error.option, "concurrency");
  }
});

Deno.test("Fleet rolls up all checks, or some", async () => {
  await using fleet = new Fleet({ background: false });
  assertEquals(fleet.rollup(), { status: "unknown", counts: noCounts() });
  const outcomes = { up: PASS, slow: WARN, down: FAIL };
  for (const [id, outcome] of Object.entries(outcomes)) {
    fleet.add(scripted([outcome]), { id, retries: 1 });
  }
  fleet.add(scripted([PASS]), { id: "new" });
  for (const id of ["up", "slow", "down"]) await fleet.attempt(id);
  const one = { unknown: 1, healthy: 1, degraded: 1, unhealthy: 1 };
  assertEquals(fleet.rollup(), { status: "unhealthy", counts: one });
  assertEquals(fleet.rollup(["up", "slow", "up"]), {
    status: "degraded",
    counts: { ...noCounts(), healthy: 1, degraded: 1 },
  });
  assertEquals(fleet.rollup(new Set(["up", "new"])).status, "unknown");
  assertEquals(fleet.rollup([]).status, "unknown");
  assertThrows(() => fleet.rollup(["up", "nobody"]), RangeError, '"nobody"');
  await fleet.remove("down");
  assertEquals(fleet.rollup(), {
    status: "unknown",
    counts: { ...one, unhealthy: 0 },
  });
});

Deno.test("Fleet counts along what a recount would find", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  for (let i = 0; i < 20; i++) {
    const script = [PASS, FAIL, WARN, FAIL, FAIL, PASS];
    fleet.add(scripted(script.slice(i % 6)), {
      id: `${i}`,
      interval: 1000 + i * 100,
      retries: 1 + i % 2,
    });
  }
  for (let i = 0; i < 20; i++) {
    await advance(time, 700);
    if (i % 5 === 0) await fleet.remove(`${i}`);
    assertEquals(
      fleet.rollup(),
      fleet.rollup(fleet.list().map(({ id }) => id)),
    );
  }
  assertEquals(fleet.rollup().counts.unknown, 0);
});

Deno.test("Fleet calls back on each change of status: the check's own callback, then its own", async () => {
  const calls: string[] = [];
  const note = (who: string) => (now: Snapshot, before: Snapshot): void => {
    calls.push(`${who} ${now.id}: ${before.status} ${now.status}`);
  };
  await using fleet = new Fleet({ background: false, onChange: note("fleet") });
  fleet.add(scripted([PASS, PASS, FAIL]), {
    id: "a",
    retries: 1,
    onChange: note("check"),
  });
  fleet.add(scripted([WARN]), { id: "b" });
  for (let i = 0; i < 4; i++) await fleet.attempt("a");
  await fleet.attempt("b");
  assertEquals(calls, [
    "check a: unknown healthy",
    "fleet a: unknown healthy",
    "check a: healthy unhealthy",
    "fleet a: healthy unhealthy",
    "fleet b: unknown degraded",
  ]);
});

Deno.test("Fleet goes on when its callbacks throw or reject, and tells onError", async () => {
  using time = new FakeTime(START);
  const errors: unknown[] = [];
  await using fleet = new Fleet({
    onChange: () => Promise.reject("fleet"),
    onError: (error) => void errors.push(error),
  });
  const probe = scripted([PASS, WARN]);
  const onChange = (): void => {
    throw "check";
  };
  fleet.add(probe, { id: "a", onChange });
  fleet.add(scripted([PASS]), { id: "b" });
  await advance(time, 30_000);
  assertEquals(fleet.get("a")!.attempts, 4);
  assertEquals(fleet.get("b")!.attempts, 4);
  assertEquals(errors.toSorted(), [
    "check",
    "check",
    "fleet",
    "fleet",
    "fleet",
  ]);
});

Deno.test("Fleet reports what a callback throws if there is no onError", async () => {
  using reported = new Reported();
  const error = new Error("Callback");
  await using fleet = new Fleet({
    background: false,
    onChange: () => {
      throw error;
    },
  });
  fleet.add(scripted([PASS]), { id: "a" });
  await fleet.attemptAll();
  await turn();
  assertEquals(reported.errors, [error]);
});

Deno.test("Fleet reports what onError throws", async () => {
  using reported = new Reported();
  const second = new Error("Second");
  await using fleet = new Fleet({
    background: false,
    onError: () => {
      throw second;
    },
  });
  const onChange = (): void => {
    throw new Error("First");
  };
  fleet.add(scripted([PASS]), { id: "a", onChange });
  await fleet.attemptAll();
  await turn();
  assertEquals(reported.errors, [second]);
});

Deno.test("Fleet lets a callback remove its check, or close it", async () => {
  const fleet = new Fleet({ background: false });
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a", onChange: () => void fleet.remove("a") });
  fleet.add(probe, { id: "b", onChange: () => void fleet.close() });
  await fleet.attempt("a");
  assertEquals(fleet.list().map(({ id }) => id), ["b"]);
  assertEquals(fleet.rollup().counts, { ...noCounts(), unknown: 1 });
  await assertRejects(() => fleet.attempt("b"), Error, "closed");
  await fleet.close();
});

// In real time, where the sanitizers see what is left behind.

Deno.test("Fleet aborts and awaits the attempt in flight of a check it removes", async () => {
  await using fleet = new Fleet();
  let cleanedUp = false;
  const probe = scripted([async (signal) => {
    try {
      return await hang(signal);
    } finally {
      await turn();
      cleanedUp = true;
    }
  }]);
  fleet.add(probe, { id: "a" });
  await turn();
  assertEquals(probe.log.inFlight, 1);
  const watcher = fleet.watch();
  const removed = fleet.remove("a");
  assertEquals(fleet.get("a"), undefined);
  assertEquals(fleet.list(), []);
  assertEquals(fleet.rollup().counts, noCounts());
  await removed;
  assert(cleanedUp);
  await fleet.close();
  // Nobody hears of it any more.
  assertEquals(await watcher.next(), { done: true, value: undefined });
});

Deno.test("Fleet removes a check once, and none that it does not have", async () => {
  await using fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "a" });
  await Promise.all([fleet.remove("a"), fleet.remove("a"), fleet.remove("b")]);
  assertEquals(fleet.rollup().counts, noCounts());
});

Deno.test("Fleet can add an id again while the attempt of the one before is in flight", async () => {
  await using fleet = new Fleet();
  const { step, letGo } = held();
  fleet.add(scripted([step]), { id: "a", retries: 1 });
  await turn();
  const removed = fleet.remove("a");
  fleet.add(scripted([PASS], { target: "new" }), { id: "a" });
  letGo(FAIL);
  await removed;
  await turn();
  assertEquals(fleet.get("a")!.target, "new");
  assertEquals(fleet.get("a")!.status, "healthy");
  assertEquals(fleet.rollup().counts, { ...noCounts(), healthy: 1 });
});

Deno.test("Fleet has no timer left once its last check is removed", async () => {
  const fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "a" });
  await turn();
  await fleet.remove("a");
  fleet.add(scripted([PASS]), { id: "b", initialDelay: "1h" });
  await fleet.remove("b");
});

Deno.test("Fleet does not count what ends as it is removed", async () => {
  using time = new FakeTime(START);
  const changes: string[] = [];
  await using fleet = new Fleet({
    onChange: ({ id }) => void changes.push(id),
  });
  const probe = scripted([hang]);
  fleet.add(probe, { id: "a", timeout: "1s", retries: 1 });
  time.tick(0);
  await time.runMicrotasks();
  const removed = fleet.remove("a");
  time.tick(1000);
  await removed;
  assertEquals(probe.log.attempts, 1);
  assertEquals(fleet.rollup().counts, noCounts());
  assertEquals(changes, []);
});

Deno.test("Fleet never starts an attempt of a check that was removed while it waited", async () => {
  await using fleet = new Fleet({ concurrency: 1 });
  const { step, letGo } = held();
  const [first, second] = [scripted([step]), scripted([PASS])];
  fleet.add(first, { id: "first" });
  fleet.add(second, { id: "second" });
  await turn();
  await fleet.remove("second");
  letGo(PASS);
  await turn();
  assertEquals([first.log.attempts, second.log.attempts], [1, 0]);
});

Deno.test("Fleet removes a check when its signal aborts, and listens no longer than it has it", async () => {
  await using fleet = new Fleet();
  const controller = new AbortController();
  const probe = scripted([hang]);
  fleet.add(probe, { id: "a", signal: controller.signal });
  fleet.add(scripted([PASS]), { id: "b" });
  await turn();
  controller.abort();
  assertEquals(fleet.list().map(({ id }) => id), ["b"]);
  await turn();
  assertEquals(probe.log.inFlight, 0);
  assertStrictEquals(
    assertThrows(() =>
      fleet.add(probe, { id: "c", signal: controller.signal })
    ),
    controller.signal.reason,
  );
  assertEquals(fleet.get("c"), undefined);

  const counted = new CountingSignal();
  for (const id of ["d", "e"]) {
    fleet.add(scripted([PASS]), { id, signal: counted.signal });
  }
  assertEquals(counted.listeners, 2);
  await fleet.remove("d");
  assertEquals(counted.listeners, 1);
  await fleet.close();
  assertEquals(counted.listeners, 0);
});

Deno.test("close() aborts and awaits the attempts in flight, once for all callers", async () => {
  const fleet = new Fleet({ concurrency: 2 });
  const log = new AttemptLog();
  for (const id of "abcde") fleet.add(scripted([hang], { log }), { id });
  await turn();
  const closed = fleet.close();
  assertStrictEquals(fleet.close(), closed);
  await closed;
  await fleet.close();
  await fleet[Symbol.asyncDispose]();
  await turn();
  assertEquals([log.attempts, log.inFlight], [2, 0]);
});

Deno.test("a closed Fleet can be read, and refuses the rest", async () => {
  const fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "a" });
  await turn();
  await fleet.close();
  assertEquals(fleet.get("a")!.status, "healthy");
  assertEquals(fleet.get("a")!.nextAt, null);
  assertFalse(fleet.get("a")!.checking);
  assertEquals(fleet.rollup().status, "healthy");
  const closed = "The fleet is closed";
  assertThrows(() => fleet.add(scripted([PASS]), { id: "b" }), Error, closed);
  await assertRejects(() => fleet.attemptAll(), Error, closed);
  await assertRejects(() => fleet.until("healthy"), Error, closed);
  for await (const _ of fleet) assert(false);
  await fleet.remove("a");
  assertEquals(fleet.list(), []);
});

Deno.test("close() leaves an empty Fleet, and one that never began", async () => {
  await new Fleet().close();
  const fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "a", initialDelay: "1h" });
  await fleet.close();
});

Deno.test("Fleet does not wait for ever for a probe that is deaf", async () => {
  const { step, letGo } = held();
  const fleet = new Fleet();
  fleet.add(scripted([step]), { id: "a" });
  fleet.add(scripted([step]), { id: "b" });
  await turn();
  await Promise.all([fleet.remove("a"), fleet.close()]);
  letGo(PASS);
  await turn();
});

Deno.test("watch() tells what each check's emit asks for", async () => {
  await using fleet = new Fleet({ background: false });
  const script = [PASS, PASS, FAIL];
  fleet.add(scripted(script), { id: "attempt", retries: 1 });
  fleet.add(scripted(script), { id: "change", retries: 1, emit: "transition" });
  fleet.add(scripted(script), { id: "phase", retries: 1, emit: "phase" });
  const told: Record<string, string[]> = { attempt: [], change: [], phase: [] };
  const over = (async () => {
    for await (const { id, checking, attempts } of fleet) {
      told[id]!.push(`${attempts}${checking ? "…" : ""}`);
    }
  })();
  for (let i = 0; i < 3; i++) {
    for (const id of Object.keys(told)) {
      const attempt = fleet.attempt(id);
      await turn();
      await attempt;
    }
  }
  await turn();
  await fleet.close();
  await over;
  assertEquals(told.attempt, ["1", "2", "3"]);
  assertEquals(told.change, ["1", "3"]);
  // The start and the end of what takes no time are one for any watcher.
  assertEquals(told.phase!.filter((text) => !text.endsWith("…")), [
    "1",
    "2",
    "3",
  ]);
});

Deno.test("watch() tells the start of an attempt if its emit asks for that", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  fleet.add(scripted([after(1000, PASS)]), { id: "a", emit: "phase" });
  const watcher = fleet.watch();
  const told: [number, boolean][] = [];
  const over = (async () => {
    for await (const { attempts, checking } of watcher) {
      told.push([attempts, checking]);
      if (told.length === 4) break;
    }
  })();
  await advance(time, 30_000);
  await over;
  assertEquals(told, [[0, true], [1, false], [1, true], [2, false]]);
});

Deno.test("watch() tells a slow watcher the newest of each check, and what it skipped", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "fast", interval: "1s" });
  fleet.add(scripted([FAIL, PASS]), {
    id: "slow",
    interval: "10s",
    retries: 1,
  });
  const watcher = fleet.watch();
  await advance(time, 25_000);
  const seen = [await watcher.next(), await watcher.next()]
    .map(({ value }) => value!)
    .sort((a, b) => a.id.localeCompare(b.id));
  assertEquals(seen, fleet.list());
  assert(seen[0]!.attempts >= 25);
  assertEquals(seen[1]!.transitions, 2);
  const third = watcher.next();
  await advance(time, 1000);
  const { id, attempts } = (await third).value!;
  const before = seen.find((snapshot) => snapshot.id === id)!;
  assertEquals(attempts, before.attempts + 1);
});

Deno.test("Fleet does not wait for watchers that never read, however many there are", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  for (let i = 0; i < 10; i++) {
    fleet.add(scripted([PASS]), { id: `${i}`, interval: "1s" });
  }
  const idle = Array.from({ length: 10_000 }, () => fleet.watch());
  const read: string[] = [];
  const over = (async () => {
    for await (const { id, attempts } of fleet) read.push(`${id} ${attempts}`);
  })();
  await advance(time, 20_000);
  // Twenty seconds of ten checks, for the one who reads.
  assertEquals(new Set(read).size, read.length);
  assert(read.length >= 200);
  await fleet.close();
  await over;
  // The others missed all but the newest of each.
  let told = 0;
  for await (const snapshot of idle[9999]!) {
    assertStrictEquals(snapshot.id, fleet.get(snapshot.id)!.id);
    assert(snapshot.attempts >= 20);
    told++;
  }
  assertEquals(told, 10);
});

Deno.test("watch() does not tell of a check that is removed", async () => {
  await using fleet = new Fleet({ background: false });
  for (const id of "ab") fleet.add(scripted([PASS]), { id });
  const watcher = fleet.watch();
  await fleet.attemptAll();
  await fleet.remove("a");
  assertEquals((await watcher.next()).value!.id, "b");
});

Deno.test("watch() ends when its signal aborts, and the fleet goes on", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a" });
  const counted = new CountingSignal();
  const controller = new AbortController();
  const told: string[] = [];
  const over = (async () => {
    for await (const { id } of fleet.watch({ signal: controller.signal })) {
      told.push(id);
    }
  })();
  await fleet.attemptAll();
  await turn();
  controller.abort();
  await over;
  await fleet.attemptAll();
  assertEquals(told, ["a"]);
  const watcher = fleet.watch({ signal: counted.signal });
  assertEquals(counted.listeners, 1);
  await watcher.return!();
  assertEquals(counted.listeners, 0);
});

Deno.test("watch() ends for all who wait when the fleet is closed", async () => {
  const fleet = new Fleet();
  const loops = Array.from({ length: 3 }, async () => {
    for await (const _ of fleet) assert(false);
  });
  await turn();
  await fleet.close();
  await Promise.all(loops);
});

Deno.test("close() and a second remove() wait for an attempt whose check is being removed", async () => {
  using time = new FakeTime(START);
  const fleet = new Fleet();
  let atRest = false;
  const probe = Object.assign(
    (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => {
          setTimeout(() => {
            atRest = true;
            reject(signal.reason);
          }, 300);
        });
      }),
    { type: "slow", target: "slow", permissions: [] },
  );
  const end = new AbortController();
  fleet.add(probe, { id: "a", signal: end.signal });
  await advance(time, 0);
  end.abort();
  const waiting = [fleet.remove("a"), fleet.close()];
  await advance(time, 299);
  assertEquals(atRest, false);
  await advance(time, 1);
  await Promise.all(waiting);
  assertEquals(atRest, true);
});

Deno.test("attempt() of a check that is removed while it waits for a permit ends", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 1, background: false });
  fleet.add(scripted([hang]), { id: "busy" });
  fleet.add(scripted([PASS]), { id: "waiting" });
  void fleet.attempt("busy").catch(() => {});
  const attempt = fleet.attempt("waiting");
  await advance(time, 0);
  await fleet.remove("waiting");
  assertEquals((await attempt).attempts, 0);
});

Deno.test("attempt() after a timeout waits for the probe to come to rest, and tries anew", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ background: false });
  let runs = 0;
  const probe = Object.assign(
    (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        runs++;
        signal.addEventListener("abort", () => {
          setTimeout(() => reject(signal.reason), 300);
        });
      }),
    { type: "slow", target: "slow", permissions: [] },
  );
  fleet.add(probe, { id: "a", timeout: 100 });
  const first = fleet.attempt("a");
  await advance(time, 100);
  assertEquals((await first).attempts, 1);
  const second = fleet.attempt("a");
  await advance(time, 300);
  await advance(time, 100);
  assertEquals((await second).attempts, 2);
  assertEquals(runs, 2);
  await advance(time, 300);
});

Deno.test("a check whose probe cannot be held is not added", async () => {
  await using fleet = new Fleet({ background: false });
  const probe = Object.assign(scripted([PASS]), {
    hold(): Disposable {
      throw new TypeError("No");
    },
  });
  assertThrows(() => fleet.add(probe, { id: "a" }), TypeError, "No");
  assertEquals(fleet.list(), []);
  fleet.add(scripted([PASS]), { id: "a" });
});

Deno.test("what a snapshot tells of an outcome cannot be changed, and is JSON", async () => {
  await using fleet = new Fleet({ background: false });
  const detail = { n: 1, big: 1n, nan: NaN, f: () => 1, s: "x", b: true };
  fleet.add(
    scripted([{
      verdict: "fail",
      reason: { code: "mismatch", message: "No" },
      detail: detail as unknown as Record<string, number>,
    }]),
    { id: "a" },
  );
  const snapshot = await fleet.attempt("a");
  assertEquals({ ...snapshot!.detail }, { n: 1, s: "x", b: true });
  for (const part of [snapshot, snapshot!.detail, snapshot!.reason]) {
    assertEquals(Object.isFrozen(part), true);
  }
  JSON.stringify(snapshot);
});

Deno.test("a clock that is set back does not prolong the start period", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet();
  fleet.add(scripted([FAIL]), {
    id: "a",
    interval: "1s",
    startPeriod: "5s",
    retries: 3,
  });
  await time.advance(2000);
  time.setClock(-3_600_000);
  // At most the time between two attempts is lost to it.
  await time.advance(5500);
  assertEquals(fleet.get("a")!.starting, false);
  await time.advance(4000);
  assertEquals(fleet.get("a")!.status, "unhealthy");
});

Deno.test("Fleet aborts and awaits the attempt of a probe that has its own check removed as it starts", async () => {
  for (const how of ["remove", "close", "signal"] as const) {
    using time = new FakeTime(START);
    await using fleet = new Fleet();
    const controller = new AbortController();
    const log = new AttemptLog();
    let left: Promise<void> | undefined;
    const probe = scripted([(signal) => {
      if (how === "signal") controller.abort();
      left = how === "close" ? fleet.close() : fleet.remove("a");
      return hang(signal);
    }], { log });
    fleet.add(probe, { id: "a", signal: controller.signal });
    await advance(time, 0);
    await left;
    assertEquals([log.attempts, log.inFlight], [1, 0], how);
    assert(log.signals[0]!.aborted);
  }
});

Deno.test("close() takes nothing in that a probe adds when it is given up", async () => {
  const fleet = new Fleet();
  const late = scripted([PASS]);
  const thrown: unknown[] = [];
  const meddler = scripted([(signal) => {
    signal.addEventListener("abort", () => {
      try {
        fleet.add(late, { id: "late" });
      } catch (error) {
        thrown.push(error);
      }
    });
    return hang(signal);
  }]);
  fleet.add(meddler, { id: "a" });
  while (meddler.log.inFlight === 0) await setImmediate();
  await fleet.close();
  assertEquals(thrown.map(String), ["Error: The fleet is closed"]);
  assertEquals(late.log.attempts, 0);
});
