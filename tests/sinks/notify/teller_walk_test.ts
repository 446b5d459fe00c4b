import { assert, assertEquals } from "@std/assert";
import { fail, pass } from "../../../src/core/outcome.ts";
import { Crew } from "./crew.ts";
import { aWhile, type Got, Hook, until } from "./hook.ts";

const DOWN = fail({ code: "refused", message: "it refused" });
const UP = pass();

const CHECKS = ["a", "b", "c", "d", "e"];

/** A chance that is the same each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    // The last bits are no chance.
    return Math.floor(state / 2 ** 8) / 2 ** 23;
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** What was told of each incident: the messages, by their ids. */
function byIncident(
  got: readonly Got[],
): Map<string, { check: string; downs: Set<string>; ups: Set<string> }> {
  const told = new Map();
  for (const { incidents, webhookId } of got) {
    for (const { id, check, ended } of incidents) {
      const all = told.get(id) ?? { check, downs: new Set(), ups: new Set() };
      told.set(id, all);
      all[ended === null ? "downs" : "ups"].add(webhookId);
    }
  }
  return told;
}

/** A crew whose first one tells, and has begun to send a message. */
async function sending(
  hook: Hook,
): Promise<{ readonly crew: Crew; readonly answer: () => void }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  hook.answer = () => promise.then(() => new Response("ok"));
  const crew = new Crew(CHECKS, {
    team: { type: "webhook", url: hook.url, gather: "0s" },
  }, 2);
  crew.agents[0]!.telling.set(true);
  crew.report("a", DOWN);
  await until(() => hook.got.length === 1);
  return { crew, answer: resolve };
}

Deno.test("what was being sent is sent again with its id by the next one that tells", async () => {
  await using hook = new Hook();
  const { crew, answer } = await sending(hook);
  await using _crew = crew;
  const [one, other] = crew.agents;
  one!.telling.set(false);
  other!.telling.set(true);
  await until(() => hook.got.length === 2);
  answer();
  crew.report("a", UP);
  await until(() => hook.got.length === 3);
  const [first, again, end] = hook.got;
  assertEquals(again!.webhookId, first!.webhookId);
  assertEquals(end!.incidents[0]!.id, first!.incidents[0]!.id);
  assertEquals(hook.got.map(({ event }) => event), ["down", "down", "up"]);
});

Deno.test("one that tells again waits for what it was sending before", async () => {
  await using hook = new Hook();
  const { crew, answer } = await sending(hook);
  await using _crew = crew;
  const [{ telling }] = crew.agents as [Crew["agents"][0]];
  telling.set(false);
  telling.set(true);
  await aWhile(300);
  answer();
  crew.report("a", UP);
  await until(() => hook.got.length === 2);
  assertEquals(hook.got.map(({ event }) => event), ["down", "up"]);
});

const RUNS = Number(Deno.env.get("LIFESIGN_WALKS") ?? 3);
const STEPS = 80;

for (const kills of [false, true]) {
  const how = kills ? ", and the one that tells is killed" : "";
  Deno.test(`while agents take turns in telling${how}, nothing is lost, and nothing told by two messages`, async () => {
    for (let seed = 1; seed <= RUNS; seed++) await walk(seed, kills);
  });
}

async function walk(seed: number, kills: boolean): Promise<void> {
  const random = chance(seed);
  await using hook = new Hook();
  hook.answer = async () => {
    await pause(random() * 30);
    return new Response("", { status: random() < 0.15 ? 503 : 200 });
  };
  const notify = {
    team: { type: "webhook", url: hook.url, gather: "0s", limit: 100_000 },
  };
  await using crew = new Crew(CHECKS, notify, 3);
  /** Another one tells, perhaps after a while in which nobody does. */
  const handOver = async (): Promise<void> => {
    crew.teller?.telling.set(false);
    if (random() < 0.5) await pause(random() * 40);
    crew.agents[Math.floor(random() * 3)]!.telling.set(true);
  };
  for (let i = 0; i < STEPS; i++) {
    const dice = random();
    if (dice < 0.6) {
      const check = CHECKS[Math.floor(random() * CHECKS.length)]!;
      crew.report(check, crew.isDown(check) ? UP : DOWN);
    } else if (dice < 0.8) {
      await handOver();
    } else if (kills && dice < 0.9) {
      crew.kill();
    }
    await pause(random() * 40);
  }
  // What lasts is told, and its end, whoever tells by then.
  await handOver();
  for (const check of CHECKS) crew.report(check, DOWN);
  const lasting = () =>
    [...byIncident(hook.got).values()].filter(({ downs, ups }) =>
      downs.size > 0 && ups.size === 0
    ).map(({ check }) => check);
  await until(() => CHECKS.every((check) => lasting().includes(check)));
  await handOver();
  for (const check of CHECKS) crew.report(check, UP);
  await until(() => crew.store.names.every((name) => name.endsWith("/state")));
  const told = byIncident(hook.got);
  assert(told.size >= CHECKS.length);
  for (const [id, { downs, ups }] of told) {
    assertEquals([downs.size, ups.size], [1, 1], `${id} of walk ${seed}`);
  }
}
