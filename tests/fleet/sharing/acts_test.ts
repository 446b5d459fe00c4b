import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Outcome, Probe, ProbeHost } from "../../../src/core/types.ts";
import { heartbeat, quorum } from "../../../src/probes/mod.ts";
import { FAIL, held, PASS, scripted, WARN } from "../../support/probes.ts";
import { HERE, OtherAgent, sharedFleet, THERE } from "../../support/sharing.ts";
import { advance, START } from "../../support/time.ts";

/** A passive probe, and what its fleet gives it each time it is started. */
function passive(): { probe: Probe; hosts: ProbeHost[] } {
  const hosts: ProbeHost[] = [];
  const probe = Object.assign(scripted([PASS]), {
    follow(host: ProbeHost): Disposable {
      hosts.push(host);
      return { [Symbol.dispose]() {} };
    },
  });
  return { probe, hosts };
}

Deno.test("No attempt begins while an agent may not act, neither due nor on demand", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet({ concurrency: 1 });
  await using fleet = shared.fleet;
  const first = held();
  const probe = scripted([PASS]);
  fleet.add(scripted([first.step]), { id: "first", interval: "1h" });
  fleet.add(probe, { id: "a", interval: "1h" });
  fleet.add(probe, { id: "b", interval: "1h" });
  for (const id of ["first", "a", "b"]) fleet.release(id, HERE);
  await advance(time, 1);
  // It waits for a permit, and may not be tried when it gets one.
  shared.acts = false;
  first.letGo(PASS);
  const attempt = fleet.attempt("b");
  await advance(time, 10_000);
  assertEquals(probe.log.attempts, 0);
  shared.acts = true;
  await advance(time, 1000);
  await attempt;
  assertEquals(probe.log.attempts, 2);
  assertEquals(fleet.stats().inFlight, 0);
});

Deno.test("A check that is held while its agent may not act is not tried when it may", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a", interval: "1s" });
  shared.acts = false;
  fleet.release("a", HERE);
  const attempt = fleet.attempt("a");
  await advance(time, 100);
  fleet.hold("a");
  await attempt;
  assertEquals(shared.asked, ["a"]);
  shared.acts = true;
  await advance(time, 5000);
  assertEquals(probe.log.attempts, 0);
});

Deno.test("close() leaves no timer of an agent that may not act", async () => {
  const shared = sharedFleet();
  const { fleet } = shared;
  const { probe, hosts } = passive();
  fleet.add(scripted([PASS]), { id: "a" });
  fleet.add(probe, { id: "b" });
  shared.acts = false;
  fleet.release("a", HERE);
  fleet.release("b", HERE);
  hosts[1]!.report(FAIL);
  // Its first attempt is due, and barred.
  await new Promise((resolve) => setTimeout(resolve, 1));
  await fleet.close();
});

Deno.test("A passive probe tells nothing while its check is held", async () => {
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const { probe, hosts } = passive();
  fleet.add(probe, { id: "a" });
  hosts[0]!.report(FAIL);
  hosts[0]!.remember({ of: "here" });
  assertEquals(fleet.get("a")?.attempts, 0);
  assertEquals(fleet.record("a"), undefined);
  fleet.adopt("a", { ...new OtherAgent().find(PASS), memory: { of: "there" } });
  fleet.release("a", HERE);
  const host = hosts.at(-1)!;
  assertEquals(host.memory, { of: "there" });
  // What was started before is not listened to any more.
  hosts[0]!.report(FAIL);
  hosts[0]!.plan(new Date());
  hosts[0]!.remember({ of: "the past" });
  assertEquals(fleet.get("a")?.attempts, 1);
  assertEquals(fleet.get("a")?.nextAt, null);
  assertEquals(fleet.record("a")?.memory, { of: "there" });
  host.report(FAIL);
  assertEquals(fleet.get("a")?.status, "unhealthy");
});

Deno.test("What a passive probe tells while its agent may not act is told later, in its order", async () => {
  using time = new FakeTime(START);
  const errors: unknown[] = [];
  const shared = sharedFleet({ onError: (error) => void errors.push(error) });
  await using fleet = shared.fleet;
  const { probe, hosts } = passive();
  fleet.add(probe, { id: "a" });
  fleet.release("a", HERE);
  const { report } = hosts.at(-1)!;
  shared.acts = false;
  report(FAIL);
  report({ verdict: "none" } as unknown as Outcome);
  await advance(time, 100);
  report(WARN);
  await advance(time, 1000);
  assertEquals(fleet.get("a")?.attempts, 0);
  shared.acts = true;
  // It comes after those that wait.
  report(PASS);
  assertEquals(fleet.get("a")?.attempts, 0);
  await advance(time, 1000);
  const { attempts } = fleet.history("a")!;
  assertEquals(attempts.map(({ verdict }) => verdict), [
    "fail",
    "warn",
    "pass",
  ]);
  assertEquals(attempts.map(({ at }) => at - START), [0, 100, 1100]);
  assertEquals(errors.map((error) => (error as Error).name), ["TypeError"]);
});

Deno.test("What a passive probe told while its agent may not act is dropped if it is held", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const { probe, hosts } = passive();
  fleet.add(probe, { id: "a" });
  fleet.release("a", HERE);
  shared.acts = false;
  for (let i = 0; i < 100; i++) hosts.at(-1)!.report(FAIL);
  fleet.hold("a");
  shared.acts = true;
  await advance(time, 1000);
  assertEquals(fleet.get("a")?.attempts, 0);
  fleet.release("a", HERE);
  await advance(time, 1000);
  assertEquals(fleet.get("a")?.attempts, 0);
});

Deno.test("Of what a passive probe tells while its agent may not act, the newest 60 are kept", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const { probe, hosts } = passive();
  fleet.add(probe, { id: "a" });
  fleet.release("a", HERE);
  shared.acts = false;
  for (let i = 0; i < 100; i++) hosts.at(-1)!.report(i < 40 ? FAIL : PASS);
  shared.acts = true;
  await advance(time, 1000);
  assertEquals(fleet.history("a")!.passed, 60);
  assertEquals(fleet.history("a")!.failed, 0);
});

Deno.test("What a passive probe tells as another one takes its place is not told", async () => {
  using time = new FakeTime(START);
  for (const acts of [true, false]) {
    const shared = sharedFleet();
    await using fleet = shared.fleet;
    const probe = Object.assign(scripted([PASS]), {
      follow: (host: ProbeHost): Disposable => ({
        [Symbol.dispose]: () => host.report(FAIL),
      }),
    });
    fleet.add(probe, { id: "a" });
    shared.acts = acts;
    fleet.release("a", HERE);
    shared.acts = true;
    await advance(time, 1000);
    assertEquals(fleet.get("a")!.attempts, 0);
  }
});

Deno.test("Pings of a held heartbeat are passed on, and its token still counts", async () => {
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  fleet.add(heartbeat({ every: "1h", token: "right-token-of-job" }), {
    id: "job",
  });
  assertEquals(fleet.receive("job", { signal: "success" }), true);
  assertEquals(shared.pings, [["job", { signal: "success" }]]);
  assertEquals(fleet.get("job")?.status, "unknown");
  assertEquals(fleet.admits("job", "right-token-of-job"), true);
  assertEquals(fleet.admits("job", "wrong"), false);
  fleet.release("job", HERE);
  assertEquals(fleet.receive("job", { signal: "success" }), true);
  assertEquals(shared.pings.length, 1);
  assertEquals(fleet.get("job")?.status, "healthy");
  assertEquals(fleet.admits("job", "right-token-of-job"), true);
});

Deno.test("A heartbeat goes on from what another agent remembers, and misses no ping that came", async () => {
  using time = new FakeTime(START);
  await using there = sharedFleet();
  await using here = sharedFleet();
  for (const { fleet } of [here, there]) {
    fleet.add(heartbeat({ every: "1h", grace: "10m" }), { id: "job" });
  }
  there.fleet.release("job", THERE);
  const minutes = 60_000;
  /** Hands over what the one agent knows to the other one. */
  function tell(): void {
    const { memory, history, ...state } = there.fleet.record("job")!;
    const { verdict } = history.attempts.at(-1)!;
    here.fleet.adopt("job", {
      outcome: { verdict } as Outcome,
      durationMs: null,
      state: { ...state, starting: false, firstAt: null },
      looker: THERE,
      ...(memory !== undefined && { memory }),
    });
  }
  there.fleet.receive("job", { signal: "success" });
  tell();
  assertEquals(here.fleet.get("job")?.nextAt, new Date(START + 60 * minutes));
  // Each ping comes there; here it would be overdue without what is remembered.
  for (let i = 0; i < 3; i++) {
    await advance(time, 59 * minutes);
    there.fleet.receive("job", { signal: "success" });
    tell();
    assertEquals(here.fleet.get("job")?.status, "healthy");
  }
  await advance(time, 65 * minutes);
  assertEquals(here.fleet.get("job")?.status, "healthy");
  there.fleet.hold("job");
  here.fleet.release("job", HERE);
  // What was due while nobody listened has its grace again.
  await advance(time, 9 * minutes);
  assertEquals(here.fleet.get("job")?.status, "healthy");
  await advance(time, 2 * minutes);
  assertEquals(here.fleet.get("job")?.status, "unhealthy");
  assertEquals(here.fleet.history("job")!.failed, 1);
});

Deno.test("A held quorum is as another agent says, and follows its checks once released", async () => {
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  for (const id of ["a", "b"]) fleet.add(scripted([PASS]), { id, retries: 1 });
  fleet.add(quorum({ of: ["a", "b"], need: 2 }), { id: "all" });
  const other = new OtherAgent({ retries: 1 });
  fleet.adopt("a", other.find(FAIL));
  assertEquals(fleet.get("all")?.attempts, 0);
  fleet.adopt("all", new OtherAgent({ retries: 1 }).find(PASS));
  assertEquals(fleet.get("all")?.status, "healthy");
  fleet.release("all", HERE);
  assertEquals(fleet.get("all")?.status, "unhealthy");
  fleet.adopt("a", other.find(PASS));
  fleet.adopt("b", new OtherAgent().find(PASS));
  assertEquals(fleet.get("all")?.status, "healthy");
});
