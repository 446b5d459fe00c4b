import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { setImmediate } from "node:timers/promises";
import type { Probe, Snapshot } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import {
  after,
  AttemptLog,
  ERROR,
  FAIL,
  hang,
  held,
  PASS,
  scripted,
} from "../support/probes.ts";
import { CountingSignal } from "../support/signals.ts";
import { advance, START } from "../support/time.ts";

/** A fleet of `a`, `b` and `c`, each tried once, with `b` down. */
async function trio(time: FakeTime): Promise<Fleet> {
  const fleet = new Fleet();
  for (
    const [id, outcome] of [["a", PASS], ["b", FAIL], ["c", PASS]] as const
  ) {
    fleet.add(scripted([outcome]), { id, retries: 1, interval: "10s" });
  }
  await advance(time, 1);
  return fleet;
}

/** What stays of a check until its next attempt. */
function kept(snapshot: Snapshot | undefined): Partial<Snapshot> {
  const { id, status, reason, since, attempts, transitions, failures } =
    snapshot!;
  return { id, status, reason, since, attempts, transitions, failures };
}

Deno.test("replace() with the same target keeps what is known until the next attempt, which is at once", async () => {
  using time = new FakeTime(START);
  await using fleet = await trio(time);
  const before = fleet.get("b");
  const { attempts } = fleet.history("b")!;
  const next = Promise.withResolvers<typeof PASS>();
  const probe = scripted([() => next.promise]);
  fleet.replace(probe, { id: "b", group: "new", interval: "1m" });
  assertEquals(kept(fleet.get("b")), kept(before));
  const { group, nextAt } = fleet.get("b")!;
  assertEquals([group, nextAt], ["new", new Date()]);
  assertEquals(fleet.history("b")!.attempts, attempts);
  assertEquals(fleet.rollup().counts.unhealthy, 1);
  await advance(time, 1);
  assertEquals(probe.log.attempts, 1);
  assertEquals(kept(fleet.get("b")), kept(before));
  next.resolve(PASS);
  await advance(time, 1);
  assertEquals(fleet.get("b")!.status, "healthy");
  assertEquals(fleet.get("b")!.attempts, 2);
  assertEquals(fleet.history("b")!.attempts.length, 2);
  assertEquals(fleet.rollup().counts, {
    healthy: 3,
    degraded: 0,
    unhealthy: 0,
    unknown: 0,
  });
});

/** A probe of another type, which looks at what `scripted()` does. */
function otherType(): Probe {
  return Object.assign(scripted([FAIL]), { type: "other" });
}

for (
  const [what, probe] of [
    ["another target", scripted([FAIL], { target: "other" })],
    ["another type", otherType()],
  ] as const
) {
  Deno.test(`replace() with ${what} starts the check afresh`, async () => {
    using time = new FakeTime(START);
    await using fleet = new Fleet();
    const calls: string[] = [];
    const options = {
      id: "a",
      retries: 3,
      interval: "10s",
      onChange: ({ status }: Snapshot, before: Snapshot) =>
        void calls.push(`${before.status} -> ${status}`),
    };
    fleet.add(scripted([FAIL, FAIL, FAIL]), options);
    fleet.add(scripted([PASS]), { id: "b" });
    await advance(time, 20_001);
    assertEquals(fleet.get("a")!.status, "unhealthy");
    const record = fleet.record("a");
    const watches = (["attempt", "transition", "phase"] as const)
      .map((emit) => fleet.watch({ emit }));
    const waiting = fleet.until("unknown", { ids: ["a"] });
    await advance(time, 500);

    fleet.replace(probe, options);
    assertEquals(kept(fleet.get("a")), {
      id: "a",
      status: "unknown",
      reason: null,
      since: new Date(),
      attempts: 0,
      transitions: 0,
      failures: 0,
    });
    assertEquals(fleet.get("a")!.checkedAt, null);
    assertEquals(fleet.history("a"), { attempts: [], passed: 0, failed: 0 });
    // Nothing of the old target is saved for the new one.
    assertEquals(fleet.record("a"), undefined);
    assertEquals(fleet.rollup().counts, {
      healthy: 1,
      degraded: 0,
      unhealthy: 0,
      unknown: 1,
    });
    assertEquals((await waiting)[0]!.status, "unknown");
    for (const watch of watches) {
      assertEquals((await watch.next()).value!.status, "unknown");
      await watch.return!();
    }
    await advance(time, 1);
    // One failure is not three.
    assertEquals([fleet.get("a")!.status, fleet.get("a")!.failures], [
      "unknown",
      1,
    ]);
    await advance(time, 20_000);
    assertEquals(fleet.get("a")!.status, "unhealthy");
    assertEquals(fleet.rollup().counts.unhealthy, 1);
    assertEquals(calls, [
      "unknown -> unhealthy",
      "unhealthy -> unknown",
      "unknown -> unhealthy",
    ]);
    assert(record?.type !== probe.type || record.target !== probe.target);
  });
}

Deno.test("replace() starts a start period anew for another target, and goes on with one for the same", async () => {
  const statuses = async (target: string): Promise<string[]> => {
    using time = new FakeTime(START);
    await using fleet = new Fleet({ background: false });
    const options = { id: "a", retries: 1, startPeriod: "15s" };
    fleet.add(scripted([FAIL]), options);
    await fleet.attempt("a");
    await advance(time, 9000);
    fleet.replace(scripted([FAIL], { target }), options);
    const seen: string[] = [];
    // At 9, 16 and 25 s.
    for (const ms of [0, 7000, 9000]) {
      await advance(time, ms);
      seen.push((await fleet.attempt("a")).status);
    }
    return seen;
  };
  assertEquals(await statuses("script"), [
    "unknown",
    "unhealthy",
    "unhealthy",
  ]);
  assertEquals(await statuses("new"), ["unknown", "unknown", "unhealthy"]);
});

Deno.test("replace() does not begin a start period that is over", async () => {
  await using fleet = new Fleet({ background: false });
  const options = { id: "a", retries: 1, startPeriod: "1h" };
  fleet.add(scripted([PASS]), options);
  await fleet.attempt("a");
  fleet.replace(scripted([FAIL]), options);
  assertEquals((await fleet.attempt("a")).status, "unhealthy");
});

Deno.test("replace() gives the result of another target to those who wait for one", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([hang]), { id: "a" });
  const waiting = fleet.attempt("a");
  fleet.replace(scripted([PASS], { target: "new" }), { id: "a" });
  const { target, attempts } = await waiting;
  assertEquals([target, attempts], ["new", 1]);
});

Deno.test("replace() keeps a check's place, and leaves the others alone", async () => {
  using time = new FakeTime(START);
  await using fleet = await trio(time);
  const others = [fleet.get("a"), fleet.get("c")];
  fleet.replace(scripted([PASS]), { id: "b" });
  await advance(time, 1);
  assertEquals(fleet.list().map(({ id }) => id), ["a", "b", "c"]);
  assertEquals([fleet.get("a"), fleet.get("c")], others);
});

Deno.test("replace() has the new policy judge what comes, and plan it", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  fleet.add(scripted([FAIL]), { id: "a", retries: 9, interval: "1m" });
  await advance(time, 1);
  assertEquals(fleet.get("a")!.failures, 1);
  const probe = scripted([FAIL]);
  fleet.replace(probe, {
    id: "a",
    retries: 3,
    interval: "1s",
    backoff: false,
  });
  await advance(time, 1);
  assertEquals(fleet.get("a")!.status, "unknown");
  await advance(time, 1000);
  assertEquals(fleet.get("a")!.status, "unhealthy");
  await advance(time, 10_000);
  assertEquals(probe.log.attempts, 12);
});

Deno.test("replace() ends the attempt in flight, which comes to nothing, and does not overlap it", async () => {
  using time = new FakeTime(START);
  const log = new AttemptLog();
  await using fleet = new Fleet();
  // It takes a while to come to rest.
  const slow: Probe = scripted([
    async (signal) => {
      await hang(signal).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 300));
      return FAIL;
    },
  ], { log });
  fleet.add(slow, { id: "a", retries: 1 });
  await advance(time, 1);
  assertEquals(fleet.get("a")!.checking, true);
  fleet.replace(scripted([PASS], { log }), { id: "a" });
  assertEquals(fleet.get("a")!.checking, false);
  assertEquals(log.signals[0]!.aborted, true);
  await advance(time, 299);
  assertEquals(log.attempts, 1);
  await advance(time, 2);
  assertEquals(log.attempts, 2);
  assertEquals(log.peak, 1);
  assertEquals(fleet.get("a")!.status, "healthy");
  assertEquals(fleet.get("a")!.attempts, 1);
  assertEquals(fleet.history("a")!.failed, 0);
});

Deno.test("replace() has an attempt on demand wait, too, until the one before is at rest", async () => {
  const log = new AttemptLog();
  await using fleet = new Fleet({ background: false });
  const { step, letGo } = held();
  fleet.add(scripted([step], { log }), { id: "a" });
  const first = fleet.attempt("a");
  fleet.replace(scripted([PASS], { log }), { id: "a" });
  const asked = fleet.attempt("a");
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(log.attempts, 1);
  letGo(PASS);
  for (const snapshot of await Promise.all([first, asked])) {
    assertEquals(snapshot.status, "healthy");
  }
  assertEquals(log.peak, 1);
});

Deno.test("replace() discards a result that came at that very moment", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const { step, letGo } = held();
  fleet.add(scripted([step]), { id: "a", retries: 1 });
  await advance(time, 1);
  letGo(FAIL);
  fleet.replace(scripted([PASS]), { id: "a" });
  await advance(time, 1);
  assertEquals(fleet.get("a")!.transitions, 1);
  assertEquals(fleet.get("a")!.status, "healthy");
  assertEquals(fleet.history("a")!.failed, 0);
});

Deno.test("replace() does not wait for ever for a probe that is deaf", async () => {
  await using fleet = new Fleet();
  const { step, letGo } = held();
  fleet.add(scripted([step]), { id: "a" });
  const began = Promise.withResolvers<typeof PASS>();
  fleet.replace(
    scripted([() => {
      began.resolve(PASS);
      return began.promise;
    }]),
    { id: "a" },
  );
  await began.promise;
  letGo(PASS);
});

Deno.test("replace() has a check in the queue keep its turn out of it, and give way", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 1 });
  const log = new AttemptLog();
  fleet.add(scripted([after(100, PASS)]), { id: "a", interval: "1m" });
  fleet.add(scripted([FAIL], { log }), { id: "b", interval: "1m" });
  await advance(time, 1);
  const probe = scripted([PASS]);
  fleet.replace(probe, { id: "b", interval: "1m" });
  await advance(time, 200);
  assertEquals([log.attempts, probe.log.attempts], [0, 1]);
});

Deno.test("replace() many times in a row ends with the last one, tried once", async () => {
  using time = new FakeTime(START);
  const log = new AttemptLog();
  await using fleet = new Fleet();
  fleet.add(scripted([hang], { log }), { id: "a" });
  await advance(time, 1);
  for (let i = 0; i < 50; i++) {
    fleet.replace(scripted([PASS], { target: `${i}`, log }), { id: "a" });
    if (i % 10 === 0) await advance(time, 1);
  }
  await advance(time, 100);
  assertEquals(fleet.get("a")!.target, "49");
  assertEquals(fleet.get("a")!.status, "healthy");
  assertEquals(log.peak, 1);
  assertEquals(fleet.size, 1);
});

Deno.test("replace() has those who wait for a result get the new one's", async () => {
  for (const background of [true, false]) {
    await using fleet = new Fleet({ background });
    fleet.add(scripted([hang]), { id: "a" });
    const waiting = fleet.attempt("a");
    fleet.replace(scripted([PASS], { target: "new" }), { id: "a" });
    const { target, status } = await waiting;
    assertEquals([target, status], ["new", "healthy"]);
  }
});

Deno.test("until() goes on waiting after replace()", async () => {
  await using fleet = new Fleet();
  fleet.add(scripted([FAIL]), { id: "a", retries: 1, interval: "1h" });
  const named = fleet.until("healthy", { ids: ["a"] });
  const all = fleet.until("healthy");
  fleet.replace(scripted([PASS]), { id: "a" });
  for (const [snapshot] of await Promise.all([named, all])) {
    assertEquals(snapshot!.status, "healthy");
  }
});

Deno.test("replace() is told to those who watch phases, and loses nothing of what was to tell", async () => {
  using time = new FakeTime(START);
  await using fleet = await trio(time);
  const phases = fleet.watch({ emit: "phase" });
  const changes = fleet.watch({ emit: "transition" });
  await fleet.attempt("a");
  fleet.add(scripted([FAIL]), { id: "d", retries: 1 });
  await fleet.attempt("d");
  fleet.replace(scripted([PASS], { target: "new" }), { id: "d" });
  fleet.replace(scripted([PASS], { target: "new" }), { id: "a" });
  assertEquals((await changes.next()).value!.target, "new");
  assertEquals((await phases.next()).value!.target, "new");
  assertEquals((await phases.next()).value!.id, "a");
  await changes.return!();
  await phases.return!();
});

Deno.test("replace() is told even where nothing is tried", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a", emit: "phase" });
  const watched = [fleet.watch(), fleet.watch({ emit: "phase" })];
  fleet.replace(scripted([PASS]), { id: "a", group: "new", emit: "phase" });
  for (const watch of watched) {
    assertEquals((await watch.next()).value!.group, "new");
    await watch.return!();
  }
});

Deno.test("replace() calls the new callback, and no longer the old one", async () => {
  await using fleet = new Fleet();
  const calls: string[] = [];
  fleet.add(scripted([FAIL]), {
    id: "a",
    retries: 1,
    onChange: () => calls.push("old"),
  });
  await fleet.attempt("a");
  fleet.replace(scripted([PASS]), {
    id: "a",
    onChange: ({ status }, before) =>
      calls.push(`new ${before.status} -> ${status}`),
  });
  await fleet.until("healthy");
  assertEquals(calls, ["old", "new unhealthy -> healthy"]);
});

Deno.test("replace() listens to the new signal, and no longer to the old one", async () => {
  await using fleet = new Fleet({ background: false });
  const old = new CountingSignal();
  const end = new AbortController();
  fleet.add(scripted([PASS]), { id: "a", signal: old.signal });
  fleet.replace(scripted([PASS]), { id: "a", signal: end.signal });
  assertEquals(old.listeners, 0);
  end.abort();
  assertEquals(fleet.size, 0);
  fleet.add(scripted([PASS]), { id: "a" });
  const { signal } = end;
  assertStrictEquals(
    assertThrows(() => fleet.replace(scripted([FAIL]), { id: "a", signal })),
    signal.reason,
  );
  // Nothing has happened to it.
  assertEquals((await fleet.attempt("a")).status, "healthy");
});

Deno.test("replace() holds what the new probe shares before it lets go of the old", async () => {
  const calls: string[] = [];
  const holding = (name: string): Probe =>
    Object.assign(scripted([hang]), {
      hold: () => {
        calls.push(`hold ${name}`);
        return { [Symbol.dispose]: () => void calls.push(`let go ${name}`) };
      },
    });
  const fleet = new Fleet();
  fleet.add(holding("old"), { id: "a" });
  fleet.replace(holding("new"), { id: "a" });
  await fleet.close();
  assertEquals(calls, ["hold old", "hold new", "let go old", "let go new"]);
});

Deno.test("replace() refuses what add() refuses, and then has changed nothing", async () => {
  const fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS], { target: "old" }), { id: "a" });
  const { revision } = fleet;
  const probe = scripted([PASS]);
  assertThrows(() => fleet.replace(probe, { id: "b" }), RangeError, '"b"');
  assertThrows(
    () => fleet.replace(probe, { id: "a", interval: 0 }),
    RangeError,
  );
  assertThrows(() => fleet.replace({} as never, { id: "a" }), TypeError);
  const broken = Object.assign(scripted([PASS]), {
    hold: () => {
      throw new Error("Cannot hold");
    },
  });
  assertThrows(() => fleet.replace(broken, { id: "a" }), Error, "Cannot hold");
  assertEquals((await fleet.attempt("a")).target, "old");
  assertEquals(fleet.revision, revision);
  await fleet.close();
  assertThrows(() => fleet.replace(probe, { id: "a" }), Error, "closed");
});

Deno.test("a replaced check can be removed at once, and its fleet closed", async () => {
  const log = new AttemptLog();
  const fleet = new Fleet();
  for (const id of ["a", "b"]) {
    fleet.add(scripted([hang], { log }), { id });
    fleet.replace(scripted([hang], { log }), { id });
  }
  await fleet.remove("a");
  assertEquals(log.inFlight, 1);
  fleet.add(scripted([ERROR]), { id: "a" });
  fleet.replace(scripted([ERROR], { log }), { id: "a" });
  const waiting = assertRejects(() => fleet.attempt("a"), Error, "closed");
  await fleet.close();
  await waiting;
  assertEquals(log.inFlight, 0);
});

Deno.test("arrange() puts checks in an order, and those that are not named last", async () => {
  await using fleet = new Fleet({ background: false });
  for (const id of ["1", "2", "3", "4"]) fleet.add(scripted([PASS]), { id });
  const { revision } = fleet;
  fleet.arrange(["4", "2"]);
  assertEquals(fleet.list().map(({ id }) => id), ["4", "2", "1", "3"]);
  assertEquals(fleet.revision, revision + 1);
  assertThrows(() => fleet.arrange(["1", "nobody"]), RangeError, '"nobody"');
  assertEquals(fleet.list().map(({ id }) => id), ["4", "2", "1", "3"]);
});

for (const background of [true, false]) {
  Deno.test(`replace() does not take the place of an attempt made right after it, with background: ${background}`, async () => {
    await using fleet = new Fleet({ background });
    fleet.add(scripted([PASS]), { id: "a", initialDelay: "1h" });
    const { step, letGo } = held();
    const probe = scripted([step, PASS]);
    fleet.replace(probe, { id: "a", initialDelay: "1h" });
    const [first, second] = [fleet.attempt("a"), fleet.attempt("a")];
    // Time enough for the one before to have left.
    for (let i = 0; i < 50; i++) await undefined;
    const third = fleet.attempt("a");
    letGo(FAIL);
    for (const snapshot of await Promise.all([first, second, third])) {
      assertEquals(snapshot.verdict, "fail");
    }
    assertEquals([probe.log.attempts, probe.log.peak], [1, 1]);
    await fleet.attempt("a");
    assertEquals([probe.log.attempts, probe.log.peak], [2, 1]);
  });
}

for (const meddle of ["replace", "remove", "add"] as const) {
  Deno.test(`Fleet counts right when a probe that is given up calls ${meddle}()`, async () => {
    await using fleet = new Fleet();
    const meddler = scripted([(signal) => {
      signal.addEventListener("abort", () => {
        if (meddle === "remove") void fleet.remove("a");
        else if (meddle === "replace") {
          fleet.replace(scripted([PASS]), { id: "a", retries: 1 });
        } else if (fleet.get("a") === undefined) {
          fleet.add(scripted([PASS]), { id: "a", retries: 1 });
        }
      });
      return hang(signal);
    }]);
    fleet.add(meddler, { id: "a", retries: 1 });
    while (meddler.log.inFlight === 0) await setImmediate();
    fleet.replace(scripted([FAIL]), { id: "a", retries: 1 });
    for (let i = 0; i < 20; i++) await setImmediate();
    const list = fleet.list();
    const { counts } = fleet.rollup();
    for (const [status, count] of Object.entries(counts)) {
      assertEquals(
        list.filter((each) => each.status === status).length,
        count,
        status,
      );
    }
    assertEquals(list.length, meddle === "remove" ? 0 : 1);
  });
}
