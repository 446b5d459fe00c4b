import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { OptionError } from "../../src/core/option_error.ts";
import type { Outcome, Snapshot } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { Step } from "../../src/fleet/step.ts";
import { after, FAIL, PASS, scripted, WARN } from "../support/probes.ts";
import { advance, START } from "../support/time.ts";

/** A fleet that tries nothing by itself, with the check `a`. */
function passive(options: { retries?: number; startPeriod?: string } = {}) {
  const fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a", ...options });
  return fleet;
}

Deno.test("report() takes a result through the policy, and gives what is then known", async () => {
  using time = new FakeTime(START);
  await using fleet = passive({ retries: 2 });
  await advance(time, 5000);
  const snapshot = fleet.report("a", { ...PASS, detail: { bytes: 3 } }, {
    durationMs: 12.5,
  });
  assertEquals(snapshot, fleet.get("a"));
  assertEquals(
    [snapshot.status, snapshot.verdict, snapshot.attempts, snapshot.checking],
    ["healthy", "pass", 1, false],
  );
  assertEquals(snapshot.detail, { bytes: 3 });
  assertEquals(snapshot.durationMs, 12.5);
  assertEquals(snapshot.checkedAt, new Date(time.start + 5000));
  assertEquals(snapshot.since, new Date(time.start + 5000));
  assertEquals(fleet.report("a", FAIL).status, "healthy");
  const failed = fleet.report("a", FAIL);
  assertEquals([failed.status, failed.reason], ["unhealthy", FAIL.reason!]);
  assertEquals(failed.durationMs, null);
});

Deno.test("report() does not keep the snapshot that it gives", async () => {
  await using fleet = passive();
  assertNotStrictEquals(fleet.report("a", PASS), fleet.get("a"));
  assertStrictEquals(fleet.get("a"), fleet.get("a"));
});

Deno.test("report() is seen by history, numbers, rollup, observers, watchers and callbacks", async () => {
  using time = new FakeTime(START);
  const changes: string[] = [];
  await using fleet = new Fleet({
    background: false,
    onChange: ({ status }, before) =>
      void changes.push(`${before.status} -> ${status}`),
  });
  fleet.add(scripted([PASS]), { id: "a", retries: 1 });
  const steps: Step[] = [];
  fleet.observe((step) => void steps.push(step));
  const watcher = fleet.watch();
  const waiting = fleet.until("unhealthy");
  await advance(time, 1000);
  fleet.report("a", PASS, { durationMs: 7 });
  fleet.report("a", FAIL);
  assertEquals(fleet.history("a"), {
    attempts: [
      { verdict: "pass", at: time.start + 1000, durationMs: 7 },
      {
        verdict: "fail",
        at: time.start + 1000,
        durationMs: null,
        reason: FAIL.reason!,
      },
    ],
    passed: 1,
    failed: 1,
  });
  const { attempts, durationMs } = fleet.stats();
  assertEquals([attempts.pass, attempts.fail], [1, 1]);
  // Nothing is known of how long the other one took.
  assertEquals([durationMs.count, durationMs.sum], [1, 7]);
  assertEquals(fleet.rollup().status, "unhealthy");
  assertEquals(changes, ["unknown -> healthy", "healthy -> unhealthy"]);
  assertEquals((await watcher.next()).value!.status, "unhealthy");
  await watcher.return!();
  assertEquals((await waiting)[0]!.status, "unhealthy");
  const [passed, failed] = steps;
  assert(passed?.type === "end" && failed?.type === "end");
  assertEquals(passed.result, { outcome: PASS, durationMs: 7 });
  assertEquals(failed.result, { outcome: FAIL, durationMs: null });
  assertStrictEquals(failed.before, passed.after);
  assertEquals(fleet.record("a")!.attempts, 2);
});

Deno.test("report() lets an attempt in flight go on, and both count", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ background: false });
  const probe = scripted([after(1000, FAIL)]);
  fleet.add(probe, { id: "a", retries: 1 });
  const attempt = fleet.attempt("a");
  await advance(time, 500);
  const { status, checking, attempts } = fleet.report("a", PASS);
  assertEquals([status, checking, attempts], ["healthy", true, 1]);
  await advance(time, 500);
  assertEquals((await attempt).attempts, 2);
  assertEquals((await attempt).status, "unhealthy");
  assertEquals([probe.log.attempts, probe.log.signals[0]!.aborted], [1, false]);
  assertEquals(fleet.history("a")!.attempts.length, 2);
});

Deno.test("report() counts in the order of the calls, and never runs time backwards", async () => {
  using time = new FakeTime(START);
  await using fleet = passive({ retries: 1 });
  await advance(time, 60_000);
  const at = (ms: number): { at: Date } => ({ at: new Date(time.start + ms) });
  const seen = ({ status, checkedAt, since }: Snapshot): unknown[] => [
    status,
    checkedAt!.getTime() - time.start,
    since.getTime() - time.start,
  ];
  // The first one may be of any time that has been.
  assertEquals(seen(fleet.report("a", PASS, at(-86_400_000))), [
    "healthy",
    -86_400_000,
    -86_400_000,
  ]);
  assertEquals(seen(fleet.report("a", FAIL, at(50_000))), [
    "unhealthy",
    50_000,
    50_000,
  ]);
  // Late, and of before the failure.
  assertEquals(seen(fleet.report("a", PASS, at(40_000))), [
    "healthy",
    50_000,
    50_000,
  ]);
  // Of the future.
  assertEquals(seen(fleet.report("a", FAIL, at(999_000))), [
    "unhealthy",
    60_000,
    60_000,
  ]);
  assertEquals(
    fleet.history("a")!.attempts.map(({ at }) => at - time.start),
    [-86_400_000, 50_000, 50_000, 60_000],
  );
});

Deno.test("report() after the clock was set back is of now", async () => {
  await using fleet = passive();
  {
    using _time = new FakeTime(START);
    fleet.report("a", PASS);
  }
  const earlier = START - 3_600_000;
  using _time = new FakeTime(earlier);
  assertEquals(fleet.report("a", PASS).checkedAt, new Date(earlier));
});

Deno.test("report() heeds the start period, which begins with the first result", async () => {
  using time = new FakeTime(START);
  await using fleet = passive({ retries: 1, startPeriod: "30s" });
  await advance(time, 60_000);
  const report = (ms: number, durationMs?: number): string =>
    fleet.report("a", FAIL, {
      at: new Date(time.start + ms),
      ...(durationMs !== undefined && { durationMs }),
    }).status;
  assertEquals(fleet.get("a")!.starting, true);
  assertEquals(report(10_000), "unknown");
  assertEquals(report(39_999), "unknown");
  // It began inside of the period.
  assertEquals(report(45_000, 6000), "unknown");
  assertEquals(report(45_000), "unhealthy");
});

Deno.test("report() brings the next attempt forward out of a backoff, and else leaves the schedule", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([FAIL]);
  fleet.add(probe, { id: "a", retries: 1, interval: "10s" });
  // After four failures the delay is 60 s.
  await advance(time, 20_000 + 40_000 + 60_000 + 1);
  const due = fleet.get("a")!.nextAt!.getTime();
  assertEquals(fleet.report("a", FAIL).nextAt!.getTime(), due);
  const next = fleet.report("a", PASS).nextAt!.getTime();
  assert(next < due && next <= Date.now() + 10_000, `${next} of ${due}`);
  assertEquals(fleet.report("a", PASS).nextAt!.getTime(), next);
});

Deno.test("report() checks an outcome as it does one of a probe", async () => {
  await using fleet = passive();
  const outcome = {
    verdict: "warn",
    reason: { code: "latency", message: "two\nlines" },
    detail: { good: 1, bad: NaN, worse: {} },
  };
  const { reason, detail } = fleet.report("a", outcome as never);
  assertEquals(reason, { code: "latency", message: "two lines" });
  assertEquals(detail, { good: 1 });
  assertEquals(fleet.report("a", { verdict: "fail" }).reason, {
    code: "internal",
    message: "The probe gave no reason",
  });
  const { attempts } = fleet.get("a")!;
  for (const wrong of [undefined, null, "pass", {}, { verdict: "good" }]) {
    assertThrows(
      () => fleet.report("a", wrong as unknown as Outcome),
      TypeError,
      "Expected an outcome, got ",
    );
  }
  assertEquals(fleet.get("a")!.attempts, attempts);
});

Deno.test("report() refuses what cannot be, and then has changed nothing", async () => {
  const fleet = passive();
  assertThrows(() => fleet.report("b", PASS), RangeError, '"b"');
  for (const durationMs of [-1, NaN, Infinity, "5", true, 5n]) {
    assertThrows(
      () => fleet.report("a", PASS, { durationMs: durationMs as number }),
      OptionError,
      `durationMs: expected a number of 0 or more, got ${durationMs}`,
    );
  }
  const wrong = [
    [new Date("no date"), "a date of 1970 or later, got an invalid one"],
    [new Date(-1), "a date of 1970 or later, got 1969-12-31T23:59:59.999Z"],
    ["2020", "a Date, got 2020"],
    [1_600_000_000_000, "a Date, got 1600000000000"],
    [null, "a Date, got null"],
  ] as const;
  for (const [at, expected] of wrong) {
    assertThrows(
      () => fleet.report("a", PASS, { at: at as Date }),
      OptionError,
      `at: expected ${expected}`,
    );
  }
  assertEquals(fleet.get("a")!.attempts, 0);
  await fleet.close();
  assertThrows(() => fleet.report("a", PASS), Error, "closed");
});

Deno.test("an observer may report in the middle of a step", async () => {
  await using fleet = passive({ retries: 1 });
  fleet.add(scripted([FAIL]), { id: "b", retries: 1 });
  fleet.observe((step) => {
    if (step.type !== "end" || step.id !== "b") return;
    fleet.report("a", step.after.status === "unhealthy" ? WARN : PASS);
  });
  const seen: string[] = [];
  fleet.observe((step) => {
    if (step.type === "end") seen.push(`${step.id} ${step.after.status}`);
  });
  await fleet.attempt("b");
  assertEquals(seen, ["b unhealthy", "a degraded"]);
});

Deno.test("callbacks and observers get the steps in one order, whichever of them reports", async () => {
  const changes: string[] = [];
  const note = ({ status }: Snapshot, before: Snapshot): void =>
    void changes.push(`${before.status} -> ${status}`);
  await using fleet = new Fleet({
    background: false,
    onChange(snapshot, before) {
      note(snapshot, before);
      if (snapshot.status === "healthy") fleet.report("a", FAIL);
    },
  });
  fleet.add(scripted([WARN]), { id: "a", retries: 1, onChange: note });
  const seen: string[] = [];
  fleet.observe((step) => {
    if (step.type !== "end") return;
    seen.push(`${step.before.status} -> ${step.after.status}`);
    if (step.after.status === "degraded") fleet.report("a", PASS);
  });
  await fleet.attempt("a");
  const order = [
    "unknown -> degraded",
    "degraded -> healthy",
    "healthy -> unhealthy",
  ];
  assertEquals(seen, order);
  assertEquals(changes, order.flatMap((change) => [change, change]));
  assertEquals(fleet.get("a")!.status, "unhealthy");
});

Deno.test("report() of a restored check makes it current", async () => {
  const before = passive();
  before.report("a", PASS);
  const record = before.record("a");
  await before.close();
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a", record });
  assertEquals(fleet.get("a")!.stale, true);
  assertEquals(fleet.report("a", PASS).stale, undefined);
});
