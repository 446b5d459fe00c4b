import { assert, assertEquals } from "@std/assert";
import {
  ByHand,
  compareChanges,
  type HandChange,
} from "../../../src/core/past/by_hand.ts";

const NOW = 1_000_000;
const MINUTE_MS = 60_000;

/** A change that starts maintenance now, for a minute, or another one. */
function change(more: Partial<HandChange> = {}): HandChange {
  return {
    check: "web",
    from: NOW,
    to: NOW + MINUTE_MS,
    reason: null,
    isStopped: false,
    at: NOW,
    ...more,
  };
}

/** Pairs of changes, of which the second one counts. */
const ORDER: readonly (readonly [name: string, HandChange, HandChange])[] = [
  ["a later start", change(), change({ at: NOW + 1, to: NOW + 2 })],
  ["a later stop", change(), change({ at: NOW + 1, isStopped: true })],
  [
    "a start after a stop",
    change({ isStopped: true }),
    change({ at: NOW + 1 }),
  ],
  ["a stop of the same time", change(), change({ isStopped: true })],
  [
    "the longer one of the same time",
    change(),
    change({ to: NOW + 2 * MINUTE_MS }),
  ],
];

for (const [name, older, newer] of ORDER) {
  Deno.test(`${name} counts, in whatever order they come`, () => {
    assert(compareChanges(newer, older) > 0);
    assert(compareChanges(older, newer) < 0);
    assertEquals(compareChanges(newer, { ...newer }), 0);
    for (const order of [[older, newer], [newer, older]]) {
      const byHand = new ByHand();
      for (const each of order) byHand.take([each], NOW);
      assertEquals(byHand.list(), [newer]);
      assertEquals(byHand.of("web"), newer.isStopped ? undefined : newer);
      assertEquals(byHand.take(order, NOW), []);
    }
  });
}

Deno.test("what is done by hand counts more than all that is known, whatever the clocks say", () => {
  const ahead = new ByHand();
  const behind = new ByHand();
  ahead.start(
    ["web"],
    { durationMs: MINUTE_MS, reason: "Disks" },
    NOW + 3_600_000,
  );
  assertEquals(behind.take(ahead.list(), NOW), ["web"]);
  assertEquals(behind.stop(["web", "db"], NOW), ["web"]);
  assertEquals(ahead.take(behind.list(), NOW + 3_600_000), ["web"]);
  assertEquals(ahead.of("web"), undefined);
  behind.start(["web"], { durationMs: MINUTE_MS, reason: null }, NOW);
  assertEquals(behind.of("web")?.from, NOW);
  // What the other one has long forgotten counts no more, either.
  ahead.expire(NOW + 7_200_000);
  assertEquals(ahead.list(), []);
  ahead.take(behind.list(), NOW);
  assertEquals(ahead.list(), behind.list());
});

Deno.test("it lasts as long as was said, though the clock of who started it is ahead", () => {
  const byHand = new ByHand();
  const ahead = change({ from: NOW + 3_600_000, to: NOW + 3_660_000 });
  byHand.take([ahead], NOW);
  assertEquals(byHand.list(), [{ ...ahead, from: NOW, to: NOW + MINUTE_MS }]);
  assertEquals(byHand.take([ahead], NOW + 1), []);
});

Deno.test("what is over is forgotten, and ends what lasts longer and was done before", () => {
  const byHand = new ByHand();
  byHand.take([change({ to: NOW + 9 * MINUTE_MS })], NOW);
  const shorter = change({ at: NOW + 1 });
  assertEquals(byHand.take([shorter], NOW + 2 * MINUTE_MS), ["web"]);
  assertEquals(byHand.list(), []);
  assertEquals(byHand.take([shorter], NOW + 2 * MINUTE_MS), []);
  byHand.start(["web"], { durationMs: MINUTE_MS, reason: null }, NOW);
  assertEquals(byHand.stop(["web"], NOW), ["web"]);
  assertEquals(byHand.stop(["web"], NOW), []);
  assertEquals(byHand.list().length, 1);
  assertEquals(byHand.expire(NOW + MINUTE_MS - 1), false);
  assertEquals(byHand.expire(NOW + MINUTE_MS), true);
  assertEquals(byHand.list(), []);
});

Deno.test("times that are written down are whole numbers", () => {
  const byHand = new ByHand();
  byHand.start(["web"], { durationMs: 1.5, reason: null }, NOW);
  assertEquals(byHand.of("web")?.to, NOW + 2);
});
