import {
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Fleet } from "../../src/fleet/fleet.ts";
import {
  after,
  FAIL,
  hang,
  held,
  PASS,
  scripted,
  WARN,
} from "../support/probes.ts";
import { CountingSignal } from "../support/signals.ts";
import { advance, SettableTime, START } from "../support/time.ts";

Deno.test("a Fleet without background tries nothing but by attempt() and attemptAll()", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ background: false });
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a", interval: "1s" });
  await advance(time, 60_000);
  assertEquals(probe.log.attempts, 0);
  await fleet.attemptAll();
  assertEquals(fleet.get("a")!.nextAt, null);
  await advance(time, 60_000);
  assertEquals(probe.log.attempts, 1);
});

Deno.test("attempt() tries one check, attemptAll() tries all, and both give the new snapshots", async () => {
  await using fleet = new Fleet({ background: false });
  const outcomes = { up: PASS, slow: WARN, down: FAIL };
  for (const [id, outcome] of Object.entries(outcomes)) {
    fleet.add(scripted([outcome]), { id, retries: 1 });
  }
  const one = await fleet.attempt("slow");
  assertStrictEquals(one, fleet.get("slow"));
  assertEquals([one.status, one.attempts], ["degraded", 1]);
  assertEquals(
    (await fleet.attemptAll()).map((
      { id, status, attempts },
    ) => [id, status, attempts]),
    [["up", "healthy", 1], ["slow", "degraded", 2], ["down", "unhealthy", 1]],
  );
  // One after the other, and none of it is the attempt before.
  for (let i = 2; i < 5; i++) {
    assertEquals((await fleet.attempt("up")).attempts, i);
  }
});

Deno.test("attemptAll() of no checks gives nothing", async () => {
  await using fleet = new Fleet();
  assertEquals(await fleet.attemptAll(), []);
});

Deno.test("attempt() joins the attempt that is in flight", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([after(1000, PASS)]);
  fleet.add(probe, { id: "a" });
  await advance(time, 500);
  const both = Promise.all([fleet.attempt("a"), fleet.attemptAll()]);
  await advance(time, 500);
  assertEquals((await both).flat().map(({ attempts }) => attempts), [1, 1]);
  assertEquals(probe.log.attempts, 1);
});

Deno.test("attemptAll() respects the limit of attempts in flight", async () => {
  await using fleet = new Fleet({ background: false, concurrency: 2 });
  const { log } = scripted([PASS]);
  for (const id of "abcdef") {
    fleet.add(scripted([after(1, PASS)], { log }), { id });
  }
  await fleet.attemptAll();
  assertEquals([log.attempts, log.peak], [6, 2]);
});

Deno.test("attempt() leaves the schedule as it is", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a" });
  await advance(time, 10_000);
  const due = fleet.get("a")!.nextAt!;
  await fleet.attempt("a");
  assertEquals(fleet.get("a")!.nextAt, due);
  const before = probe.log.attempts;
  await advance(time, 10_000);
  assertEquals(probe.log.attempts, before + 1);
  assertEquals(probe.log.startedAt.at(-1), due.getTime());
});

Deno.test("attempt() brings the next attempt forward to at most one delay from it", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([FAIL, PASS]);
  fleet.add(probe, { id: "a", retries: 1, backoff: { factor: 6 } });
  await advance(time, 0);
  assertEquals(fleet.get("a")!.nextAt, new Date(time.start + 60_000));
  await advance(time, 1000);
  await fleet.attempt("a");
  assertEquals(fleet.get("a")!.status, "healthy");
  const waitMs = fleet.get("a")!.nextAt!.getTime() - time.now;
  assertEquals(waitMs > 0 && waitMs <= 10_000, true, `${waitMs} ms`);
  await advance(time, 10_000);
  assertEquals(probe.log.attempts, 3);
});

Deno.test("of what is due at once, a Fleet tries first what was added first", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 2 });
  const order: string[] = [];
  const ids = Array.from({ length: 20 }, (_, i) => `check-${i}`);
  for (const id of ids) {
    fleet.add(
      scripted([() => {
        order.push(id);
        return Promise.resolve(PASS);
      }]),
      { id },
    );
  }
  await advance(time, 0);
  assertEquals(order, ids);
});

Deno.test("attempt() that is in flight when the next is due takes its place", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  const probe = scripted([PASS, PASS, after(1000, PASS), PASS]);
  fleet.add(probe, { id: "a" });
  await advance(time, 0);
  const due = fleet.get("a")!.nextAt!.getTime();
  await advance(time, due - time.now + 9500);
  const attempt = fleet.attempt("a");
  await advance(time, 1000);
  assertEquals((await attempt).nextAt!.getTime(), due + 20_000);
  await advance(time, 10_000);
  assertEquals(
    probe.log.startedAt.map((at) => at - due),
    [time.start - due, 0, 9500, 20_000],
  );
});

Deno.test("attempt() with maxAge gives a result that is fresh enough, without another attempt", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ background: false });
  const [a, b] = [scripted([PASS]), scripted([PASS])];
  fleet.add(a, { id: "a" });
  fleet.add(b, { id: "b" });
  await fleet.attempt("a", { maxAge: "5s" });
  time.tick(5000);
  const all = await fleet.attemptAll({ maxAge: "5s" });
  assertEquals(all.map(({ id, attempts }) => [id, attempts]), [["a", 1], [
    "b",
    1,
  ]]);
  time.tick(1);
  await fleet.attemptAll({ maxAge: "5s" });
  assertEquals([a.log.attempts, b.log.attempts], [2, 1]);
});

Deno.test("attempt() does not take a result for fresh after the clock was set back", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a" });
  await fleet.attemptAll();
  time.setClock(-3_600_000);
  const snapshot = await fleet.attempt("a", { maxAge: "5s" });
  assertEquals(snapshot!.attempts, 2);
});

Deno.test("attempt() gives the snapshot of a stuck probe at once, and does not start it again", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ background: false });
  const { step, letGo } = held();
  const probe = scripted([step, PASS]);
  fleet.add(probe, { id: "a", timeout: "1s" });
  const first = fleet.attemptAll();
  await advance(time, 1000);
  assertEquals((await first)[0]!.reason!.code, "timeout");
  assertEquals((await fleet.attemptAll())[0]!.attempts, 1);
  letGo(PASS);
  await time.runMicrotasks();
  assertEquals((await fleet.attemptAll())[0]!.verdict, "pass");
  assertEquals(probe.log.attempts, 2);
});

Deno.test("attempt() rejects options and ids that are not valid", async () => {
  await using fleet = new Fleet({ background: false });
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a" });
  await assertRejects(() => fleet.attempt("b"), RangeError, '"b"');
  await assertRejects(
    () => fleet.attempt("a", { maxAge: "soon" }),
    RangeError,
    "duration",
  );
  await assertRejects(
    () => fleet.attemptAll({ maxAge: -1 }),
    RangeError,
    "duration",
  );
  assertEquals(probe.log.attempts, 0);
});

Deno.test("attempt() rejects when its signal aborts, and the attempt goes on", async () => {
  await using fleet = new Fleet({ background: false });
  const probe = scripted([after(1, PASS)]);
  fleet.add(probe, { id: "a" });
  const reason = new Error("Enough");
  assertStrictEquals(
    await assertRejects(() =>
      fleet.attempt("a", { signal: AbortSignal.abort(reason) })
    ),
    reason,
  );
  await assertRejects(
    () => fleet.attemptAll({ signal: AbortSignal.abort(reason) }),
    Error,
    "Enough",
  );
  assertEquals(probe.log.attempts, 0);
  const controller = new AbortController();
  const aborted = fleet.attempt("a", { signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => aborted), reason);
  assertFalse(probe.log.signals[0]?.aborted);
  assertEquals((await fleet.attempt("a")).attempts, 1);
});

Deno.test("attempt() listens to its signal no longer than it lasts", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a" });
  const counted = new CountingSignal();
  const attempt = fleet.attempt("a", { signal: counted.signal });
  assertEquals(counted.listeners, 1);
  await attempt;
  assertEquals(counted.listeners, 0);
});

Deno.test("attempt() rejects when the fleet is closed meanwhile", async () => {
  const fleet = new Fleet({ background: false });
  fleet.add(scripted([hang]), { id: "a" });
  const all = assertRejects(() => fleet.attemptAll(), Error, "closed");
  const one = assertRejects(() => fleet.attempt("a"), Error, "closed");
  await fleet.close();
  await Promise.all([all, one]);
});
