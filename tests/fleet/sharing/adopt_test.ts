import {
  assertEquals,
  assertFalse,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { OptionError } from "../../../src/core/option_error.ts";
import { fail } from "../../../src/core/outcome.ts";
import { Secrets } from "../../../src/core/secrets.ts";
import type { Emit } from "../../../src/fleet/watch/emit.ts";
import type { Step } from "../../../src/fleet/step.ts";
import { FAIL, hang, held, PASS, scripted } from "../../support/probes.ts";
import { HERE, OtherAgent, sharedFleet, THERE } from "../../support/sharing.ts";
import { advance, START } from "../../support/time.ts";

Deno.test("adopt() goes on with the counts of the other agent's machine", async () => {
  using time = new FakeTime(START);
  const changes: string[] = [];
  const shared = sharedFleet({
    onChange: (now, before) =>
      void changes.push(`${before.status}-${now.status}`),
  });
  await using fleet = shared.fleet;
  fleet.add(scripted([FAIL]), { id: "a", interval: "10s", retries: 3 });
  const other = new OtherAgent({ retries: 3 });
  fleet.adopt("a", other.find(PASS));
  await advance(time, 10_000);
  for (let i = 0; i < 2; i++) fleet.adopt("a", other.find(FAIL));
  assertEquals(fleet.get("a")?.status, "healthy");
  assertEquals(fleet.get("a")?.failures, 2);
  await advance(time, 30_000);
  fleet.release("a", HERE);
  await advance(time, 0);
  const { status, failures, since, attempts, transitions } = fleet.get("a")!;
  assertEquals(
    { status, failures, since: since.getTime(), attempts, transitions },
    {
      status: "unhealthy",
      failures: 3,
      since: START + 40_000,
      attempts: 4,
      transitions: 2,
    },
  );
  assertEquals(changes, ["unknown-healthy", "healthy-unhealthy"]);
});

Deno.test("adopt() keeps since when a status is so, also after an attempt here", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  fleet.add(scripted([FAIL]), { id: "a", interval: "10s", retries: 1 });
  const other = new OtherAgent({ retries: 1 });
  fleet.adopt("a", other.find(FAIL));
  await advance(time, 60_000);
  fleet.release("a", HERE);
  await advance(time, 1);
  const { since, attempts, transitions } = fleet.get("a")!;
  assertEquals([since.getTime(), attempts, transitions], [START, 2, 1]);
});

Deno.test("adopt() takes no time of an attempt that is to come, or goes back", async () => {
  using time = new FakeTime(START);
  await using fleet = sharedFleet().fleet;
  fleet.add(scripted([PASS]), { id: "a", interval: "10s" });
  const other = new OtherAgent();
  const checkedAt = (): number => fleet.get("a")!.checkedAt!.getTime();
  fleet.adopt("a", other.find(PASS, { agoMs: -5000 }));
  assertEquals(checkedAt(), START);
  await advance(time, 1000);
  fleet.adopt("a", other.find(PASS, { agoMs: 3000 }));
  assertEquals(checkedAt(), START);
  fleet.adopt("a", other.find(PASS, { agoMs: 300 }));
  assertEquals(checkedAt(), START + 700);
  const times = fleet.history("a")!.attempts.map(({ at }) => at - START);
  assertEquals(times, [0, 0, 700]);
  assertEquals(fleet.get("a")!.nextAt!.getTime() > START + 700, true);
});

Deno.test("adopt() goes on from the time of a record that is to come as from now", async () => {
  using time = new FakeTime(START);
  await using fleet = sharedFleet().fleet;
  const other = new OtherAgent();
  fleet.add(scripted([PASS]), { id: "a" });
  fleet.adopt("a", other.find(PASS));
  const record = { ...fleet.record("a")!, checkedAt: 864e13 };
  await fleet.remove("a");
  fleet.add(scripted([PASS]), { id: "a", record });
  await advance(time, 1000);
  fleet.adopt("a", other.find(PASS));
  assertEquals(fleet.get("a")!.checkedAt!.getTime(), START + 1000);
});

Deno.test("adopt() tells observers, watchers, waiters and the rollup", async () => {
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  const steps: Step[] = [];
  fleet.observe((step) => void steps.push(step));
  fleet.add(scripted([PASS]), { id: "a", retries: 1 });
  const watching = fleet.watch();
  const next = watching.next();
  const until = fleet.until("unhealthy");
  const other = new OtherAgent({ retries: 1 });
  assertEquals(fleet.adopt("a", other.find(FAIL)), true);
  assertEquals((await next).value?.agent, THERE.agent);
  assertEquals((await until)[0]?.reason?.code, "refused");
  assertEquals(fleet.rollup().status, "unhealthy");
  const step = steps[1]!;
  assertEquals(step.type === "end" && step.looker, THERE);
  assertEquals(step.type === "end" && step.result.outcome.verdict, "fail");
  assertEquals(fleet.history("a")!.failed, 1);
  assertEquals(fleet.record("a")!.history.attempts.length, 1);
  assertEquals(fleet.record("a")!.failures, 1);
  // It is no attempt of this fleet.
  assertEquals(fleet.stats().attempts, { pass: 0, warn: 0, fail: 0, error: 0 });
  assertEquals(fleet.stats().durationMs.count, 0);
  fleet.release("a", HERE);
  await fleet.attempt("a");
  const own = steps.at(-1)!;
  assertEquals(own.type === "end" && own.looker, undefined);
  assertEquals(fleet.stats().attempts.pass, 1);
});

Deno.test("adopt() replaces the secrets of the probe here", async () => {
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  const probe = Object.assign(scripted([PASS]), {
    secrets: new Secrets([["hunter2", "***"]]),
  });
  fleet.add(probe, { id: "a", retries: 1 });
  const outcome = fail(
    { code: "mismatch", message: "Got hunter2" },
    { answer: "hunter2" },
  );
  fleet.adopt("a", new OtherAgent({ retries: 1 }).find(outcome));
  const { reason, detail } = fleet.get("a")!;
  assertEquals([reason?.message, detail], ["Got ***", { answer: "***" }]);
  assertFalse(JSON.stringify(fleet.record("a")).includes("hunter2"));
});

Deno.test("adopt() does nothing for a check that runs here, or is not there", async () => {
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  fleet.add(scripted([PASS]), { id: "a" });
  const other = new OtherAgent();
  assertEquals(fleet.adopt("b", other.find(PASS)), false);
  fleet.release("a", HERE);
  assertEquals(fleet.adopt("a", other.find(FAIL)), false);
  assertEquals(fleet.get("a")?.attempts, 0);
});

Deno.test("adopt() refuses what is no result, and takes nothing of it", async () => {
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  fleet.add(scripted([PASS]), { id: "a" });
  const adopted = new OtherAgent().find(PASS);
  assertThrows(
    () => fleet.adopt("a", { ...adopted, durationMs: -1 }),
    OptionError,
  );
  const none = { verdict: "fine" } as unknown as typeof PASS;
  assertThrows(
    () => fleet.adopt("a", { ...adopted, outcome: none }),
    TypeError,
  );
  assertEquals(fleet.get("a")?.attempts, 0);
  assertEquals(fleet.adopt("a", { ...adopted, durationMs: null }), true);
});

Deno.test("report() is refused of a check that another agent runs", async () => {
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  fleet.add(scripted([PASS]), { id: "a" });
  assertThrows(
    () => fleet.report("a", PASS),
    Error,
    'Another agent runs the check "a"',
  );
  fleet.release("a", HERE);
  assertEquals(fleet.report("a", PASS).status, "healthy");
});

Deno.test("attempt() of a held check has the agent that runs it try it", async () => {
  const other = new OtherAgent();
  const shared = sharedFleet({ background: false }, (id) => {
    shared.fleet.adopt(id, other.find(PASS));
    return Promise.resolve();
  });
  await using fleet = shared.fleet;
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a" });
  fleet.add(scripted([PASS]), { id: "b" });
  fleet.release("b", HERE);
  const [a, b] = await fleet.attemptAll();
  assertEquals([a?.agent, b?.agent], [THERE.agent, HERE.agent]);
  assertEquals(shared.asked, ["a"]);
  await fleet.attempt("a", { maxAge: "1m" });
  assertEquals(shared.asked, ["a"]);
  await fleet.attempt("a");
  assertEquals(shared.asked, ["a", "a"]);
  assertEquals(probe.log.attempts, 0);
});

Deno.test("attempt() of a held check gives what is known if the other agent cannot", async () => {
  const errors: unknown[] = [];
  const lost = new Error("No answer");
  const shared = sharedFleet(
    { background: false, onError: (error) => void errors.push(error) },
    () => Promise.reject(lost),
  );
  await using fleet = shared.fleet;
  fleet.add(scripted([PASS]), { id: "a" });
  assertEquals((await fleet.attempt("a")).status, "unknown");
  assertEquals(errors, [lost]);
});

Deno.test("Whoever waits for an attempt that hold() gives up gets one of another agent", async () => {
  const other = new OtherAgent();
  const asked = Promise.withResolvers<void>();
  const shared = sharedFleet({ background: false }, () => asked.promise);
  await using fleet = shared.fleet;
  fleet.add(scripted([hang]), { id: "a" });
  fleet.release("a", HERE);
  const attempt = fleet.attempt("a");
  await Promise.resolve();
  assertEquals(fleet.get("a")?.checking, true);
  fleet.hold("a");
  assertEquals(shared.asked, ["a"]);
  fleet.adopt("a", other.find(PASS));
  asked.resolve();
  assertEquals((await attempt).agent, THERE.agent);
});

Deno.test("attempt() waits for a probe at rest, and asks the other agent if it is held then", async () => {
  using time = new FakeTime(START);
  const shared = sharedFleet({ background: false });
  await using fleet = shared.fleet;
  const first = held();
  fleet.add(scripted([first.step]), { id: "a", timeout: "1s" });
  fleet.release("a", HERE);
  const timedOut = fleet.attempt("a");
  await advance(time, 1000);
  await timedOut;
  const attempt = fleet.attempt("a");
  fleet.hold("a");
  first.letGo(PASS);
  await advance(time, 1);
  await attempt;
  assertEquals(shared.asked, ["a"]);
});

Deno.test("close() does not wait for other agents", async () => {
  const shared = sharedFleet(
    { background: false },
    () => new Promise<void>(() => {}),
  );
  const { fleet } = shared;
  fleet.add(scripted([PASS]), { id: "a" });
  const attempt = assertRejects(() => fleet.attempt("a"), Error, "closed");
  await fleet.close();
  await attempt;
});

Deno.test("adopt() tells a result also if the counts of the other machine are no others", async () => {
  const changes: string[] = [];
  const shared = sharedFleet({
    background: false,
    onChange: ({ status }) => void changes.push(status),
  });
  await using fleet = shared.fleet;
  fleet.add(scripted([FAIL]), { id: "a", retries: 1 });
  const [one, other] = [
    new OtherAgent({ retries: 1 }),
    new OtherAgent({ retries: 1 }),
  ];
  const told: string[] = [];
  const end = new AbortController();
  const watching = ["attempt", "transition"].map(async (emit) => {
    const watch = fleet.watch({ emit: emit as Emit, signal: end.signal });
    for await (const { status } of watch) told.push(`${emit} ${status}`);
  });
  for (
    const adopted of [one.find(PASS), one.find(FAIL), other.find(FAIL)]
  ) {
    fleet.adopt("a", adopted);
    await new Promise((resolve) => setTimeout(resolve));
  }
  fleet.adopt("a", new OtherAgent().find(PASS));
  await new Promise((resolve) => setTimeout(resolve));
  end.abort();
  await Promise.all(watching);
  const statuses = ["healthy", "unhealthy", "healthy"];
  assertEquals(changes, statuses);
  assertEquals(
    told.filter((each) => each.startsWith("t")),
    statuses.map((each) => `transition ${each}`),
  );
  assertEquals(told.filter((each) => each.startsWith("a")).length, 4);
});
