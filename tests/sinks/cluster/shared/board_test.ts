import { assert, assertEquals } from "@std/assert";
import type { Outcome, Ping } from "../../../../src/core/types.ts";
import { Fleet } from "../../../../src/fleet/fleet.ts";
import type { Looker } from "../../../../src/fleet/sharing.ts";
import { builtInKinds } from "../../../../src/agent/config.ts";
import {
  Board,
  type Weight,
} from "../../../../src/sinks/cluster/shared/board.ts";
import {
  type Found,
  fromJson,
  toJson,
} from "../../../../src/sinks/cluster/shared/found.ts";
import { FakeTime } from "@std/testing/time";
import { FAIL, PASS, scripted } from "../../../support/probes.ts";
import { OtherAgent } from "../../../support/sharing.ts";
import { advance, START } from "../../../support/time.ts";

/** An agent whose board is wired to those of others in memory. */
class Wired implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly board: Board;
  readonly looker: Looker;
  readonly told: [id: string, weight: Weight][] = [];
  readonly errors: unknown[] = [];
  /** Whether the others hear of it. */
  isHeard = true;
  others: readonly Wired[] = [];

  constructor(agent: string) {
    this.looker = { agent };
    this.fleet = new Fleet({
      background: false,
      onError: (error) => void this.errors.push(error),
    });
    this.board = new Board(this.fleet, this.looker, {
      acts: () => true,
      tell: (id, found, weight) => this.#tell(id, found, weight),
      attempt: async (id) => {
        const owner = this.others.find(({ board }) => board.runs(id));
        await owner?.fleet.attempt(id);
      },
      ping: (id: string, ping: Ping) => {
        for (const { board } of this.others) board.hear(id, ping);
      },
    }, new AbortController().signal);
  }

  #tell(id: string, found: Found, weight: Weight): void {
    this.told.push([id, weight]);
    if (!this.isHeard) return;
    const read = fromJson(JSON.parse(JSON.stringify(toJson(found))))!;
    for (const { board } of this.others) {
      board.adopt(id, read, this.looker, true);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.close();
  }
}

function two(): [Wired, Wired] {
  const [a, b] = [new Wired("a"), new Wired("b")];
  a.others = [b];
  b.others = [a];
  return [a, b];
}

/** Adds a check to all, of which the first one makes all attempts that succeed. */
function addTo(
  all: readonly Wired[],
  id: string,
  outcomes: readonly Outcome[],
  options: object = {},
): void {
  const steps = [...outcomes];
  const last = outcomes.at(-1)!;
  for (const { fleet } of all) {
    fleet.add(scripted([() => Promise.resolve(steps.shift() ?? last)]), {
      id,
      ...options,
    });
  }
}

Deno.test("what one agent finds the other knows, and goes on from it", async () => {
  const [a, b] = two();
  await using _a = a;
  await using _b = b;
  addTo([a, b], "__proto__", [PASS, FAIL, FAIL, FAIL], { retries: 3 });
  const id = "__proto__";
  a.board.run(id);
  assertEquals([a.board.runs(id), b.board.runs(id)], [true, false]);
  for (let i = 0; i < 3; i++) await b.fleet.attempt(id);
  const { since } = a.fleet.get(id)!;
  assertEquals(b.fleet.get(id)?.agent, "a");
  assertEquals([b.fleet.get(id)?.failures, b.fleet.get(id)?.status], [
    2,
    "healthy",
  ]);
  a.board.hold(id);
  b.board.run(id);
  assertEquals([a.board.takeovers, b.board.takeovers], [0, 1]);
  await a.fleet.attempt(id);
  for (const { fleet } of [a, b]) {
    const { status, failures, attempts, agent } = fleet.get(id)!;
    assertEquals([status, failures, attempts, agent], ["unhealthy", 3, 4, "b"]);
    assert(fleet.get(id)!.since >= since);
  }
  assertEquals(a.told.map(([, weight]) => weight), [
    "transition",
    "news",
    "news",
  ]);
  assertEquals(b.told.map(([, weight]) => weight), ["transition"]);
  assertEquals([...a.errors, ...b.errors], []);
});

Deno.test("of an agent that does not own a check, only what is newer is taken", async () => {
  const [a, b] = two();
  await using _a = a;
  await using _b = b;
  addTo([a, b], "x", [PASS, PASS, FAIL], { retries: 1 });
  a.board.run("x");
  await a.fleet.attempt("x");
  const old = a.fleet.record("x")!;
  await a.fleet.attempt("x");
  const state = { ...old, starting: false, firstAt: null };
  const late = { agent: "c" };
  b.board.adopt("x", { outcome: PASS, state }, late, false);
  assertEquals([b.fleet.get("x")?.attempts, b.fleet.get("x")?.agent], [2, "a"]);
  const newer = { ...state, attempts: 7 };
  b.board.adopt("x", { outcome: PASS, state: newer }, late, false);
  assertEquals([b.fleet.get("x")?.attempts, b.fleet.get("x")?.agent], [7, "c"]);
  // What runs here, nobody else knows better.
  a.board.adopt("x", { outcome: PASS, state: newer }, late, true);
  assertEquals(a.fleet.get("x")?.attempts, 2);
  // Nor of what there is not.
  b.board.adopt("y", { outcome: PASS, state: newer }, late, true);
  b.board.run("y");
  b.board.hold("y");
  b.board.hear("y", { signal: "success" });
  assertEquals(b.fleet.get("y"), undefined);
});

Deno.test("a check of another target counts from the beginning, and one that is added again", async () => {
  const [a, b] = two();
  await using _a = a;
  await using _b = b;
  addTo([a, b], "x", [PASS, PASS, PASS]);
  a.board.run("x");
  for (let i = 0; i < 3; i++) await a.fleet.attempt("x");
  assertEquals(b.fleet.get("x")?.attempts, 3);
  const state = {
    ...a.fleet.record("x")!,
    starting: false,
    firstAt: null,
    attempts: 1,
  };
  const late = { agent: "c" };
  b.fleet.replace(scripted([PASS], { target: "other" }), { id: "x" });
  b.board.adopt("x", { outcome: PASS, state }, late, false);
  assertEquals(b.fleet.get("x")?.attempts, 1);
  await b.fleet.remove("x");
  b.fleet.add(scripted([PASS]), { id: "x" });
  b.board.adopt("x", { outcome: PASS, state }, late, false);
  assertEquals(b.fleet.get("x")?.attempts, 1);
  b.board.run("x");
  assertEquals(b.board.takeovers, 1);
});

Deno.test("a ping counts whoever gets it, also if who runs the check was gone", async () => {
  const [a, b] = two();
  await using _a = a;
  await using _b = b;
  const { heartbeat } = await builtInKinds(["heartbeat"]);
  const make = heartbeat!.make as (options: object) => never;
  for (const { fleet } of [a, b]) {
    fleet.add(make({ every: "1h" }), { id: "job" });
  }
  a.board.run("job");
  assertEquals(b.fleet.receive("job", { signal: "success" }), true);
  assertEquals([a, b].map(({ fleet }) => fleet.get("job")?.status), [
    "healthy",
    "healthy",
  ]);
  assertEquals(b.fleet.get("job")?.agent, "a");
  // The owner is gone, and nobody has heard of that yet.
  const { attempts } = b.fleet.get("job")!;
  b.others = [];
  b.fleet.receive("job", { signal: "fail" });
  assertEquals(b.fleet.get("job")?.status, "healthy");
  b.board.run("job");
  assertEquals(b.fleet.get("job")?.status, "unhealthy");
  // Those that were heard do not count again.
  assertEquals(b.fleet.get("job")?.attempts, attempts + 1);
  assertEquals([...a.errors, ...b.errors], []);
});

Deno.test("a check that comes in order from another agent keeps to its slots", async () => {
  using time = new FakeTime(START);
  for (const isThere of [true, false]) {
    const fleet = new Fleet();
    const board = new Board(fleet, { agent: "here" }, {
      acts: () => true,
      tell() {},
      attempt: () => Promise.resolve(),
      ping() {},
    }, new AbortController().signal);
    const probe = scripted([PASS]);
    fleet.add(probe, { id: "x", interval: "10s" });
    const { outcome, state, looker } = new OtherAgent().find(PASS);
    board.adopt("x", { outcome, state }, looker, true);
    const due = fleet.get("x")!.nextAt!.getTime();
    // A record is not written after each attempt.
    await advance(time, due + 45_000 - Date.now());
    board.run("x", (agent) => isThere && agent === looker.agent);
    await advance(time, 5_000);
    assertEquals(probe.log.startedAt[0], due + (isThere ? 50_000 : 45_000));
    await fleet.close();
  }
});

Deno.test("a state that a live agent has written minutes ago is trusted", async () => {
  using time = new FakeTime(START);
  const one = new Fleet({ background: false });
  one.add(scripted([PASS]), { id: "x", interval: "10s" });
  await one.attempt("x");
  await advance(time, 60_000);
  const asked: string[] = [];
  const fleet = new Fleet({ background: false });
  const board = new Board(fleet, { agent: "here" }, {
    acts: () => true,
    tell() {},
    attempt: (id) => Promise.resolve(void asked.push(id)),
    ping() {},
  }, new AbortController().signal);
  const record = one.record("x");
  fleet.add(scripted([PASS]), { id: "x", interval: "10s", record });
  assertEquals(fleet.get("x")?.stale, true);
  board.trust("x", (error) => assertEquals(error, undefined));
  await advance(time, 0);
  assertEquals([fleet.get("x")?.stale, asked], [undefined, []]);
  await fleet.close();
  await one.close();
});
