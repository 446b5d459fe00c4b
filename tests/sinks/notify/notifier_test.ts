import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { makeDesk } from "../../../src/core/notify/notifier_desk.ts";
import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import type { Scene, Sighting } from "../../../src/core/notify/sighting.ts";
import type { Delivery } from "../../../src/core/notify/status.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";
import { makeLetter } from "../../../src/sinks/notify/letter/letter.ts";
import {
  Notifier,
  type NotifierOptions,
} from "../../../src/sinks/notify/notifier.ts";
import type { Letter, Receiver } from "../../../src/sinks/notify/receiver.ts";
import { advance, START } from "../../support/time.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

const POLICY: NotifierPolicy = {
  on: ["unhealthy"],
  afterMs: 0,
  remindMs: null,
  resolved: true,
  gatherMs: 0,
  limit: 100,
  checks: null,
  groups: null,
  self: [],
  quiet: null,
};

const SCENE: Scene = {
  checks: 1,
  downSince: () => 0,
  hasFailed: () => false,
  isComplete: true,
};

const REASON = { code: "refused", message: "it refused" };

/** How a check is. */
function sighting(check: string, status: Sighting["status"]): Sighting {
  const since = Date.now();
  return {
    check,
    group: null,
    type: "tcp",
    target: "it:1",
    status,
    since,
    reason: status === "healthy" ? null : REASON,
    incident: status === "unhealthy"
      ? { id: `incident-${check}`, began: since }
      : null,
    muted: null,
    at: since,
  };
}

/** A notifier, what its receiver gets, and what is said of it. */
function notifierOf(
  deliver: (letter: Letter) => Promise<Delivery> | Delivery = () => ({
    ok: true,
    answer: "ok",
  }),
  options: Partial<NotifierOptions> = {},
  more: Partial<Receiver> = {},
): {
  readonly notifier: Notifier;
  readonly letters: Letter[];
  readonly said: string[];
} {
  const letters: Letter[] = [];
  const said: string[] = [];
  const receiver: Receiver = {
    type: "it",
    properties: {},
    needs: () => [],
    secrets: () => [],
    deliver(letter) {
      letters.push(letter);
      return Promise.resolve(deliver(letter));
    },
    ...more,
  };
  const notifier = new Notifier(
    {
      name: "me",
      desk: makeDesk({ policy: POLICY, dependsOnOthers: () => false }),
      scene: SCENE,
      trySelf: () => Promise.resolve(),
      written: () => Promise.resolve(true),
      toLetter: (message) =>
        makeLetter(message, {
          now: Date.now(),
          zone: new Zone("UTC"),
          siteUrl: undefined,
          agent: "lifesign/0",
        }),
      onError: (error) => said.push(String(error)),
      ...options,
    },
    POLICY,
    { receiver, options: {}, say: (message) => said.push(message) },
  );
  return { notifier, letters, said };
}

/** The events of letters, and the checks that these are about. */
function told(letters: readonly Letter[]): string[] {
  return letters.map(({ event, incidents }) =>
    `${event} ${
      incidents.map(({ check, ended }) =>
        `${check}${ended === null ? "" : "!"}`
      )
        .join()
    }`
  );
}

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
  const { notifier, letters } = notifierOf(({ event }) =>
    event === "up" ? { ok: true, answer: "" } : new Promise(() => {})
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
