import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import type { Snapshot } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { Step } from "../../src/fleet/step.ts";
import {
  after,
  AttemptLog,
  FAIL,
  hang,
  PASS,
  scripted,
  WARN,
} from "../support/probes.ts";
import { advance, START } from "../support/time.ts";

/** A probe that passes at first, and then waits until it is given up. */
function slow(target: string) {
  return scripted([PASS, hang], { target });
}

/** Acts on a replaced check while the step `replace` is told. */
const ACTIONS = {
  "removes it": (fleet: Fleet) => void fleet.remove("a"),
  "replaces it": (fleet: Fleet) =>
    fleet.replace(scripted([PASS], { target: "t3" }), { id: "a" }),
  "closes the fleet": (fleet: Fleet) => void fleet.close(),
};

for (const [name, act] of Object.entries(ACTIONS)) {
  const isReplace = (step: Step): boolean =>
    step.type === "replace" && step.check.target === "t2";

  Deno.test(`attempt() settles if an observer of a replaced check ${name}`, async () => {
    const fleet = new Fleet({ background: false });
    fleet.observe((step) => {
      if (isReplace(step)) act(fleet);
    });
    fleet.add(slow("t1"), { id: "a" });
    await fleet.attempt("a");
    const waiting = fleet.attempt("a").catch(() => {});
    fleet.replace(slow("t2"), { id: "a" });
    await fleet.close();
    await waiting;
  });

  Deno.test(`attempt() settles if a callback of a replaced check ${name}`, async () => {
    const fleet = new Fleet({
      background: false,
      onChange({ target }) {
        if (target === "t2") act(fleet);
      },
    });
    fleet.add(slow("t1"), { id: "a" });
    await fleet.attempt("a");
    const waiting = fleet.attempt("a").catch(() => {});
    fleet.replace(slow("t2"), { id: "a" });
    await fleet.close();
    await waiting;
  });

  Deno.test(`attempt() settles if a probe that is given up for another one ${name}`, async () => {
    const fleet = new Fleet({ background: false });
    const steps: string[] = [];
    fleet.observe(({ type }) => void steps.push(type));
    const probe = scripted([(signal) => {
      signal.addEventListener("abort", () => act(fleet));
      return hang(signal);
    }]);
    fleet.add(probe, { id: "a" });
    const waiting = fleet.attempt("a").catch(() => {});
    fleet.replace(scripted([PASS]), { id: "a" });
    await fleet.close();
    await waiting;
    assertEquals(steps.slice(0, 3), ["join", "begin", "replace"]);
    assertEquals(steps.at(-1), "close");
  });
}

Deno.test("a check that is replaced as its attempt begins is not tried twice at once", async () => {
  await using fleet = new Fleet({ background: false });
  const log = new AttemptLog();
  let waiting: Promise<Snapshot> | undefined;
  fleet.observe((step) => {
    if (step.type !== "begin" || waiting !== undefined) return;
    fleet.replace(scripted([PASS], { log }), { id: "a" });
    waiting = fleet.attempt("a");
  });
  fleet.add(scripted([hang], { log }), { id: "a" });
  assertEquals((await fleet.attempt("a")).status, "healthy");
  await waiting;
  assertEquals(log.peak, 1);
});

Deno.test("close() in the step `leave` waits for the attempt of the removed check", async () => {
  const fleet = new Fleet({ background: false });
  const log = new AttemptLog();
  let closed: Promise<void> | undefined;
  fleet.observe((step) => {
    if (step.type === "leave") {
      closed = fleet.close().then(() => assertEquals(log.inFlight, 0));
    }
  });
  const slowToEnd = scripted([async (signal) => {
    await hang(signal).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
    return PASS;
  }], { log });
  fleet.add(slowToEnd, { id: "a" });
  const waiting = fleet.attempt("a").catch(() => {});
  await fleet.remove("a");
  await closed;
  await waiting;
});

Deno.test("observe() inside a step begins with the next one", async () => {
  await using fleet = new Fleet({ background: false });
  const late: string[] = [];
  let observers = 0;
  fleet.observe(function again(step) {
    if (step.type === "close") return;
    observers++;
    fleet.observe(({ type }) => void late.push(type));
    // One that observes on every step does so once a step.
    if (observers < 50) fleet.observe(again);
  });
  fleet.add(scripted([PASS]), { id: "a" });
  assertEquals([observers, late], [1, []]);
  await fleet.remove("a");
  assertEquals([observers, late], [3, ["leave"]]);
});

Deno.test("observe() inside a step gets none of the steps that were made before", async () => {
  await using fleet = new Fleet({ background: false });
  const late: string[] = [];
  fleet.observe(({ type }) => {
    if (type !== "join") return;
    fleet.report("a", PASS);
    fleet.observe(({ type }) => void late.push(type));
  });
  fleet.add(scripted([PASS]), { id: "a" });
  assertEquals(late, []);
  fleet.report("a", PASS);
  assertEquals(late, ["end"]);
});

for (const others of [0, 1]) {
  Deno.test(`watch() inside a step begins with the next one, beside ${others} other watchers`, async () => {
    await using fleet = new Fleet({ background: false });
    fleet.add(scripted([PASS]), { id: "a" });
    fleet.add(scripted([PASS]), { id: "b" });
    let late: AsyncIterableIterator<Snapshot, void, void> | undefined;
    fleet.observe(({ type }) => {
      if (type === "end") late ??= fleet.watch();
    });
    for (let i = 0; i < others; i++) fleet.watch();
    fleet.report("a", PASS);
    fleet.report("b", PASS);
    assertEquals((await late!.next()).value?.id, "b");
  });
}

const id = fc.constantFrom("a", "b");
const outcome = fc.constantFrom(PASS, FAIL, WARN);
const action = fc.oneof(
  fc.record({ type: fc.constant("add" as const), id }),
  fc.record({ type: fc.constant("remove" as const), id }),
  fc.record({ type: fc.constant("replace" as const), id, target: id }),
  fc.record({ type: fc.constant("report" as const), id, outcome }),
  fc.record({ type: fc.constant("attempt" as const), id }),
);
const walks = fc.record({
  background: fc.boolean(),
  moves: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: action },
      { weight: 1, arbitrary: fc.nat(1500) },
    ),
    { maxLength: 30 },
  ),
  /** What the observers, callbacks and probes do, in the order they are called. */
  replies: fc.array(fc.option(action, { freq: 2 }), { maxLength: 20 }),
});

Deno.test("a Fleet whose observers, callbacks and probes act on it settles every attempt and agrees with its steps", async () => {
  await fc.assert(
    fc.asyncProperty(walks, async ({ background, moves, replies }) => {
      using time = new FakeTime(START);
      const log = new AttemptLog();
      let pending = 0;
      const replying = [...replies];
      const changes: string[] = [];
      const onChange = (after: Snapshot, before: Snapshot): void => {
        changes.push(`${after.id} ${before.status} -> ${after.status}`);
        reply();
      };
      const errors: unknown[] = [];
      const onError = (error: unknown): void => void errors.push(error);
      const fleet = new Fleet({ background, onChange, onError });
      function follow(promise: Promise<unknown>): void {
        pending++;
        void promise.catch(() => {}).finally(() => pending--);
      }
      function probe(target: string) {
        const giveUp = (signal: AbortSignal) => {
          signal.addEventListener("abort", reply);
          return hang(signal);
        };
        const steps = [PASS, after(300, FAIL), giveUp];
        return scripted(steps, { target, log });
      }
      function act(action: Exclude<typeof moves[number], number>): void {
        const { id } = action;
        const isThere = fleet.get(id) !== undefined;
        const options = { id, retries: 1, interval: "2s", timeout: "1s" };
        if (action.type === "add") {
          if (!isThere) fleet.add(probe("a"), options);
        } else if (action.type === "remove") follow(fleet.remove(id));
        else if (action.type === "attempt") follow(fleet.attempt(id));
        else if (!isThere) return;
        else if (action.type === "report") fleet.report(id, action.outcome);
        else fleet.replace(probe(action.target), options);
      }
      function reply(): void {
        const next = replying.shift();
        if (next) act(next);
      }
      // The model: what the steps alone say of the checks.
      const model = new Map<string, string>();
      const expected: string[] = [];
      fleet.observe((step) => {
        if (step.type === "arrange" || step.type === "close") return;
        if (step.type === "remember") return;
        const { id } = step;
        assertEquals(step.type !== "join", model.has(id));
        if (step.type === "leave") model.delete(id);
        else {
          const { status } = step.after;
          const before = model.get(id);
          if (step.type !== "join" && before !== status) {
            expected.push(`${id} ${before} -> ${status}`);
          }
          model.set(id, status);
        }
        reply();
      });
      fleet.observe(() => reply());
      for (const move of moves) {
        if (typeof move === "number") await advance(time, move);
        else act(move);
        assertEquals(
          fleet.list().map(({ id, status }) => [id, status]),
          [...model],
        );
        assertEquals(fleet.rollup(), fleet.rollup(fleet.ids()));
      }
      assertEquals(changes, expected);
      await advance(time, 20_000);
      assertEquals(pending, 0);
      assertEquals(errors, []);
      replying.length = 0;
      const closed = fleet.close();
      await advance(time, 20_000);
      await closed;
      assertEquals([pending, log.inFlight], [0, 0]);
    }),
    { numRuns: 300 },
  );
});
