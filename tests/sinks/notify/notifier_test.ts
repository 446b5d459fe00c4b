import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Delivery } from "../../../src/core/notify/status.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";
import { makeLetter } from "../../../src/sinks/notify/letter/letter.ts";
import type { Letter } from "../../../src/sinks/notify/receiver.ts";
import { advance, START } from "../../support/time.ts";
import { notifierOf, sighting, told } from "./notifier_of.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

Deno.test("a notifier tells again what its receiver would forget, and what is over for 5 minutes", async () => {
  using time = new FakeTime(START);
  const { notifier, letters } = notifierOf(undefined, {}, {
    refreshMs: MINUTE_MS,
  });
  notifier.resume();
  await advance(time, 10 * MINUTE_MS);
  assertEquals(letters.length, 0);
  notifier.see(sighting("a", "unhealthy"));
  await advance(time, 2.5 * MINUTE_MS);
  assertEquals(told(letters.splice(0)), ["down a", "reminder a", "reminder a"]);
  notifier.see(sighting("a", "healthy"));
  await advance(time, 10 * MINUTE_MS);
  assertEquals(told(letters.splice(0)), [
    "up a!",
    ...Array.from({ length: 5 }, () => "reminder a!"),
  ]);
  notifier.see(sighting("b", "unhealthy"));
  await advance(time, SECOND_MS);
  await notifier.pause();
  await advance(time, 5 * MINUTE_MS);
  assertEquals(told(letters.splice(0)), ["down b"]);
  notifier.resume();
  await advance(time, MINUTE_MS + SECOND_MS);
  assertEquals(told(letters.splice(0)), ["reminder b"]);
  await notifier.pause();
});

Deno.test("what is told again beside the messages counts in nothing, and its failures are said", async () => {
  using time = new FakeTime(START);
  const failed: Delivery = {
    ok: false,
    why: "no",
    isFinal: true,
    mayHaveArrived: false,
  };
  const { notifier, said } = notifierOf(
    ({ event }) => event === "down" ? { ok: true, answer: "" } : failed,
    {},
    { refreshMs: MINUTE_MS },
  );
  notifier.resume();
  notifier.see(sighting("a", "unhealthy"));
  await advance(time, 3.5 * MINUTE_MS);
  assertEquals(said, ["cannot send, trying again: no"]);
  const { sent, failed: failures, pending } = notifier.status();
  assertEquals([sent, failures, pending], [1, 0, 0]);
  await notifier.pause();
});

Deno.test("a message is sent once it is written, or if it cannot be for 5 s", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { notifier, letters } = notifierOf(undefined, {
    written: () => promise,
  });
  notifier.resume();
  notifier.see(sighting("a", "unhealthy"));
  await new Promise((resolve) => setTimeout(resolve, 300));
  assertEquals(letters.length, 0);
  assertEquals(notifier.status().pending, 1);
  resolve();
  while (letters.length < 1) await new Promise((r) => setTimeout(r, 5));
  await notifier.pause();

  const other = notifierOf(undefined, { written: () => new Promise(() => {}) });
  const began = performance.now();
  other.notifier.resume();
  other.notifier.see(sighting("a", "unhealthy"));
  while (other.letters.length < 1) await new Promise((r) => setTimeout(r, 5));
  assert(performance.now() - began >= 4900);
  await other.notifier.pause();
});

Deno.test("a notifier that ends keeps what it could not send, and goes on with it", async () => {
  let hangs = true;
  const { notifier, letters } = notifierOf(() =>
    hangs ? new Promise(() => {}) : { ok: true, answer: "" }
  );
  notifier.resume();
  notifier.see(sighting("a", "unhealthy"));
  while (letters.length < 1) await new Promise((r) => setTimeout(r, 5));
  const began = performance.now();
  await notifier.pause();
  const tookMs = performance.now() - began;
  assert(tookMs >= 2900 && tookMs < 15_000, `${tookMs}`);
  assertEquals(notifier.status().pending, 1);
  const [{ id }] = letters as [Letter];
  hangs = false;
  notifier.resume();
  while (letters.length < 2) await new Promise((r) => setTimeout(r, 5));
  assertEquals(letters[1]!.id, id);
  await notifier.pause();
});

Deno.test("a notifier whose words fail says so, and tries again", async () => {
  using time = new FakeTime(START);
  let isBroken = true;
  const { notifier, letters, said } = notifierOf(undefined, {
    toLetter: (message) => {
      if (isBroken) throw new TypeError("no words");
      return makeLetter(message, {
        now: Date.now(),
        zone: new Zone("UTC"),
        siteUrl: undefined,
        agent: "lifesign/0",
      });
    },
  });
  notifier.resume();
  notifier.see(sighting("a", "unhealthy"));
  await advance(time, SECOND_MS);
  assertEquals(said.slice(0, 2), [
    "TypeError: no words",
    "cannot send, trying again: TypeError: no words",
  ]);
  isBroken = false;
  await advance(time, MINUTE_MS);
  assertEquals(told(letters), ["down a"]);
  assertEquals(said.at(-1), "sends again");
  await notifier.pause();
});

Deno.test("each kind of failure is said once, whatever is quoted in it", async () => {
  using time = new FakeTime(START);
  let count = 0;
  const { notifier, said } = notifierOf(() => ({
    ok: false,
    why: ++count % 2 === 0 ? "it refused" : `expected 2xx, got 500: "${count}"`,
    isFinal: false,
    mayHaveArrived: false,
  }));
  notifier.resume();
  notifier.see(sighting("a", "unhealthy"));
  await advance(time, 10 * MINUTE_MS);
  assert(count > 5);
  assertEquals(said, [
    'cannot send, trying again: expected 2xx, got 500: "1"',
    "cannot send, trying again: it refused",
  ]);
  await notifier.pause();
});

Deno.test("a notifier whose words fail as it tells again goes on, and tells later", async () => {
  using time = new FakeTime(START);
  let isBroken = false;
  const { notifier, letters, said } = notifierOf(undefined, {
    toLetter(message) {
      if (isBroken) throw new RangeError("no words");
      return makeLetter(message, {
        now: Date.now(),
        zone: new Zone("UTC"),
        siteUrl: undefined,
        agent: "lifesign/0",
      });
    },
  }, { refreshMs: MINUTE_MS });
  notifier.resume();
  notifier.see(sighting("a", "unhealthy"));
  await advance(time, SECOND_MS);
  isBroken = true;
  await advance(time, MINUTE_MS);
  assertEquals(told(letters), ["down a"]);
  assertEquals(said[0], "RangeError: no words");
  isBroken = false;
  await advance(time, MINUTE_MS);
  assertEquals(told(letters), ["down a", "reminder a"]);
  await notifier.pause();
});

Deno.test("a notifier that ends is awaited by all who end it", async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: answer, resolve } = Promise.withResolvers<Delivery>();
  const { notifier } = notifierOf(() => {
    begin();
    return answer;
  });
  notifier.resume();
  notifier.see(sighting("a", "unhealthy"));
  await begun;
  const ended: string[] = [];
  const first = notifier.pause().then(() => ended.push("first"));
  const second = notifier.pause().then(() => ended.push("second"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(ended, []);
  resolve({ ok: true, answer: "" });
  await Promise.all([first, second]);
  assertEquals([ended, notifier.status().sent], [["first", "second"], 1]);
});
