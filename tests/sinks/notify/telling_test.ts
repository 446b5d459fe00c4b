import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { fail, pass } from "../../../src/core/outcome.ts";
import type { Kept } from "../../../src/fleet/past/kept.ts";
import { Switch } from "./crew.ts";
import { advance } from "../../support/time.ts";
import { notifierOf, sighting, told as toldBy } from "./notifier_of.ts";
import {
  KeptMap,
  MINUTE_MS,
  SECOND_MS,
  Told,
  type ToldOptions,
} from "./told.ts";

const DOWN = fail({ code: "refused", message: "it refused" });
const UP = pass();

const ALONE = { me: { type: "log", gather: "0s" } };

/** Two agents that see the same, and keep what they know in one place. */
class Two implements AsyncDisposable {
  readonly time = new FakeTime();
  readonly kept: Kept;
  readonly one: Told;
  readonly other: Told;
  readonly first = new Switch(true);
  readonly second = new Switch();

  constructor(options: Partial<ToldOptions> = {}) {
    this.kept = options.kept ?? new KeptMap();
    const all = {
      notify: ALONE,
      checks: { a: null, b: null },
      ...options,
      kept: this.kept,
    };
    this.one = new Told(this.time, { ...all, telling: this.first });
    this.other = new Told(this.time, { ...all, telling: this.second });
  }

  report(id: string, outcome: typeof UP): void {
    for (const agent of [this.one, this.other]) agent.report(id, outcome);
  }

  /** What each of them has said after a while. */
  async after(ms: number): Promise<[string[], string[]]> {
    return [await this.one.after(ms), await this.other.after(0)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.one[Symbol.asyncDispose]();
    await this.other[Symbol.asyncDispose]();
    this.time.restore();
  }
}

Deno.test("one agent tells, and the next one goes on from what it has told", async () => {
  await using two = new Two();
  await two.after(SECOND_MS);
  two.report("a", DOWN);
  assertEquals(await two.after(MINUTE_MS), [
    ["notify.me: DOWN a: it refused"],
    [],
  ]);
  two.first.set(false);
  two.report("b", DOWN);
  assertEquals(await two.after(MINUTE_MS), [[], []]);
  // Nobody has told of this one, and of the other nobody tells again.
  two.second.set(true);
  assertEquals(await two.after(SECOND_MS), [
    [],
    ["notify.me: DOWN b: it refused (1 min)"],
  ]);
  two.report("a", UP);
  assertEquals(await two.after(SECOND_MS), [[], [
    "notify.me: UP a after 2 min",
  ]]);
  // And back.
  two.second.set(false);
  two.first.set(true);
  two.report("b", UP);
  assertEquals(await two.after(SECOND_MS), [
    ["notify.me: UP b after 1 min"],
    [],
  ]);
});

Deno.test("an agent that does not tell shows what the one has done that does", async () => {
  await using two = new Two();
  await two.after(SECOND_MS);
  two.report("a", DOWN);
  await two.after(SECOND_MS);
  const [one] = two.one.notifiers.list();
  const [other] = two.other.notifiers.list();
  assertEquals(one!.waiting, null);
  assertEquals(one!.sent, 1);
  assertEquals(other, { ...one!, waiting: "teller" });
});

Deno.test("an agent that does not tell sends nothing as it ends", async () => {
  await using two = new Two();
  await two.after(SECOND_MS);
  two.report("a", DOWN);
  await two.other.notifiers.close();
  await two.one.notifiers.close();
  assertEquals(await two.after(0), [["notify.me: DOWN a: it refused"], []]);
});

Deno.test("an agent begins to tell only once it knows what others have kept", async () => {
  for (const fails of [false, true]) {
    const kept = new KeptMap();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let calls = 0;
    await using two = new Two({
      kept: Object.assign(kept, {
        catchUp: () => ++calls > 1 ? promise : Promise.resolve(),
      }),
    });
    await two.after(SECOND_MS);
    two.report("a", DOWN);
    await two.after(SECOND_MS);
    two.first.set(false);
    two.second.set(true);
    two.report("a", UP);
    assertEquals(await two.after(MINUTE_MS), [[], []]);
    assertEquals(two.other.notifiers.list()[0]!.waiting, "teller");
    if (fails) reject(new Error("no server"));
    else resolve();
    assertEquals(await two.after(SECOND_MS), [
      [],
      ["notify.me: UP a after 1 min"],
    ]);
    assertEquals(two.other.errors.splice(0).length, fails ? 1 : 0);
  }
});

Deno.test("an agent that was to tell, and is not any more, does not begin", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using two = new Two({
    kept: Object.assign(new KeptMap(), { catchUp: () => promise }),
  });
  two.report("a", DOWN);
  await two.after(SECOND_MS);
  two.first.set(false);
  resolve();
  assertEquals(await two.after(MINUTE_MS), [[], []]);
  two.first.set(true);
  assertEquals(await two.after(SECOND_MS), [
    ["notify.me: DOWN a: it refused (1 min)"],
    [],
  ]);
});

Deno.test("what others have kept meanwhile, as they were cut off, is told to its end", async () => {
  const kept = new KeptMap();
  const callbacks: (() => void)[] = [];
  await using two = new Two({
    kept: Object.assign(kept, {
      onOthers: (callback: () => void) => void callbacks.push(callback),
    }),
  });
  await two.after(SECOND_MS);
  two.report("a", DOWN);
  await two.after(SECOND_MS);
  // As another one has told it of the same check.
  const [name, value] = [...kept.values].find(([it]) =>
    it.includes("problem")
  )!;
  const saved = JSON.parse(value);
  const { id } = saved.problem;
  for (const began of [-5000, 500]) {
    const problem = {
      ...saved.problem,
      id: `other${began}`,
      incident: `other${began}`,
      check: began < 0 ? "a" : "gone",
      began: saved.problem.began + began,
    };
    const told = { ...saved.told, key: problem.id };
    kept.put(
      name.replace(id, problem.id),
      JSON.stringify({ ...saved, problem, told }),
    );
  }
  for (const callback of callbacks) callback();
  const [said] = await two.after(2 * SECOND_MS);
  assertEquals(said, ["notify.me: 1 up, 1 removed: a, gone"]);
  two.report("a", UP);
  assertEquals(await two.after(SECOND_MS), [
    ["notify.me: UP a after 3 s"],
    [],
  ]);
  assertEquals([...kept.values.keys()], ["notify/me/state"]);
});

Deno.test("nobody is told of what is merely not known yet where an agent begins to tell", async () => {
  const notify = {
    me: { type: "log", gather: "0s", on: ["unknown", "unhealthy"] },
  };
  await using two = new Two({ notify, untried: ["a", "b"] });
  two.one.report("a", UP);
  two.one.report("b", UP);
  await two.after(SECOND_MS);
  two.first.set(false);
  two.second.set(true);
  assertEquals(await two.after(MINUTE_MS), [[], []]);
  two.other.report("a", DOWN);
  // It waits until all are known.
  assertEquals(await two.after(MINUTE_MS), [[], []]);
  assertEquals(two.other.notifiers.list()[0]!.waiting, "start");
  two.other.report("b", UP);
  assertEquals(await two.after(2 * SECOND_MS), [
    [],
    ["notify.me: DOWN a: it refused (1 min)"],
  ]);
});

Deno.test("a reload changes the notifiers of an agent that does not tell", async () => {
  await using two = new Two();
  await two.after(SECOND_MS);
  two.report("a", DOWN);
  await two.after(SECOND_MS);
  for (const agent of [two.one, two.other]) {
    agent.set({ you: ALONE.me, me: ALONE.me });
  }
  assertEquals(
    two.other.notifiers.list().map(({ name }) => name),
    ["you", "me"],
  );
  assertEquals(await two.after(SECOND_MS), [
    ["notify.you: DOWN a: it refused (1 s)"],
    [],
  ]);
  two.first.set(false);
  two.second.set(true);
  assertEquals(await two.after(SECOND_MS), [[], []]);
});

Deno.test("whether it may tell is asked before each message, and again after a while", async () => {
  using time = new FakeTime();
  let tells = true;
  const asked: boolean[] = [];
  const { notifier, letters } = notifierOf(undefined, {
    tells: () => (asked.push(tells), tells),
    // It is another one's turn once it is written that it will be sent.
    written: () => Promise.resolve(tells = false),
  });
  notifier.see(sighting("a", "unhealthy"));
  notifier.resume();
  await advance(time, MINUTE_MS);
  assertEquals(toldBy(letters), []);
  assert(asked.length < 100, `${asked.length}`);
  notifier.see(sighting("a", "healthy"));
  // It is over by now, and nobody was told.
  tells = true;
  await advance(time, MINUTE_MS);
  assertEquals(toldBy(letters), []);
  await notifier.pause();
});

Deno.test("what stands is not told again where another agent tells", async () => {
  using time = new FakeTime();
  let tells = true;
  const { notifier, letters } = notifierOf(undefined, { tells: () => tells }, {
    refreshMs: MINUTE_MS,
  });
  notifier.see(sighting("a", "unhealthy"));
  notifier.resume();
  await advance(time, MINUTE_MS + SECOND_MS);
  assertEquals(toldBy(letters), ["down a", "reminder a"]);
  tells = false;
  await advance(time, 5 * MINUTE_MS);
  assertEquals(letters.length, 2);
  await notifier.pause();
});
