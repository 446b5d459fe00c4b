import { assert, assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type {
  Incident,
  IncidentStep,
} from "../../../src/core/past/incident.ts";
import { initialState } from "../../../src/core/machine.ts";
import { parsePolicy } from "../../../src/core/policy.ts";
import type { Outcome, Probe } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { heartbeat } from "../../../src/probes/heartbeat/heartbeat.ts";
import { quorum } from "../../../src/probes/quorum/quorum.ts";
import type { Observer } from "../../../src/fleet/step.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import {
  after,
  ERROR,
  FAIL,
  hang,
  PASS,
  scripted,
  WARN,
} from "../../support/probes.ts";
import { advance, START } from "../../support/time.ts";

/** A target that may be up or down, and a probe of it. */
class Target {
  outcome: Outcome = PASS;
  attempts = 0;
  readonly probe: Probe;

  constructor(target = "target", ms = 0) {
    const run = async (signal: AbortSignal): Promise<Outcome> => {
      this.attempts++;
      const { outcome } = this;
      if (ms === 0) return outcome;
      const step = after(ms, outcome);
      return typeof step === "function" ? await step(signal) : step;
    };
    this.probe = Object.assign(run, { type: "test", target, permissions: [] });
  }
}

function rethrow(error: unknown): never {
  throw error;
}

/** A fleet, its incidents, and what was told of them. */
class Scene {
  readonly fleet: Fleet;
  readonly incidents: Incidents;
  readonly steps: IncidentStep[] = [];

  constructor(background = false) {
    this.fleet = new Fleet({ background, onError: rethrow });
    this.incidents = new Incidents(this.fleet, rethrow);
    this.incidents.observe((step) => this.steps.push(step));
  }

  add(id: string, { probe }: Target, retries = 1): void {
    this.fleet.add(probe, { id, retries, interval: "10s", backoff: false });
  }

  /** What was told since the last call, in words. */
  told(): string[] {
    return this.steps.splice(0).map((step) => {
      if (step.type === "maintenance") {
        return `${step.check} maintenance ${step.active ? "begins" : "ends"}`;
      }
      const { type, incident: { check, end, muted } } = step;
      const why = muted === null
        ? ""
        : ` (${muted.by === "maintenance" ? "maintenance" : muted.check})`;
      return `${check} ${end ?? type}${why}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.close();
  }
}

Deno.test("Incidents have what begins, lasts and ends, newest first", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [web, db] = [new Target(), new Target()];
  scene.add("web", web, 2);
  scene.add("db", db);
  await fleet.attemptAll();
  web.outcome = db.outcome = FAIL;
  await fleet.attemptAll();
  assertEquals(scene.told(), ["db begin"]);
  time.tick(1000);
  await fleet.attempt("web");
  assertEquals(scene.told(), ["web begin"]);
  assertEquals(incidents.list().map(({ check }) => check), ["web", "db"]);
  db.outcome = ERROR;
  await fleet.attempt("db");
  assertEquals(fleet.get("db")?.status, "unknown");
  assertEquals(scene.told(), []);
  time.tick(1000);
  db.outcome = WARN;
  await fleet.attempt("db");
  assertEquals(scene.told(), ["db recovered"]);
  await fleet.remove("web");
  assertEquals(scene.told(), ["web removed"]);
  const [first, second] = incidents.list() as [Incident, Incident];
  assertEquals([first.check, first.began, first.ended, first.end], [
    "web",
    START + 1000,
    START + 2000,
    "removed",
  ]);
  assertEquals([second.check, second.began, second.ended, second.end], [
    "db",
    START,
    START + 2000,
    "recovered",
  ]);
});

Deno.test("Incidents go on while a check starts afresh with another target", async () => {
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [old, moved] = [new Target("old"), new Target("new")];
  scene.add("web", old);
  old.outcome = moved.outcome = FAIL;
  await fleet.attempt("web");
  fleet.replace(moved.probe, { id: "web", retries: 2 });
  assertEquals(fleet.get("web")?.status, "unknown");
  await fleet.attempt("web");
  await fleet.attempt("web");
  assertEquals(scene.told(), ["web begin"]);
  moved.outcome = PASS;
  await fleet.attempt("web");
  assertEquals(scene.told(), ["web recovered"]);
  assertEquals(incidents.list().length, 1);
});

Deno.test("Incidents keep the last 100 that ended", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const web = new Target();
  scene.add("web", web);
  for (let i = 0; i < 105; i++) {
    for (const outcome of [FAIL, PASS]) {
      web.outcome = outcome;
      await scene.fleet.attempt("web");
      time.tick(1);
    }
  }
  const list = scene.incidents.list();
  assertEquals(list.length, 100);
  assertEquals(list[0]?.began, START + 208);
  assertEquals(new Set(list.map(({ id }) => id)).size, 100);
});

Deno.test("Incidents from before a restart go on, or end, and do not repeat", async () => {
  using time = new FakeTime(START);
  const targets = ["still", "up", "gone", "fresh"]
    .map((id) => [id, new Target()] as const);
  const before = new Scene();
  for (const [id, target] of targets) {
    before.add(id, target);
    target.outcome = FAIL;
  }
  await before.fleet.attemptAll();
  const known = before.incidents.list();
  const records = new Map(
    before.fleet.ids().map((id) => [id, before.fleet.record(id)]),
  );
  await before.fleet.close();
  assertEquals(before.told().length, 4);

  time.tick(60_000);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  incidents.resume(known);
  for (const [id, { probe }] of targets) {
    if (id === "gone") continue;
    const record = id === "fresh" ? undefined : records.get(id);
    fleet.add(probe, { id, retries: 1, record });
  }
  assertEquals(scene.told(), []);
  incidents.settle();
  assertEquals(scene.told(), ["gone removed"]);
  assertEquals(incidents.list().length, 4);
  const up = targets[1]![1];
  up.outcome = PASS;
  await fleet.attemptAll();
  assertEquals(scene.told(), ["up recovered"]);
  const [still] = incidents.list().filter(({ check }) => check === "still");
  assertEquals(still, known.find(({ check }) => check === "still"));
});

Deno.test("an incident that only the state of a check knows has its id again", async () => {
  using time = new FakeTime(START);
  const web = new Target();
  web.outcome = FAIL;
  const before = new Scene();
  before.add("web", web);
  await before.fleet.attempt("web");
  const [known] = before.incidents.list();
  const record = before.fleet.record("web");
  await before.fleet.close();

  time.tick(60_000);
  await using scene = new Scene();
  scene.fleet.add(web.probe, { id: "web", record });
  // It is not known whether it still is.
  assertEquals(scene.told(), []);
  await scene.fleet.attempt("web");
  assertEquals(scene.told(), ["web begin"]);
  const [again] = scene.incidents.list();
  assertEquals([again?.id, again?.began], [known!.id, START]);
});

Deno.test("observers of Incidents get the same order, and may throw", async () => {
  const errors: unknown[] = [];
  await using fleet = new Fleet({ background: false });
  const incidents = new Incidents(fleet, (error) => errors.push(error));
  const order: string[] = [];
  const end = new AbortController();
  incidents.observe((step) => {
    order.push(`first ${step.type}`);
    // Makes another step in the middle of this one.
    if (step.type === "begin") fleet.report("web", PASS);
  });
  incidents.observe(() => {
    throw new Error("Told");
  }, { signal: end.signal });
  incidents.observe((step) => order.push(`second ${step.type}`));
  incidents.observe(() => order.push("never"), { signal: AbortSignal.abort() });
  fleet.add(scripted([FAIL]), { id: "web", retries: 1 });
  fleet.report("web", FAIL);
  assertEquals(order, [
    "first begin",
    "second begin",
    "first end",
    "second end",
  ]);
  assertEquals(errors.length, 2);
  end.abort();
  fleet.report("web", FAIL);
  assertEquals(errors.length, 2);
});

Deno.test("what a check depends on is tried at once, and mutes its incident", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene(true);
  const { fleet, incidents } = scene;
  const [net, web] = [new Target("net", 200), new Target("web")];
  incidents.depend(new Map([["web", ["net"]]]));
  fleet.add(net.probe, { id: "net", interval: "1h", retries: 3 });
  fleet.add(web.probe, {
    id: "web",
    interval: "10s",
    retries: 3,
    backoff: false,
  });
  await advance(time, 60_000);
  const attempts = net.attempts;
  net.outcome = web.outcome = FAIL;
  // At the first failure, and once it is unhealthy.
  await advance(time, 10_000);
  assertEquals(net.attempts, attempts + 1);
  assertEquals(scene.told(), []);
  await advance(time, 20_000);
  assertEquals(scene.told(), ["web begin (net)"]);
  assertEquals(fleet.get("web")?.status, "unhealthy");
  assertEquals(incidents.list()[0]?.muted, { by: "dependency", check: "net" });
});

Deno.test("the beginning is told once what the check depends on was tried", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [net, web] = [new Target("net", 3000), new Target("web")];
  incidents.depend(new Map([["web", ["net"]]]));
  scene.add("net", net);
  scene.add("web", web);
  const first = fleet.attemptAll();
  await advance(time, 3000);
  await first;
  await advance(time, 1000);
  web.outcome = FAIL;
  await fleet.attempt("web");
  await advance(time, 2900);
  assertEquals([scene.told(), incidents.list()], [[], []]);
  await advance(time, 200);
  assertEquals(scene.told(), ["web begin"]);
  assertEquals(incidents.list()[0]?.began, START + 4000);

  // What is over before then is told all the same, and in order.
  web.outcome = PASS;
  await fleet.attempt("web");
  web.outcome = FAIL;
  await fleet.attempt("web");
  web.outcome = PASS;
  await fleet.attempt("web");
  assertEquals(scene.told(), ["web recovered", "web begin", "web recovered"]);
  await advance(time, 5000);
  assertEquals(scene.told(), []);

  // So is what has not come so far when the fleet ends.
  web.outcome = FAIL;
  await fleet.attempt("web");
  await fleet.close();
  assertEquals(scene.told(), ["web begin"]);
});

Deno.test("an incident is told when its cause has recovered for a round", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [net, web] = [new Target(), new Target()];
  incidents.depend(new Map([["web", ["net"]]]));
  scene.add("net", net);
  scene.add("web", web);
  net.outcome = web.outcome = FAIL;
  await fleet.attemptAll();
  await advance(time, 1);
  assertEquals(scene.told(), ["net begin", "web begin (net)"]);
  net.outcome = PASS;
  await fleet.attempt("net");
  assertEquals(scene.told(), ["net recovered"]);
  await fleet.attempt("web");
  assertEquals(scene.told(), ["web change"]);
  // And when it fails again.
  net.outcome = FAIL;
  await fleet.attempt("net");
  assertEquals(scene.told(), ["net begin", "web change (net)"]);
  web.outcome = PASS;
  await fleet.attempt("web");
  assertEquals(scene.told(), ["web recovered (net)"]);
});

Deno.test("the cause is the nearest check, be it muted itself", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [wan, net, web] = [new Target(), new Target(), new Target()];
  incidents.depend(new Map([["web", ["net"]], ["net", ["wan"]]]));
  scene.add("wan", wan);
  scene.add("net", net);
  scene.add("web", web);
  wan.outcome = net.outcome = web.outcome = FAIL;
  await fleet.attempt("web");
  await advance(time, 1);
  assertEquals(
    scene.told().sort(),
    ["net begin (wan)", "wan begin", "web begin (net)"],
  );
});

Deno.test("many checks that fail together cause one attempt of what they need", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const net = new Target("net", 500);
  const ids = Array.from({ length: 50 }, (_, i) => `web${i}`);
  incidents.depend(new Map(ids.map((id) => [id, ["net"]])));
  scene.add("net", net);
  const targets = ids.map((id) => {
    const target = new Target();
    scene.add(id, target);
    return target;
  });
  const first = fleet.attemptAll();
  await advance(time, 500);
  await first;
  await advance(time, 10_000);
  assertEquals(net.attempts, 1);
  net.outcome = FAIL;
  for (const target of targets) target.outcome = FAIL;
  await Promise.all(ids.map((id) => fleet.attempt(id)));
  // The others fail while it is tried, and just after.
  await advance(time, 600);
  assertEquals(net.attempts, 2);
  const told = scene.told();
  assertEquals(told.filter((it) => it.endsWith("begin (net)")).length, 50);
  assertEquals(told.length, 51);
});

Deno.test("checks that flap try what they need once a second, and wait for that", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const net = new Target("net");
  const targets = Array.from({ length: 20 }, () => new Target());
  incidents.depend(new Map(targets.map((_, i) => [`web${i}`, ["net"]])));
  scene.add("net", net);
  for (const [i, target] of targets.entries()) scene.add(`web${i}`, target);
  await fleet.attemptAll();
  await advance(time, 10_000);
  const { attempts } = net;
  for (let round = 0; round < 100; round++) {
    for (const target of targets) {
      target.outcome = Math.random() < 0.5 ? PASS : FAIL;
    }
    await Promise.all(targets.map((_, i) => fleet.attempt(`web${i}`)));
    await advance(time, 100);
  }
  assert(net.attempts - attempts <= 11, `${net.attempts - attempts}`);

  for (const target of targets) target.outcome = PASS;
  await Promise.all(targets.map((_, i) => fleet.attempt(`web${i}`)));
  await advance(time, 2000);
  scene.told();
  const [first, second] = targets as [Target, Target];
  first.outcome = FAIL;
  await fleet.attempt("web0");
  await advance(time, 100);
  assertEquals(scene.told(), ["web0 begin"]);
  net.outcome = second.outcome = FAIL;
  await fleet.attempt("web1");
  await advance(time, 800);
  assertEquals(scene.told(), []);
  await advance(time, 100);
  assertEquals(scene.told().sort(), [
    "net begin",
    "web0 change (net)",
    "web1 begin (net)",
  ]);
});

Deno.test("what a passive cause is made of is tried in its place", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [one, two, web] = [new Target(), new Target(), new Target()];
  incidents.depend(
    new Map([["one", ["net"]], ["two", ["net"]], ["web", ["net", "job"]]]),
    new Map([["net", ["inner", "two"]], ["inner", ["one", "net"]]]),
  );
  fleet.add(quorum({ of: ["one"], need: 1 }), { id: "inner" });
  fleet.add(quorum({ of: ["inner", "two"], need: "any" }), { id: "net" });
  fleet.add(heartbeat({ every: "1h" }), { id: "job" });
  scene.add("one", one);
  scene.add("two", two);
  scene.add("web", web);
  await fleet.attemptAll();
  const { attempts } = fleet.get("job")!;
  await advance(time, 5000);
  one.outcome = two.outcome = web.outcome = FAIL;
  await fleet.attempt("web");
  await advance(time, 1000);
  assertEquals([one.attempts, two.attempts], [2, 2]);
  assertEquals(fleet.get("job")?.attempts, attempts);
  // The quorum is told before what waits for it.
  assertEquals(scene.told().sort(), [
    "inner begin",
    "net begin",
    "one begin (net)",
    "two begin (net)",
    "web begin (net)",
  ]);
});

Deno.test("a failure of a moment ago is taken for one of now", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const net = new Target();
  const ids = Array.from({ length: 10 }, (_, i) => `web${i}`);
  incidents.depend(new Map(ids.map((id) => [id, ["net"]])));
  scene.add("net", net);
  for (const id of ids) {
    const target = new Target();
    target.outcome = FAIL;
    scene.add(id, target);
  }
  net.outcome = FAIL;
  // Each is tried at once, and the first one tries what they need.
  for (const id of ids) {
    await fleet.attempt(id);
    await advance(time, 90);
  }
  assertEquals(net.attempts, 1);
  const told = scene.told();
  assertEquals(told.filter((it) => it.endsWith("begin (net)")).length, 10);
  // Later it may have recovered.
  await advance(time, 2000);
  fleet.report("web0", PASS);
  fleet.report("web0", FAIL);
  await advance(time, 1);
  assertEquals(net.attempts, 2);
});

Deno.test("what is known from before a restart ends with the first result", async () => {
  using time = new FakeTime(START);
  const dependencies = new Map([["web", ["net"]]]);
  const before = new Scene();
  const [net, web] = [new Target(), new Target()];
  before.incidents.depend(dependencies);
  before.add("net", net);
  before.add("web", web);
  net.outcome = web.outcome = FAIL;
  await before.fleet.attemptAll();
  await advance(time, 1);
  // The beginning of that of `net` was not written either.
  const known = before.incidents.list().filter(({ check }) => check === "web");
  net.outcome = web.outcome = PASS;
  await before.fleet.attemptAll();
  const [netUp, webUp] = ["net", "web"].map((id) => before.fleet.record(id));
  await before.fleet.close();

  // It was killed before it had written that they ended.
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  incidents.depend(dependencies);
  incidents.resume(known);
  fleet.add(net.probe, { id: "net", retries: 1, record: netUp });
  fleet.add(web.probe, { id: "web", retries: 1, record: webUp });
  // They count as results of now, and no attempt is made.
  await fleet.attemptAll({ maxAge: "1h" });
  assertEquals(scene.told(), []);
  await fleet.attemptAll();
  assertEquals(scene.told(), ["web recovered (net)"]);
  web.outcome = FAIL;
  await fleet.attempt("web");
  await advance(time, 1);
  assertEquals(scene.told(), ["web begin"]);
});

Deno.test("a cause that was down before a restart is so until it is tried", async () => {
  using time = new FakeTime(START);
  const net = new Target("net");
  net.outcome = FAIL;
  const before = new Scene();
  before.add("net", net);
  await before.fleet.attempt("net");
  const record = before.fleet.record("net");
  await before.fleet.close();

  await using scene = new Scene();
  const { fleet, incidents } = scene;
  incidents.depend(new Map([["web", ["net"]]]));
  const hanging = Object.assign(hang, {
    type: "test",
    target: "net",
    permissions: [],
  });
  fleet.add(hanging, { id: "net", record, timeout: "5m" });
  const web = new Target();
  web.outcome = FAIL;
  scene.add("web", web);
  await fleet.attempt("web");
  await advance(time, 31_000);
  assertEquals(scene.told(), ["web begin (net)"]);
  await fleet.remove("net");
});

Deno.test("a check that is not known to have failed mutes nothing", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [net, web] = [new Target(), new Target()];
  net.outcome = ERROR;
  incidents.depend(new Map([["web", ["net", "nowhere"]]]));
  scene.add("net", net);
  scene.add("web", web);
  web.outcome = FAIL;
  await fleet.attemptAll();
  await advance(time, 1);
  assertEquals(scene.told(), ["web begin"]);
});

Deno.test("a removed cause, or one that is none any more, mutes nothing", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [net, web, api] = [new Target(), new Target(), new Target()];
  incidents.depend(new Map([["web", ["net"]], ["api", ["net"]]]));
  scene.add("net", net);
  scene.add("web", web);
  scene.add("api", api);
  net.outcome = web.outcome = api.outcome = FAIL;
  await fleet.attemptAll();
  await advance(time, 1);
  scene.told();
  incidents.depend(new Map([["api", ["net"]]]));
  assertEquals(scene.told(), ["web change"]);
  await fleet.remove("net");
  assertEquals(scene.told(), ["net removed"]);
  await fleet.attempt("api");
  assertEquals(scene.told(), ["api change"]);
  // A new one may have failed long ago.
  scene.add("net", net);
  await fleet.attempt("net");
  assertEquals(scene.told(), ["net begin", "api change (net)"]);
  incidents.depend(new Map([["api", ["net"]], ["web", ["net"]]]));
  assertEquals(scene.told(), ["web change (net)"]);
});

Deno.test("a cause with another target is not known to have failed", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const [net, web] = [new Target("old"), new Target()];
  incidents.depend(new Map([["web", ["net"]]]));
  scene.add("net", net);
  scene.add("web", web);
  net.outcome = web.outcome = FAIL;
  await fleet.attemptAll();
  await advance(time, 1);
  assertEquals(scene.told(), ["net begin", "web begin (net)"]);
  fleet.replace(new Target("new").probe, { id: "net" });
  await fleet.attempt("web");
  assertEquals(scene.told(), ["web change"]);
});

Deno.test("a mute from before a restart lasts until its cause is known", async () => {
  using time = new FakeTime(START);
  const [net, web] = [new Target(), new Target()];
  net.outcome = web.outcome = FAIL;
  const dependencies = new Map([["web", ["net"]]]);
  const before = new Scene();
  before.incidents.depend(dependencies);
  before.add("net", net);
  before.add("web", web);
  await before.fleet.attemptAll();
  await advance(time, 1);
  const known = before.incidents.list();
  await before.fleet.close();

  await using scene = new Scene();
  const { fleet, incidents } = scene;
  incidents.depend(dependencies);
  incidents.resume(known);
  scene.add("net", net);
  scene.add("web", web);
  incidents.settle();
  await fleet.attempt("web");
  await advance(time, 1);
  assertEquals(scene.told(), []);
  net.outcome = PASS;
  await fleet.attempt("net");
  await fleet.attempt("web");
  assertEquals(scene.told(), ["net recovered", "web change"]);
});

Deno.test("a passive check is tried a minute after its cause has recovered", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const net = new Target();
  incidents.depend(new Map([["job", ["net"]]]));
  scene.add("net", net);
  let attempts = 0;
  const job: Probe = Object.assign(() => {
    attempts++;
    return Promise.resolve(FAIL);
  }, {
    type: "passive",
    target: "job",
    permissions: [],
    follow: () => ({ [Symbol.dispose]() {} }),
  });
  fleet.add(job, { id: "job" });
  fleet.report("job", FAIL);
  await advance(time, 1);
  fleet.report("net", FAIL);
  await advance(time, 120_000);
  assertEquals(scene.told(), ["job begin", "net begin", "job change (net)"]);
  assertEquals(attempts, 0);
  // It flaps, and the check is tried once all the same.
  for (const outcome of [PASS, FAIL, PASS]) {
    fleet.report("net", outcome);
    await advance(time, 10_000);
  }
  assertEquals(scene.told(), ["net recovered", "net begin", "net recovered"]);
  await advance(time, 29_000);
  assertEquals(attempts, 0);
  await advance(time, 2000);
  assertEquals(scene.told(), ["job change"]);
  await advance(time, 60_000);
  assertEquals(attempts, 1);
});

Deno.test("the beginning waits for 30 s at most", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, incidents } = scene;
  const web = new Target();
  incidents.depend(new Map([["web", ["net"]]]));
  fleet.add(scripted([hang]), { id: "net", timeout: "5m" });
  scene.add("web", web);
  web.outcome = FAIL;
  await fleet.attempt("web");
  await advance(time, 29_000);
  assertEquals(scene.told(), []);
  await advance(time, 2000);
  assertEquals(scene.told(), ["web begin"]);
  await fleet.remove("net");
});

Deno.test("a check that passes again costs Incidents nothing", () => {
  let observe: Observer = () => {};
  // Only the steps matter.
  const fleet = {
    observe: (observer: Observer) => observe = observer,
  } as unknown as Fleet;
  const incidents = new Incidents(fleet, rethrow);
  incidents.depend(new Map());
  const state = {
    ...initialState(START, parsePolicy({})),
    status: "healthy",
    verdict: "pass",
  } as const;
  const step = {
    type: "end",
    id: "web",
    check: { id: "web", group: null, type: "test", target: "web" },
    before: state,
    after: state,
    get result(): never {
      throw new Error("It was looked at");
    },
  } as const;
  observe(step);
  assertThrows(() =>
    observe(Object.create(step, {
      before: { value: { ...state, stale: true } },
    }))
  );
});
