import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { makeDesk } from "../../../src/core/notify/notifier_desk.ts";
import type { Delivery } from "../../../src/core/notify/status.ts";
import {
  Notifier,
  type NotifierOptions,
} from "../../../src/sinks/notify/notifier.ts";
import type { Receiver } from "../../../src/sinks/notify/receiver.ts";
import { policyOf } from "../../../src/sinks/notify/spec.ts";
import { advance, START } from "../../support/time.ts";
import { letterOf } from "./letter/letters.ts";

const MINUTE_MS = 60_000;

/** A notifier of a check that is down, with a receiver that does as it is told. */
function notifierOf(
  receiver: Partial<Receiver>,
  options: Partial<NotifierOptions> = {},
): Notifier {
  const policy = policyOf(
    { name: "me", type: "it", options: {}, shared: { gather: 0 } },
    "UTC",
  );
  const notifier = new Notifier(
    {
      name: "me",
      desk: makeDesk({ policy, dependsOnOthers: () => false }),
      scene: {
        checks: 1,
        downSince: () => 1,
        hasFailed: () => true,
        isComplete: true,
      },
      trySelf: () => Promise.resolve(),
      written: () => Promise.resolve(),
      toLetter: (message) => letterOf(message),
      onError: (error) => {
        throw error;
      },
      ...options,
    },
    policy,
    {
      receiver: {
        type: "it",
        properties: {},
        needs: () => [],
        secrets: () => [],
        ...receiver,
      },
      options: {},
      say() {},
    },
  );
  const since = Date.now();
  notifier.see({
    check: "web",
    group: null,
    type: "tcp",
    target: "it:1",
    status: "unhealthy",
    since,
    reason: { code: "refused", message: "it refused" },
    incident: { id: "web-1", began: since },
    muted: null,
    at: since,
  });
  return notifier;
}

Deno.test("a notifier whose words fail as it tells again goes on, and tells later", async () => {
  using time = new FakeTime(START);
  const told: string[] = [];
  const errors: unknown[] = [];
  let isBroken = false;
  const notifier = notifierOf({
    refreshMs: MINUTE_MS,
    deliver({ event }) {
      told.push(event);
      return Promise.resolve({ ok: true, answer: "" });
    },
  }, {
    toLetter(message) {
      if (isBroken) throw new RangeError("no words");
      return letterOf(message);
    },
    onError: (error) => errors.push(error),
  });
  notifier.resume();
  await advance(time, 1000);
  isBroken = true;
  await advance(time, MINUTE_MS);
  assertEquals([told, errors.length], [["down"], 1]);
  isBroken = false;
  await advance(time, MINUTE_MS);
  assertEquals(told, ["down", "reminder"]);
  await notifier.pause();
});

Deno.test("a notifier that ends is awaited by all who end it", async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: answer, resolve } = Promise.withResolvers<Delivery>();
  const notifier = notifierOf({
    deliver() {
      begin();
      return answer;
    },
  });
  notifier.resume();
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
