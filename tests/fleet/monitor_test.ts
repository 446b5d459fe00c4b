import { OptionError } from "../../src/core/option_error.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Probe, Snapshot } from "../../src/core/types.ts";
import {
  type Monitor,
  monitor,
  type MonitorOptions,
} from "../../src/fleet/monitor.ts";
import {
  after,
  ERROR,
  FAIL,
  hang,
  held,
  PASS,
  scripted,
  type ScriptedProbe,
  type Step,
  WARN,
} from "../support/probes.ts";
import { CountingSignal } from "../support/signals.ts";
import { advance, block, SettableTime, START } from "../support/time.ts";

/** Iterates in the background. */
function collect(
  monitor: Monitor,
): { seen: Snapshot[]; over: Promise<void> } {
  const seen: Snapshot[] = [];
  const over = (async () => {
    for await (const snapshot of monitor) seen.push(snapshot);
  })();
  return { seen, over };
}

/** What a monitor does in so much faked time. */
async function runFor(
  ms: number,
  steps: readonly Step[],
  options: MonitorOptions = {},
): Promise<{ seen: Snapshot[]; startedS: number[]; probe: ScriptedProbe }> {
  using time = new FakeTime(START);
  const probe = scripted(steps);
  const running = monitor(probe, options);
  const { seen, over } = collect(running);
  await advance(time, ms);
  await running.return();
  await over;
  return { seen, startedS: inSeconds(probe, time.start), probe };
}

function inSeconds({ log }: ScriptedProbe, start: number): number[] {
  return log.startedAt.map((at) => (at - start) / 1000);
}

function statuses(seen: readonly Snapshot[]): string {
  return seen.map(({ status }) => status[0]! + status[1]!).join(" ");
}

Deno.test("monitor() yields a snapshot per attempt", async () => {
  const { seen } = await runFor(45_000, [PASS, FAIL, WARN]);
  assertEquals(seen.map(({ attempts }) => attempts), [1, 2, 3, 4, 5]);
  assertEquals(seen.map(({ verdict }) => verdict), [
    "pass",
    "fail",
    "warn",
    "warn",
    "warn",
  ]);
  assertEquals(statuses(seen), "he he he he de");
});

Deno.test("monitor() yields only changes of status if that is asked for", async () => {
  const script = [PASS, PASS, FAIL, FAIL, FAIL, PASS];
  const { seen } = await runFor(200_000, script, { emit: "transition" });
  assertEquals(statuses(seen), "he un he");
  assertEquals(seen.map(({ transitions }) => transitions), [1, 2, 3]);
  assertEquals(seen.map(({ attempts }) => attempts), [1, 5, 6]);
});

Deno.test("monitor() keeps the last status while checking", async () => {
  const script = [PASS, after(1000, FAIL), after(1000, PASS)];
  const { seen } = await runFor(25_000, script, {
    emit: "phase",
    retries: 1,
    backoff: false,
  });
  assertEquals(
    seen.map(({ status, checking }) => `${status}${checking ? "…" : ""}`),
    ["unknown…", "healthy", "healthy…", "unhealthy", "unhealthy…", "healthy"],
  );
  assertEquals(seen.map(({ attempts }) => attempts), [0, 1, 1, 2, 2, 3]);
  // It still says why.
  assertEquals(seen[4]!.reason, FAIL.reason!);
});

Deno.test("monitor() tries nothing before it is iterated, and can be read at any time", async () => {
  using time = new FakeTime(START);
  const probe = scripted([after(1000, PASS)], { target: "queue" });
  await using running = monitor(probe, { group: "edge" });
  await advance(time, 60_000);
  assertEquals(probe.log.attempts, 0);
  assertEquals(running.snapshot, {
    id: "queue",
    group: "edge",
    type: "script",
    target: "queue",
    status: "unknown",
    checking: false,
    starting: false,
    failures: 0,
    successes: 0,
    verdict: null,
    reason: null,
    detail: null,
    since: new Date(time.start),
    checkedAt: null,
    nextAt: null,
    durationMs: null,
    attempts: 0,
    transitions: 0,
  });
  const next = running.next();
  await advance(time, 500);
  assert(running.snapshot.checking);
  await advance(time, 500);
  const { value } = await next;
  assertStrictEquals(value, running.snapshot);
  assertFalse(running.snapshot.checking);
  assertEquals(running.snapshot.since, new Date(time.start + 61_000));
  assertEquals(running.snapshot.checkedAt, new Date(time.start + 61_000));
  assertEquals(running.snapshot.nextAt, new Date(time.start + 70_000));
});

Deno.test("monitor() yields snapshots that never change", async () => {
  const { seen } = await runFor(15_000, [PASS, FAIL]);
  assert(seen.every(Object.isFrozen));
  assertEquals(seen.map(({ attempts }) => attempts), [1, 2]);
});

Deno.test("monitor() says when the next attempt is due", async () => {
  using time = new FakeTime(START);
  const running = monitor(scripted([FAIL]), { retries: 2 });
  const { seen, over } = collect(running);
  await advance(time, 45_000);
  await running.return();
  await over;
  assertEquals(
    seen.map(({ nextAt }) => (nextAt!.getTime() - time.start) / 1000),
    [10, 30, 70],
  );
  assertEquals(running.snapshot.nextAt, null);
});

Deno.test("monitor() keeps its rate, however long attempts take", async () => {
  const { startedS } = await runFor(4500, [
    after(400, PASS),
    PASS,
    after(999, FAIL),
    hang,
    PASS,
  ], { interval: "1s", timeout: "999ms" });
  assertEquals(startedS, [0, 1, 2, 3, 4]);
});

Deno.test("monitor() skips the slots that an attempt overran", async () => {
  const { startedS } = await runFor(7500, [PASS, after(2500, PASS), PASS], {
    interval: "1s",
  });
  assertEquals(startedS, [0, 1, 4, 5, 6, 7]);
});

Deno.test("monitor() backs off once it is unhealthy, and not before", async () => {
  const { startedS, seen } = await runFor(205_000, [FAIL]);
  assertEquals(startedS, [0, 10, 20, 40, 80, 140, 200]);
  assertEquals(statuses(seen), "un un un un un un un");
  assertEquals(seen.map(({ status }) => status), [
    "unknown",
    "unknown",
    ...Array(5).fill("unhealthy"),
  ]);
});

Deno.test("monitor() is back at its rate after a pass", async () => {
  const { startedS } = await runFor(75_000, [FAIL, FAIL, FAIL, FAIL, PASS], {
    backoff: { max: "20s" },
  });
  assertEquals(startedS, [0, 10, 20, 40, 60, 70]);
});

Deno.test("monitor() waits for the initial delay", async () => {
  const { startedS } = await runFor(15_000, [PASS], { initialDelay: "3s" });
  assertEquals(startedS, [3, 13]);
});

Deno.test("monitor() forgives failures in the start period, and looks more often", async () => {
  const { startedS, seen } = await runFor(
    24_000,
    [FAIL, FAIL, FAIL, PASS, FAIL],
    { startPeriod: "30s", startInterval: "1s", retries: 1, backoff: false },
  );
  assertEquals(startedS, [0, 1, 2, 3, 13, 23]);
  assertEquals(
    seen.map(({ status, starting, failures }) => [status, starting, failures]),
    [
      ["unknown", true, 0],
      ["unknown", true, 0],
      ["unknown", true, 0],
      ["healthy", false, 0],
      ["unhealthy", false, 1],
      ["unhealthy", false, 2],
    ],
  );
});

Deno.test("monitor() goes no faster than it is iterated", async () => {
  using time = new FakeTime(START);
  const probe = scripted([PASS]);
  const running = monitor(probe);
  const over = (async () => {
    for await (const { attempts } of running) {
      if (attempts === 4) break;
      await new Promise((resolve) => setTimeout(resolve, 25_000));
    }
  })();
  await advance(time, 120_000);
  await over;
  assertEquals(inSeconds(probe, time.start), [0, 30, 60, 90]);
});

Deno.test("monitor() does not start a stuck probe again before it has come to rest", async () => {
  using time = new FakeTime(START);
  const { step, letGo } = held();
  const probe = scripted([step, PASS]);
  const running = monitor(probe, { retries: 1, backoff: false });
  const { seen, over } = collect(running);
  await advance(time, 5000);
  assertEquals(seen.map(({ status }) => status), ["unhealthy"]);
  assertEquals(seen[0]!.reason!.code, "timeout");
  assertFalse(seen[0]!.checking);
  await advance(time, 3_600_000);
  assertEquals(probe.log.attempts, 1);
  letGo(PASS);
  await advance(time, 10_000);
  assertEquals(probe.log.peak, 1);
  // What it says so late changes nothing.
  assertEquals(seen.map(({ attempts, status }) => [attempts, status]), [
    [1, "unhealthy"],
    [2, "healthy"],
  ]);
  await running.return();
  await over;
});

const BROKEN: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error("No");
  },
  rejects: () => Promise.reject(new Error("No")),
  "returns nothing": () => undefined,
  "returns junk": () => ({ verdict: "fine" }),
};

for (const [what, run] of Object.entries(BROKEN)) {
  Deno.test(`monitor() goes on with a probe that ${what}, and does not blame its target`, async () => {
    using time = new FakeTime(START);
    const probe = Object.assign(run, {
      type: "custom",
      target: "custom",
      permissions: [],
    });
    const running = monitor(probe as Probe);
    const { seen, over } = collect(running);
    await advance(time, 35_000);
    await running.return();
    await over;
    assertEquals(seen.length, 4);
    assertEquals(
      seen.map((
        { status, verdict, reason },
      ) => [status, verdict, reason?.code]),
      Array(4).fill(["unknown", "error", "internal"]),
    );
  });
}

Deno.test("monitor() calls back on each change of status, the first one included", async () => {
  const calls: string[] = [];
  await runFor(75_000, [PASS, PASS, FAIL, FAIL, WARN, ERROR], {
    retries: 2,
    backoff: false,
    onChange: (now, before) => calls.push(`${before.status} ${now.status}`),
  });
  assertEquals(calls, [
    "unknown healthy",
    "healthy unhealthy",
    "unhealthy degraded",
    "degraded unknown",
  ]);
});

for (
  const [what, onChange] of [
    ["throws", (): void => {
      throw new Error("Callback");
    }],
    // The type does not forbid it.
    ["rejects", () => Promise.reject(new Error("Callback"))],
  ] as const
) {
  Deno.test(`monitor() rejects the iteration if onChange ${what}, and leaves nothing behind`, async () => {
    const counted = new CountingSignal();
    const running = monitor(scripted([PASS]), {
      onChange,
      signal: counted.signal,
    });
    await assertRejects(() => running.next(), Error, "Callback");
    assertEquals(counted.listeners, 0);
    assertEquals(running.snapshot.status, "healthy");
    assertEquals(running.snapshot.nextAt, null);
    assertEquals(await running.next(), { done: true, value: undefined });
  });
}

// In real time from here on, where the sanitizers see what is left behind.

Deno.test("monitor() leaves nothing behind when the loop is left", async () => {
  const counted = new CountingSignal();
  for await (
    const { status } of monitor(scripted([PASS]), { signal: counted.signal })
  ) {
    assertEquals(status, "healthy");
    assertEquals(counted.listeners, 1);
    break;
  }
  assertEquals(counted.listeners, 0);
});

Deno.test("monitor() leaves nothing behind when the loop throws", async () => {
  await assertRejects(
    async () => {
      for await (const _ of monitor(scripted([PASS]))) throw new Error("Mine");
    },
    Error,
    "Mine",
  );
});

Deno.test("monitor() aborts and awaits the attempt in flight when the loop is left", async () => {
  let cleanedUp = false;
  const probe = scripted([async (signal) => {
    try {
      return await hang(signal);
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 1));
      cleanedUp = true;
    }
  }]);
  const running = monitor(probe, { emit: "phase" });
  for await (const { checking } of running) {
    assert(checking);
    break;
  }
  assert(cleanedUp);
  assertEquals(probe.log.inFlight, 0);
  assertEquals(running.snapshot.checking, false);
  assertEquals(running.snapshot.attempts, 0);
});

Deno.test("monitor() can be ended by return() while it sleeps", async () => {
  const running = monitor(scripted([PASS]));
  await running.next();
  const sleeping = running.next();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(await running.return(), { done: true, value: undefined });
  assertEquals(await sleeping, { done: true, value: undefined });
});

Deno.test("monitor() can be ended by return() while an attempt is in flight", async () => {
  const probe = scripted([hang]);
  const running = monitor(probe);
  const attempting = running.next();
  await running.return();
  assertEquals(await attempting, { done: true, value: undefined });
  assertEquals([probe.log.attempts, probe.log.inFlight], [1, 0]);
  assertEquals(probe.log.signals[0]!.aborted, true);
  assertEquals(running.snapshot.verdict, null);
});

Deno.test("monitor() can be ended before it has begun, and twice", async () => {
  const probe = scripted([PASS]);
  const running = monitor(probe);
  await running.return();
  await running.return();
  assertEquals(await running.next(), { done: true, value: undefined });
  assertEquals(probe.log.attempts, 0);
});

Deno.test("monitor() is ended by await using", async () => {
  const probe = scripted([hang]);
  {
    await using running = monitor(probe, { emit: "phase" });
    await running.next();
    assertEquals(probe.log.inFlight, 1);
  }
  assertEquals(probe.log.inFlight, 0);
});

Deno.test("monitor() does not begin if its signal has aborted", async () => {
  const probe = scripted([PASS]);
  for await (const _ of monitor(probe, { signal: AbortSignal.abort() })) {
    assert(false);
  }
  assertEquals(probe.log.attempts, 0);
});

Deno.test("monitor() ends without an error when its signal aborts", async (t) => {
  await t.step("while it sleeps", async () => {
    const controller = new AbortController();
    const { seen, over } = collect(
      monitor(scripted([PASS]), { signal: controller.signal }),
    );
    await new Promise((resolve) => setTimeout(resolve));
    controller.abort(new Error("Enough"));
    await over;
    assertEquals(seen.length, 1);
  });
  await t.step("while it waits to begin", async () => {
    const controller = new AbortController();
    const probe = scripted([PASS]);
    const { over } = collect(
      monitor(probe, { initialDelay: "1h", signal: controller.signal }),
    );
    controller.abort();
    await over;
    assertEquals(probe.log.attempts, 0);
  });
  await t.step("while an attempt is in flight", async () => {
    const controller = new AbortController();
    const probe = scripted([hang]);
    const { seen, over } = collect(
      monitor(probe, { signal: controller.signal }),
    );
    controller.abort();
    await over;
    assertEquals([seen.length, probe.log.inFlight], [0, 0]);
  });
  await t.step("in the loop", async () => {
    const controller = new AbortController();
    const probe = scripted([PASS]);
    const options = { signal: controller.signal, emit: "phase" } as const;
    for await (const _ of monitor(probe, options)) controller.abort();
    assertEquals(probe.log.attempts, 1);
  });
});

Deno.test("monitor() does not wait for ever for a probe that is deaf", async () => {
  const { step, letGo } = held();
  const probe = scripted([step]);
  const running = monitor(probe, { emit: "phase" });
  await running.next();
  await running.return();
  assertEquals(probe.log.inFlight, 1);
  letGo(PASS);
  await new Promise((resolve) => setTimeout(resolve));
});

Deno.test("monitor() has one consumer", async (t) => {
  await t.step("a second loop is a TypeError", async () => {
    await using running = monitor(scripted([PASS]));
    for await (const _ of running) {
      await assertRejects(
        async () => {
          for await (const _ of running) assert(false);
        },
        TypeError,
        "script is being iterated already",
      );
      break;
    }
  });
  await t.step("so is asking for two at once", async () => {
    await using running = monitor(scripted([PASS]));
    const first = running.next();
    await assertRejects(() => running.next(), TypeError, "one consumer");
    assertEquals((await first).value?.status, "healthy");
  });
  await t.step("once it has ended, a loop has nothing to do", async () => {
    const running = monitor(scripted([PASS]));
    for await (const _ of running) break;
    for await (const _ of running) assert(false);
  });
});

Deno.test("monitor() refuses what is no probe, no id or no option", () => {
  const probe = scripted([PASS]);
  const misuses: readonly (readonly [() => unknown, unknown, string])[] = [
    [() => monitor({} as Probe), TypeError, "Expected a probe, got object"],
    [
      () => monitor((() => Promise.resolve(PASS)) as unknown as Probe),
      TypeError,
      "Expected a probe with a type and a target",
    ],
    [() => monitor(probe, { id: "" }), OptionError, "id: expected an id"],
    [
      () => monitor(probe, { id: 7 as never }),
      OptionError,
      "id: expected an id",
    ],
    [
      () => monitor(probe, { emit: "all" as never }),
      OptionError,
      'emit: expected "attempt", "transition" or "phase", got "all"',
    ],
    [() => monitor(probe, { interval: 0 }), OptionError, "interval: "],
    [() => monitor(probe, { retries: 0 }), OptionError, "retries: "],
  ];
  for (const [misuse, type, message] of misuses) {
    assertThrows(misuse, type as typeof Error, message);
  }
});

Deno.test("monitor() is known by its id, which is the target unless it is given", () => {
  const probe = scripted([PASS], { target: "queue" });
  assertEquals(monitor(probe).id, "queue");
  const named = monitor(probe, { id: "orders" });
  assertEquals([named.id, named.snapshot.id], ["orders", "orders"]);
  assertEquals(named.snapshot.target, "queue");
});

for (const ms of [3_600_000, -3_600_000, 25_000, -25_000]) {
  Deno.test(`monitor() neither bursts nor stalls when the clock is set by ${ms / 1000} s`, async () => {
    using time = new SettableTime();
    const startedAt: number[] = [];
    const running = monitor(scripted([() => {
      startedAt.push(performance.now());
      return Promise.resolve(PASS);
    }]));
    const { over } = collect(running);
    await time.advance(35_000);
    time.setClock(ms);
    await time.advance(60_000);
    await running.return();
    await over;
    const waits = startedAt.slice(1).map((at, i) => at - startedAt[i]!);
    assertGreaterOrEqual(waits.length, 9);
    for (const wait of waits) assertLessOrEqual(wait, 10_000);
    // It may be brought back into step once.
    assertLessOrEqual(waits.filter((wait) => wait < 10_000).length, 1);
  });
}

Deno.test("monitor() does not try twice for one slot when the clock runs slow", async () => {
  using time = new SettableTime();
  const startedAt: number[] = [];
  const running = monitor(scripted([() => {
    startedAt.push(performance.now());
    return Promise.resolve(PASS);
  }]));
  const { over } = collect(running);
  for (let i = 0; i < 60; i++) {
    await time.advance(1000);
    time.setClock(-1);
  }
  await running.return();
  await over;
  const waits = startedAt.slice(1).map((at, i) => at - startedAt[i]!);
  for (const wait of waits) assertGreaterOrEqual(wait, 9900);
});

Deno.test("monitor() makes a timeout an error if the process itself was stalled", async () => {
  const probe = scripted([(signal) => {
    // After the attempt has begun, as somebody else's work would be.
    queueMicrotask(() => {
      block(300);
    });
    return hang(signal);
  }]);
  await using running = monitor(probe, { timeout: 50, retries: 1 });
  const { value } = await running.next();
  assertEquals(value?.status, "unknown");
  assertEquals([value?.verdict, value?.reason?.code], ["error", "internal"]);
});

Deno.test("monitor() ends by its signal even while an onChange never settles", async () => {
  using time = new FakeTime(START);
  const end = new AbortController();
  const watched = monitor(scripted([PASS]), {
    signal: end.signal,
    onChange: (() => new Promise(() => {})) as () => void,
  });
  const next = watched.next();
  await advance(time, 0);
  end.abort();
  // What it had found is still told, and then nothing more.
  await next;
  assertEquals((await watched.next()).done, true);
});

Deno.test("monitor() aborts the attempt of a probe that ends it as it starts", async () => {
  for (const how of ["signal", "return"] as const) {
    const controller = new AbortController();
    let left: Promise<unknown> | undefined;
    const probe = scripted([(signal) => {
      if (how === "signal") controller.abort();
      else left = running.return();
      return hang(signal);
    }]);
    const running = monitor(probe, { signal: controller.signal });
    assertEquals((await running.next()).done, true, how);
    await left;
    assert(probe.log.signals[0]!.aborted);
    assertEquals(probe.log.inFlight, 0);
    assertEquals(running.snapshot.verdict, null, how);
  }
});

Deno.test("monitor() aborts the signal of each attempt once it is over, for what a probe left behind", async () => {
  const probe = scripted([PASS]);
  let seen = 0;
  for await (const _ of monitor(probe, { interval: 1 })) {
    const open = probe.log.signals.filter(({ aborted }) => !aborted);
    assertEquals(open.length, 1);
    if (++seen === 3) break;
  }
  assert(probe.log.signals.every(({ aborted }) => aborted));
});
