import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { Step } from "../../src/fleet/step.ts";
import { after, FAIL, hang, held, PASS, scripted } from "../support/probes.ts";
import { Reported } from "../support/reported.ts";
import { CountingSignal } from "../support/signals.ts";
import { advance, START } from "../support/time.ts";

/** A step in a few words. */
function text(step: Step): string {
  switch (step.type) {
    case "arrange":
      return `arrange ${step.ids}`;
    case "close":
      return "close";
    case "end":
      return `end ${step.id} ${step.result.outcome.verdict}`;
    default:
      return `${step.type} ${step.id}`;
  }
}

/** The steps of a fleet from now on. */
function observed(fleet: Fleet, signal?: AbortSignal): string[] {
  const steps: string[] = [];
  fleet.observe(
    (step) => void steps.push(text(step)),
    signal === undefined ? {} : { signal },
  );
  return steps;
}

Deno.test("observe() gets every step as it is made, and the end", async () => {
  const fleet = new Fleet({ background: false });
  const steps = observed(fleet);
  fleet.add(scripted([after(1, PASS)]), { id: "a", emit: "transition" });
  fleet.add(scripted([FAIL]), { id: "b" });
  assertEquals(steps.splice(0), ["join a", "join b"]);
  const attempt = fleet.attempt("a");
  assertEquals(steps.splice(0), ["begin a"]);
  await attempt;
  await fleet.attempt("b");
  assertEquals(steps.splice(0), ["end a pass", "begin b", "end b fail"]);
  fleet.replace(scripted([PASS]), { id: "b" });
  fleet.arrange(["b", "a"]);
  fleet.arrange(["b"]);
  await fleet.remove("a");
  await fleet.remove("a");
  await fleet.close();
  assertEquals(steps, ["replace b", "arrange b,a", "leave a", "close"]);
});

Deno.test("observe() gets the states before and after each step, and the result", async () => {
  await using fleet = new Fleet({ background: false });
  const steps: Step[] = [];
  fleet.observe((step) => void steps.push(step));
  const options = { id: "a", group: "edge", retries: 1 };
  fleet.add(scripted([PASS, FAIL], { target: "old" }), options);
  await fleet.attempt("a");
  await fleet.attempt("a");
  fleet.replace(scripted([PASS], { target: "new" }), { id: "a" });
  await fleet.remove("a");
  const [join, begin, end, , failed, replace, leave] = steps;
  assert(join?.type === "join" && begin?.type === "begin");
  assert(end?.type === "end" && failed?.type === "end");
  assert(replace?.type === "replace" && leave?.type === "leave");
  const check = { id: "a", group: "edge", type: "script", target: "old" };
  assertEquals(join.check, check);
  assertEquals(join.after.status, "unknown");
  assertStrictEquals(begin.before, join.after);
  assertEquals([begin.after.checking, begin.lagMs], [true, null]);
  assertStrictEquals(end.before, begin.after);
  assertEquals([end.after.status, end.after.attempts], ["healthy", 1]);
  assertEquals(end.result.outcome, PASS);
  assertEquals(end.result.durationMs, end.after.durationMs!);
  assertEquals([failed.before.status, failed.after.status], [
    "healthy",
    "unhealthy",
  ]);
  assertEquals(failed.result.outcome, FAIL);
  assertStrictEquals(replace.before, failed.after);
  assertEquals(replace.replaced, check);
  assertEquals(replace.check, { ...check, group: null, target: "new" });
  assertStrictEquals(leave.before, replace.after);
  assertEquals(leave.check, replace.check);
});

Deno.test("observe() gets how late an attempt begins, unless it is on demand", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 1 });
  const lags: (number | null)[] = [];
  fleet.observe((step) => {
    if (step.type === "begin") lags.push(step.lagMs);
  });
  fleet.add(scripted([after(700, PASS)]), { id: "a", interval: "1h" });
  fleet.add(scripted([PASS]), { id: "b", interval: "1h" });
  await advance(time, 1000);
  assertEquals(lags, [0, 700]);
  await fleet.attempt("b");
  assertEquals(lags, [0, 700, null]);
});

for (const end of ["replace", "remove", "close"] as const) {
  Deno.test(`observe() gets no end of an attempt that is given up: ${end} is its end`, async () => {
    const fleet = new Fleet({ background: false });
    fleet.add(scripted([hang]), { id: "a" });
    const attempt = fleet.attempt("a").catch(() => {});
    const steps: Step[] = [];
    fleet.observe((step) => void steps.push(step));
    if (end === "replace") {
      fleet.replace(scripted([PASS]), { id: "a" });
      await attempt;
      const [step] = steps;
      assert(step?.type === "replace");
      assertEquals([step.before.checking, step.after.checking], [true, false]);
    } else if (end === "remove") {
      await fleet.remove("a");
      assertEquals(steps.map(text), ["leave a"]);
    }
    await fleet.close();
    assertEquals(steps.map(text).at(-1), "close");
  });
}

Deno.test("observe() gets nothing of an attempt that ends after its check was removed", async () => {
  await using fleet = new Fleet({ background: false });
  const { step, letGo } = held();
  fleet.add(scripted([step]), { id: "a" });
  const attempt = fleet.attempt("a");
  const steps = observed(fleet);
  const removed = fleet.remove("a");
  letGo(PASS);
  await Promise.all([attempt, removed]);
  assertEquals(steps, ["leave a"]);
});

Deno.test("observe() gets nothing once its signal has aborted", async () => {
  const fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a" });
  const end = new AbortController();
  const heard = observed(fleet, end.signal);
  const others = observed(fleet);
  end.abort();
  const late = observed(fleet, end.signal);
  await fleet.attemptAll();
  await fleet.close();
  assertEquals([heard, late, observed(fleet, end.signal)], [[], [], []]);
  assertEquals(others, ["begin a", "end a pass", "close"]);
});

Deno.test("observe() no longer listens to its signal once the fleet has ended", async () => {
  const fleet = new Fleet();
  const counted = new CountingSignal();
  fleet.observe(() => {}, { signal: counted.signal });
  assertEquals(counted.listeners, 1);
  await fleet.close();
  assertEquals(counted.listeners, 0);
});

Deno.test("observe() gets the end at once if the fleet has ended", async () => {
  const fleet = new Fleet();
  await fleet.close();
  assertEquals(observed(fleet), ["close"]);
});

Deno.test("observe() twice with one function gets everything twice", async () => {
  const fleet = new Fleet();
  const steps: string[] = [];
  const observer = (step: Step): void => void steps.push(text(step));
  const end = new AbortController();
  fleet.observe(observer);
  fleet.observe(observer, { signal: end.signal });
  fleet.add(scripted([PASS]), { id: "a", initialDelay: "1h" });
  assertEquals(steps.splice(0), ["join a", "join a"]);
  end.abort();
  await fleet.close();
  assertEquals(steps, ["close"]);
});

Deno.test("an observer that throws or rejects ends neither the fleet nor another observer", async () => {
  const errors: unknown[] = [];
  const fleet = new Fleet({
    background: false,
    onError: (error) => void errors.push(error),
  });
  fleet.observe(({ type }) => {
    throw `thrown on ${type}`;
  });
  fleet.observe(({ type }) => Promise.reject(`rejected on ${type}`) as never);
  const steps = observed(fleet);
  fleet.add(scripted([PASS]), { id: "a" });
  assertEquals((await fleet.attempt("a")).status, "healthy");
  await fleet.close();
  assertEquals(steps, ["join a", "begin a", "end a pass", "close"]);
  const types = ["join", "begin", "end", "close"];
  assertEquals(
    new Set(errors),
    new Set([
      ...types.map((type) => `thrown on ${type}`),
      ...types.map((type) => `rejected on ${type}`),
    ]),
  );
});

Deno.test("what an observer throws is reported if there is no onError, or that throws", async () => {
  using reported = new Reported();
  const thrown = new Error("thrown");
  const fail = (): never => {
    throw thrown;
  };
  const second = new Error("second");
  const fleets = [
    new Fleet(),
    new Fleet({
      onError() {
        throw second;
      },
    }),
  ];
  for (const fleet of fleets) {
    fleet.observe(fail);
    await fleet.close();
  }
  assertEquals(reported.errors, [thrown, second]);
});

Deno.test("all observers get the steps in one order, also those that an observer makes", async () => {
  await using fleet = new Fleet({ background: false });
  const first: string[] = [];
  fleet.observe((step) => {
    first.push(text(step));
    if (step.type === "join" && step.id === "a") {
      fleet.add(scripted([PASS]), { id: "b" });
      assertEquals(fleet.ids(), ["a", "b"]);
    }
    if (step.type === "end") void fleet.remove("b");
  });
  const second = observed(fleet);
  fleet.add(scripted([PASS]), { id: "a" });
  await fleet.attempt("a");
  assertEquals(first, ["join a", "join b", "begin a", "end a pass", "leave b"]);
  assertEquals(second, first);
});

Deno.test("an observer may end another one in the middle of a step", async () => {
  await using fleet = new Fleet();
  const end = new AbortController();
  fleet.observe(() => end.abort());
  const heard = observed(fleet, end.signal);
  fleet.add(scripted([PASS]), { id: "a", initialDelay: "1h" });
  assertEquals(heard, []);
});

Deno.test("an observer may remove a check as its attempt begins", async () => {
  await using fleet = new Fleet({ background: false });
  const probe = scripted([PASS]);
  fleet.add(probe, { id: "a" });
  fleet.observe((step) => {
    if (step.type === "begin") void fleet.remove(step.id);
  });
  const steps = observed(fleet);
  await fleet.attempt("a");
  assertEquals(steps, ["begin a", "leave a"]);
  assertEquals(fleet.size, 0);
});

Deno.test("ids() has the order in which checks were added or arranged, whatever they look like", async () => {
  await using fleet = new Fleet({ background: false });
  const ids = ["web", "443", "80", "-1", "__proto__", "0"];
  for (const id of ids) fleet.add(scripted([PASS]), { id });
  assertEquals(fleet.ids(), ids);
  assertEquals(fleet.list().map(({ id }) => id), ids);
  const all = await fleet.attemptAll();
  assertEquals(all.map(({ id }) => id), ids);
  const some = await fleet.until("healthy", { ids: ["80", "web", "0"] });
  assertEquals(some.map(({ id }) => id), ["80", "web", "0"]);
  fleet.arrange(["80", "web", "443"]);
  assertEquals(fleet.ids(), ["80", "web", "443", "-1", "__proto__", "0"]);
});
