import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Fleet } from "../../../src/fleet/fleet.ts";
import {
  after,
  AttemptLog,
  FAIL,
  hang,
  held,
  PASS,
  scripted,
} from "../../support/probes.ts";
import { HERE, OtherAgent, sharedFleet, THERE } from "../../support/sharing.ts";
import { advance, START } from "../../support/time.ts";

Deno.test("A shared check is held from the start: no attempt is made", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a", interval: "1s" });
  await advance(time, 5000);
  assertEquals(probe.log.attempts, 0);
  assertEquals([fleet.isHeld("a"), fleet.isHeld("b")], [true, undefined]);
  assertEquals(fleet.get("a")?.nextAt, null);
});

Deno.test("share() refuses a fleet that has checks, and one that is closed", async () => {
  const fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a" });
  const sharing = {
    acts: () => true,
    attempt: () => Promise.resolve(),
    receive() {},
  };
  assertThrows(() => fleet.share(sharing), Error, "has checks already");
  assertThrows(() => fleet.hold("a"), Error, "The fleet is not shared");
  fleet.release("a", HERE);
  assertEquals(fleet.get("a")?.agent, undefined);
  await fleet.close();
  assertThrows(() => fleet.share(sharing), Error, "closed");
  assertThrows(() => fleet.release("a", HERE), Error, "closed");
  const adopted = new OtherAgent().find(PASS);
  assertThrows(() => fleet.adopt("a", adopted), Error, "closed");
});

Deno.test("release() tries a check at once that was never tried, and shows who looks", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a", interval: "10s" });
  await advance(time, 3000);
  fleet.release("a", HERE);
  await advance(time, 0);
  assertEquals(probe.log.startedAt, [START + 3000]);
  const { agent, region, status } = fleet.get("a")!;
  assertEquals({ agent, region, status }, { ...HERE, status: "healthy" });
  assertThrows(() => fleet.release("b", HERE), RangeError);
  assertThrows(() => fleet.hold("b"), RangeError);
});

Deno.test("release() goes on at the slot that the other agent would have used", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const other = new Fleet();
  const [here, there] = [scripted([PASS]), scripted([after(200, PASS)])];
  fleet.add(here, { id: "a", interval: "10s" });
  other.add(there, { id: "a", interval: "10s" });
  await advance(time, 25_000);
  const due = other.get("a")!.nextAt!;
  const { checkedAt } = other.get("a")!;
  const state = new OtherAgent().find(PASS, {
    agoMs: Date.now() - checkedAt!.getTime(),
    durationMs: 200,
  });
  fleet.adopt("a", state);
  assertEquals(fleet.get("a")!.nextAt, due);
  await other.close();
  fleet.release("a", HERE);
  await advance(time, 10_000);
  assertEquals(here.log.startedAt, [due.getTime()]);
});

Deno.test("release() tries a check at once whose slot has passed", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a", interval: "10s" });
  fleet.adopt("a", new OtherAgent().find(PASS));
  await advance(time, 30_000);
  fleet.release("a", HERE);
  await advance(time, 0);
  assertEquals(probe.log.startedAt, [START + 30_000]);
});

Deno.test("release() keeps to the slots where the other agent has run the check until now", async () => {
  using time = new FakeTime(START);
  for (const lateMs of [30_000, 10_000]) {
    const shared = sharedFleet();
    await using fleet = shared.fleet;
    const probe = scripted([PASS]);
    fleet.add(probe, { id: "a", interval: "10s" });
    fleet.adopt("a", new OtherAgent().find(PASS));
    const due = fleet.get("a")!.nextAt!.getTime();
    await advance(time, due + 15_000 - Date.now());
    fleet.release("a", HERE, { lateMs });
    await advance(time, 5_000);
    // What is later than that was not run there.
    const at = lateMs === 30_000 ? due + 20_000 : due + 15_000;
    assertEquals(probe.log.startedAt[0], at);
  }
});

Deno.test("release() tries a check at once that is as before a restart", async () => {
  using time = new FakeTime(START);
  await using one = new Fleet({ background: false });
  one.add(scripted([PASS]), { id: "a" });
  await one.attempt("a");
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a", interval: "10s", record: one.record("a") });
  assertEquals(fleet.get("a")?.stale, true);
  await advance(time, 1000);
  fleet.release("a", HERE);
  await advance(time, 0);
  assertEquals(probe.log.startedAt, [START + 1000]);
});

Deno.test("release() goes on from a record whose result is current", async () => {
  using time = new FakeTime(START);
  await using other = new Fleet({ background: false });
  other.add(scripted([PASS]), { id: "a", interval: "1h" });
  await other.attempt("a");
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const probe = scripted([PASS]);
  const record = other.record("a");
  fleet.add(probe, { id: "a", interval: "1h", record });
  await advance(time, 3000);
  await fleet.attempt("a", { maxAge: "1m" });
  fleet.release("a", HERE);
  await advance(time, 1000);
  assertEquals(probe.log.attempts, 0);
  await advance(time, 3_600_000);
  assertEquals(probe.log.attempts, 1);
});

Deno.test("hold() gives up the attempt in flight, and observers are told", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const steps: string[] = [];
  fleet.observe((step) => {
    const state = step.type === "begin" || step.type === "hold"
      ? ` ${step.before.checking}-${step.after.checking}`
      : "";
    steps.push(step.type + state);
  });
  const probe = scripted([hang]);
  fleet.add(probe, { id: "a", interval: "10s" });
  fleet.release("a", HERE);
  await advance(time, 100);
  fleet.hold("a");
  fleet.hold("a");
  assertEquals(probe.log.signals[0]?.aborted, true);
  assertEquals(fleet.get("a")?.checking, false);
  assertEquals(fleet.get("a")?.attempts, 0);
  assertEquals(steps, ["join", "begin false-true", "hold true-false"]);
  await advance(time, 60_000);
  assertEquals(probe.log.attempts, 1);
  assertEquals(fleet.stats().inFlight, 0);
});

Deno.test("watch({ emit: 'phase' }) tells that an attempt was given up by hold()", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  fleet.add(scripted([hang]), { id: "a" });
  fleet.release("a", HERE);
  await advance(time, 100);
  const phases = fleet.watch({ emit: "phase" });
  const attempts = fleet.watch({ emit: "attempt" });
  const told = phases.next();
  const next = attempts.next();
  fleet.hold("a");
  assertEquals((await told).value?.checking, false);
  fleet.adopt("a", new OtherAgent().find(PASS));
  assertEquals((await next).value?.status, "healthy");
});

for (const perHost of [1, 16]) {
  Deno.test(`hold() takes back an attempt that waits for a permit, ${perHost} a host`, async () => {
    using time = new FakeTime(START);
    const shared = sharedFleet({
      concurrency: perHost === 1 ? 256 : 1,
      perHost,
    });
    await using fleet = shared.fleet;
    const first = held();
    const permissions = [{ name: "net", host: "a.example:1" }] as const;
    const probes = [scripted([first.step]), scripted([PASS]), scripted([PASS])];
    const log = probes.map(({ log }) => log);
    probes.forEach((probe, i) => {
      Object.assign(probe, { permissions });
      fleet.add(probe, { id: `${i}`, interval: "10s" });
      fleet.release(`${i}`, HERE);
    });
    await advance(time, 1);
    assertEquals(log.map(({ attempts }) => attempts), [1, 0, 0]);
    fleet.hold("1");
    first.letGo(PASS);
    await advance(time, 1);
    assertEquals(log.map(({ attempts }) => attempts), [1, 0, 1]);
    assertEquals(fleet.stats().inFlight, 0);
    // It is released while it still stands in the queue, and tried once.
    fleet.release("1", HERE);
    await advance(time, 1);
    assertEquals(log.map(({ attempts }) => attempts), [1, 1, 1]);
  });
}

Deno.test("A check that is held and released while it waits keeps to its slot", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet({ concurrency: 1 });
  await using fleet = shared.fleet;
  const first = held();
  const probe = scripted([PASS]);
  fleet.add(scripted([first.step]), { id: "first", interval: "1h" });
  fleet.add(probe, { id: "a", interval: "10s" });
  fleet.release("first", HERE);
  fleet.release("a", HERE);
  await advance(time, 100);
  fleet.hold("a");
  fleet.adopt("a", new OtherAgent().find(PASS));
  const due = fleet.get("a")!.nextAt!.getTime();
  fleet.release("a", HERE);
  first.letGo(PASS);
  await advance(time, 10_000);
  assertEquals(probe.log.startedAt, [due]);
});

Deno.test("Ten thousand checks that wait can be held at once", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet({ concurrency: 1 });
  await using fleet = shared.fleet;
  const first = held();
  const log = new AttemptLog();
  fleet.add(scripted([first.step]), { id: "first" });
  fleet.release("first", HERE);
  await advance(time, 0);
  const ids = Array.from({ length: 10_000 }, (_, i) => `${i}`);
  for (const id of ids) {
    fleet.add(scripted([PASS], { log }), { id });
    fleet.release(id, HERE);
  }
  await advance(time, 0);
  for (const id of ids) fleet.hold(id);
  first.letGo(PASS);
  await advance(time, 1);
  assertEquals(log.attempts, 0);
  assertEquals(fleet.stats().inFlight, 0);
});

Deno.test("A probe may hold its own check as it begins", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const steps: string[] = [];
  fleet.observe(({ type }) => void steps.push(type));
  const probe = scripted([(signal) => {
    fleet.hold("a");
    return hang(signal);
  }, PASS]);
  fleet.add(probe, { id: "a", interval: "10s" });
  fleet.release("a", HERE);
  await advance(time, 1000);
  assertEquals(probe.log.signals[0]?.aborted, true);
  assertEquals(fleet.get("a")?.checking, false);
  assertEquals(steps, ["join", "begin", "hold"]);
  fleet.release("a", HERE);
  await advance(time, 0);
  assertEquals(fleet.get("a")?.status, "healthy");
  assertEquals(probe.log.peak, 1);
});

Deno.test("A check that is released while its attempt comes to rest late is tried then", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const first = held();
  const probe = scripted([first.step, PASS]);
  fleet.add(probe, { id: "a", interval: "1h" });
  fleet.release("a", HERE);
  await advance(time, 100);
  for (let i = 0; i < 5; i++) {
    fleet.hold("a");
    fleet.release("a", HERE);
  }
  await advance(time, 1000);
  assertEquals(probe.log.attempts, 1);
  first.letGo(FAIL);
  await advance(time, 1);
  assertEquals(probe.log.attempts, 2);
  assertEquals(probe.log.peak, 1);
  assertEquals(fleet.get("a")?.status, "healthy");
  assertEquals(fleet.stats().skipped, 0);
});

Deno.test("replace() of a held check leaves it held, and of a running one running", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  fleet.add(scripted([PASS]), { id: "a", interval: "1s" });
  fleet.adopt("a", new OtherAgent({ retries: 1 }).find(FAIL));
  const probe = scripted([PASS]);
  fleet.replace(probe, { id: "a", interval: "2s" });
  await advance(time, 5000);
  assertEquals(probe.log.attempts, 0);
  const { agent, status } = fleet.get("a")!;
  assertEquals([agent, status, fleet.isHeld("a")], [
    THERE.agent,
    "unhealthy",
    true,
  ]);
  fleet.release("a", HERE);
  await advance(time, 0);
  assertEquals(probe.log.attempts, 1);
  const other = scripted([PASS]);
  fleet.replace(other, { id: "a", interval: "2s" });
  await advance(time, 0);
  assertEquals([other.log.attempts, fleet.isHeld("a")], [1, false]);
  assertEquals(fleet.get("a")?.agent, HERE.agent);
});
