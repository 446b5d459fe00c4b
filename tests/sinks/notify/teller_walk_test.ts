import { assertEquals } from "@std/assert";
import { fail, pass } from "../../../src/core/outcome.ts";
import { Crew } from "./crew.ts";
import { aWhile, Hook, until } from "./hook.ts";
import { walk } from "./walk.ts";

const DOWN = fail({ code: "refused", message: "it refused" });
const UP = pass();

const CHECKS = ["a", "b"];

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

for (const kills of [false, true]) {
  const how = kills ? ", and the one that tells is killed" : "";
  Deno.test(`while agents take turns in telling${how}, nothing is lost, and nothing told by two messages`, async () => {
    for (let seed = 1; seed <= RUNS; seed++) await walk({ seed, kills });
  });
}
