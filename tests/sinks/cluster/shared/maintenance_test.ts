import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import {
  compareChanges,
  type HandChange,
} from "../../../../src/core/past/by_hand.ts";
import { advance, START } from "../../../support/time.ts";
import { Agent, Bucket, settle } from "./maintaining.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const CHECKS = ["web", "db"] as const;
const AGENT = fc.nat({ max: 2 });
const CHECK = fc.constantFrom(...CHECKS);
const EVENT = fc.oneof(
  fc.record({
    type: fc.constant("start" as const),
    agent: AGENT,
    check: CHECK,
    durationMs: fc.constantFrom(MINUTE_MS, HOUR_MS),
  }),
  fc.record({ type: fc.constant("stop" as const), agent: AGENT, check: CHECK }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom(
        "read" as const,
        "write" as const,
        "lose-write" as const,
      ),
      agent: AGENT,
    }),
  },
  fc.record({
    type: fc.constantFrom(
      "cut" as const,
      "join" as const,
      "restart" as const,
    ),
    agent: AGENT,
  }),
  fc.record({
    type: fc.constantFrom("lose" as const, "wait" as const),
    agent: AGENT,
  }),
);

Deno.test("however agents come and go, all end with what was done last, of each check", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(EVENT, { maxLength: 50 }),
      fc.array(fc.integer({ min: -10, max: 10 }), {
        minLength: 3,
        maxLength: 3,
      }),
      async (events, skews) => {
        using time = new FakeTime(START);
        const bucket = new Bucket();
        const agents = skews.map((it) => new Agent(bucket, it * MINUTE_MS));
        const done = new Map<string, HandChange>();
        const note = (agent: Agent): void => {
          for (const change of agent.list()) {
            const last = done.get(change.check);
            if (last === undefined || compareChanges(change, last) > 0) {
              done.set(change.check, change);
            }
          }
        };
        for (const event of events) {
          await advance(time, 1);
          const agent = agents[event.agent]!;
          switch (event.type) {
            case "lose":
              bucket.values.clear();
              for (const { view } of agents) view.isConnected = false;
              for (const { view } of agents) view.isConnected = true;
              break;
            case "wait":
              await advance(time, 25);
              break;
            case "start":
              agent.start(event.check, event.durationMs);
              note(agent);
              break;
            case "stop":
              agent.stop(event.check);
              note(agent);
              break;
            case "read":
              agent.view.read();
              break;
            case "write":
              agent.view.write();
              break;
            case "lose-write":
              agent.view.write(true);
              break;
            case "cut":
              agent.view.isConnected = false;
              break;
            case "join":
              agent.view.isConnected = true;
              break;
            case "restart":
              agents[event.agent] = new Agent(
                bucket,
                skews[event.agent]! * MINUTE_MS,
                agent.list(),
              );
              agent[Symbol.dispose]();
              break;
          }
        }
        for (const { view } of agents) view.isConnected = true;
        await settle(time, bucket, agents);
        // One that starts without a history hears of all of it.
        agents.push(new Agent(bucket, 0));
        await settle(time, bucket, agents);
        for (const check of CHECKS) {
          const last = done.get(check);
          for (const agent of agents) {
            const { at, isStopped } = agent.list().find((it) =>
              it.check === check
            ) ?? {};
            // By its clock, it may be over already.
            if (at === undefined) continue;
            assertEquals([at, isStopped], [last?.at, last?.isStopped]);
          }
        }
        await advance(time, 30 * MINUTE_MS);
        for (const check of CHECKS) {
          const last = done.get(check);
          const lasts = last !== undefined && !last.isStopped &&
            last.to - last.from === HOUR_MS;
          assertEquals(
            agents.map((agent) => agent.of(check) !== undefined),
            agents.map(() => lasts),
            check,
          );
        }
        for (const agent of agents) agent[Symbol.dispose]();
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("a shorter one that is over is not undone by who comes back with a longer one", async () => {
  using time = new FakeTime(START);
  const bucket = new Bucket();
  using a = new Agent(bucket, 0);
  using b = new Agent(bucket, 0);
  await settle(time, bucket, [a, b]);
  b.view.isConnected = false;
  b.start("web", 2 * HOUR_MS);
  await advance(time, MINUTE_MS);
  a.start("web", MINUTE_MS);
  await settle(time, bucket, [a]);
  await advance(time, 2 * MINUTE_MS);
  assertEquals([a.of("web"), b.of("web")?.isStopped], [undefined, false]);
  b.view.isConnected = true;
  await settle(time, bucket, [a, b]);
  assertEquals([a.of("web"), b.of("web")], [undefined, undefined]);
});

Deno.test("an agent writes what was done there, and not what it hears", async () => {
  using time = new FakeTime(START);
  const bucket = new Bucket();
  using a = new Agent(bucket, HOUR_MS);
  using b = new Agent(bucket, 0);
  await settle(time, bucket, [a, b]);
  a.start("web", HOUR_MS);
  await settle(time, bucket, [a, b]);
  // The clock of a is ahead, so b has other times of it.
  b.start("db", 2 * HOUR_MS);
  await settle(time, bucket, [a, b]);
  a.view.isConnected = false;
  a.view.isConnected = true;
  await settle(time, bucket, [a, b]);
  assertEquals([a.list().length, b.list().length, bucket.writes], [2, 2, 2]);
});

Deno.test("what the server did not store is written again, without a new connection", async () => {
  using time = new FakeTime(START);
  const bucket = new Bucket();
  using a = new Agent(bucket, 0);
  using b = new Agent(bucket, 0);
  await settle(time, bucket, [a, b]);
  a.start("web", HOUR_MS);
  a.view.write(true);
  assertEquals([a.view.isQuiet, bucket.writes], [true, 0]);
  await settle(time, bucket, [a, b]);
  assertEquals([bucket.writes, b.list()], [1, a.list()]);
});

Deno.test("values that are not of lifesign change nothing", async () => {
  using time = new FakeTime(START);
  const bucket = new Bucket();
  using a = new Agent(bucket, 0);
  const good = {
    from: START,
    to: START + HOUR_MS,
    reason: null,
    isStopped: false,
    at: START,
  };
  const odd = [null, -1, 0.5, 1e300, "1", "", true, [], {}];
  const values: unknown[] = [
    ...odd,
    ...Object.keys(good).flatMap((key) =>
      odd.filter((value) => value !== null || key !== "reason")
        .filter((value) => typeof value !== "string" || key !== "reason")
        .filter((value) => value !== true || key !== "isStopped")
        .map((value) => ({ ...good, [key]: value }))
    ),
    { ...good, to: START - 1 },
    ...[2 ** 45, 864e13].map((at) => ({ ...good, at })),
  ];
  await settle(time, bucket, [a]);
  for (const value of values) {
    bucket.write("web", JSON.stringify(value));
    await settle(time, bucket, [a]);
    assertEquals(a.list(), [], JSON.stringify(value));
  }
  // The key is a text like any other, and a reason is one line.
  bucket.write(
    "__proto__",
    JSON.stringify({ ...good, reason: `\u001b[2J${"x".repeat(10_000)}\n` }),
  );
  await settle(time, bucket, [a]);
  const [change] = a.list();
  assertEquals(change?.check, "__proto__");
  assertEquals(change?.reason?.length, 200);
  assert(!change!.reason!.includes("\u001b"));
});

Deno.test("a change at the end of time does not keep later ones from counting", async () => {
  using time = new FakeTime(START);
  const bucket = new Bucket();
  using a = new Agent(bucket, 0);
  using b = new Agent(bucket, 0);
  await settle(time, bucket, [a, b]);
  const [from, to] = [START, START + HOUR_MS];
  bucket.write(
    "web",
    JSON.stringify({ from, to, reason: null, isStopped: false, at: 864e13 }),
  );
  await settle(time, bucket, [a, b]);
  a.start("web", HOUR_MS);
  a.start("db", HOUR_MS);
  await settle(time, bucket, [a, b]);
  assertEquals([a.list().length, b.list()], [2, a.list()]);
});

for (const text of ["null", "[]", '{"from":"now"}']) {
  Deno.test(`a change is written again if somebody writes ${text} over it`, async () => {
    using time = new FakeTime(START);
    const bucket = new Bucket();
    using a = new Agent(bucket, 0);
    await settle(time, bucket, [a]);
    a.start("web", HOUR_MS);
    await settle(time, bucket, [a]);
    bucket.write("web", text);
    await settle(time, bucket, [a]);
    using late = new Agent(bucket, 0);
    await settle(time, bucket, [a, late]);
    assertEquals([a.list().length, late.list()], [1, a.list()]);
    await advance(time, 2 * HOUR_MS);
    const { writes } = bucket;
    bucket.write("web", text);
    await settle(time, bucket, [a, late]);
    assertEquals(bucket.writes, writes + 1, "it is over");
  });
}
