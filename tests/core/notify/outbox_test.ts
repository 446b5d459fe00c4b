import { assert, assertEquals } from "@std/assert";
import type { Delivery } from "../../../src/core/notify/status.ts";
import {
  ARRIVED,
  FINAL,
  HOUR,
  LOST,
  MINUTE,
  PERHAPS,
  SECOND,
  START,
  Station,
} from "./station.ts";

const ALL = ["unhealthy", "degraded", "unknown"] as const;
const DAY = 24 * HOUR;

/** When attempts were made, in seconds since the start. */
function times(station: Station): number[] {
  return station.sent.map(({ at }) => (at - START) / SECOND);
}

/** What one delivery comes to, and those after it. */
function first(delivery: Delivery, ...more: readonly Delivery[]) {
  const all = [delivery, ...more];
  return () => {
    const next = all.length > 1 ? all.shift()! : all[0]!;
    return { delivery: next, arrives: next.ok };
  };
}

Deno.test("a failed attempt is made again after 1 s, 2 s, 4 s, up to 10 min", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = LOST;
  station.see("web", "unhealthy");
  station.wait(HOUR);
  assertEquals(times(station).slice(0, 13), [
    ...[0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023],
    ...[1623, 2223],
  ]);
  const ids = new Set(station.sent.map(({ message }) => message.id));
  assertEquals(ids.size, 1);
});

Deno.test("chance makes the wait shorter by up to a half", () => {
  const station = new Station({ gatherMs: 0 });
  station.random = 0.5;
  station.answer = LOST;
  station.see("web", "unhealthy");
  station.wait(3 * SECOND);
  assertEquals(times(station), [0, 0.75, 2.25]);
});

Deno.test("a receiver that says when to come back is left alone until then, up to 1 h", () => {
  for (const [asked, at] of [[500, 1], [90_000, 90], [10 * HOUR, 3600]]) {
    const station = new Station({ gatherMs: 0 });
    station.answer = first({ ...LOST, retryAfterMs: asked! }, ARRIVED);
    station.see("a", "unhealthy");
    station.see("b", "degraded");
    station.wait(2 * HOUR);
    assertEquals(times(station), [0, at]);
  }
});

Deno.test("a message that fails does not hold up the others", () => {
  const station = new Station({ gatherMs: 0, on: ALL });
  station.answer = (message) => {
    const arrives = message.event !== "down";
    return { arrives, delivery: arrives ? ARRIVED : LOST };
  };
  station.see("a", "unhealthy");
  for (let i = 0; i < 5; i++) {
    station.wait(HOUR);
    station.see(`c${i}`, "degraded");
  }
  station.wait(10 * MINUTE);
  const told = station.told.map((line) => line.split(" ").slice(1).join(" "));
  assertEquals(told, [0, 1, 2, 3, 4].map((i) => `degraded c${i}`));
});

Deno.test("a success makes all others due", () => {
  const station = new Station({ gatherMs: 0, on: ALL });
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.see("b", "degraded");
  station.see("c", "unknown");
  station.wait(HOUR);
  station.answer = ARRIVED;
  station.wait(10 * MINUTE);
  const arrived = station.sent.filter(({ arrives }) => arrives);
  assertEquals(arrived.length, 3);
  assertEquals(new Set(arrived.map(({ at }) => at)).size, 1);
});

Deno.test("a beginning that is given up is told again if it lasts", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.wait(DAY + HOUR);
  const status = station.desk.status();
  assertEquals([status.givenUp, status.pending], [1, 1]);
  station.answer = ARRIVED;
  station.wait(HOUR);
  assertEquals(station.told.length, 1);
  const ids = new Set(station.sent.map(({ message }) => message.id));
  assertEquals(ids.size, 2);
});

Deno.test("a beginning that may have arrived counts as told when it is given up", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = first(PERHAPS, LOST);
  station.see("a", "unhealthy");
  station.wait(DAY + HOUR);
  assertEquals(station.desk.status().pending, 0);
  station.answer = ARRIVED;
  station.see("a", "healthy");
  assertEquals(station.told, ["90000 up a"]);
});

Deno.test("what is refused is told again after an hour, or with another policy", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = FINAL;
  station.see("a", "unhealthy");
  station.wait(2 * HOUR);
  assertEquals(times(station), [0, 3600, 7200]);
  assertEquals(station.desk.status().givenUp, 3);
  station.wait(MINUTE);
  station.change({});
  assertEquals(times(station).slice(3), [7260]);
  // What was never told has no end.
  station.see("a", "healthy");
  station.wait(HOUR);
  assertEquals(times(station).length, 4);
});

Deno.test("the end of what was told is tried for 7 days", () => {
  const station = new Station({ gatherMs: 0 });
  station.see("a", "unhealthy");
  station.answer = LOST;
  station.see("a", "healthy");
  station.wait(6.9 * DAY);
  assertEquals(station.desk.status().pending, 1);
  station.answer = ARRIVED;
  station.wait(HOUR);
  assertEquals(station.desk.status().pending, 0);
  assertEquals(station.sent.at(-1)?.message.event, "up");

  station.answer = LOST;
  station.see("b", "unhealthy");
  station.answer = ARRIVED;
  station.wait(MINUTE);
  station.answer = LOST;
  station.see("b", "healthy");
  station.wait(7 * DAY + HOUR);
  const { pending, givenUp } = station.desk.status();
  assertEquals([pending, givenUp], [0, 1]);
  assertEquals([...station.saved.keys()], ["state"]);
});

Deno.test("the end of what was told is tried each hour if it is refused", () => {
  const station = new Station({ gatherMs: 0 });
  station.see("a", "unhealthy");
  station.answer = FINAL;
  station.see("a", "healthy");
  station.see("b", "unhealthy");
  station.wait(2 * HOUR + 1);
  const ups = station.sent.filter(({ message }) => message.event === "up");
  assertEquals(ups.map(({ at }) => (at - START) / HOUR), [0, 1, 2]);
  station.answer = ARRIVED;
  station.change({});
  assertEquals(station.told.slice(1), ["7200.001 up a", "7200.001 down b"]);
});

Deno.test("what is over before its beginning was sent is not told", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(MINUTE);
  station.see("a", "healthy");
  station.answer = ARRIVED;
  station.wait(MINUTE);
  assertEquals(station.told, ["63 down b"]);
  station.answer = LOST;
  station.see("c", "unhealthy");
  station.wait(MINUTE);
  station.leave("c");
  station.answer = ARRIVED;
  station.wait(HOUR);
  assertEquals(station.told, ["63 down b"]);
  assertEquals(station.desk.status().pending, 0);
});

Deno.test("what is muted before its beginning was sent is not told until it is unmuted", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.mute("a");
  station.answer = ARRIVED;
  station.wait(HOUR);
  assertEquals(station.told, []);
  station.unmute("a");
  assertEquals(station.told, ["3660 down a"]);
});

Deno.test("a beginning that may have arrived is sent again, and then its end", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = PERHAPS;
  station.see("a", "unhealthy");
  station.see("a", "healthy");
  station.answer = ARRIVED;
  station.wait(MINUTE);
  assertEquals(station.tried, ["0 down a", "1 down a", "1 up a"]);
  const [one, two] = station.sent;
  assertEquals(one?.message, two?.message);
});

Deno.test("an end is not sent before the beginning, even if others go first", () => {
  const station = new Station({ gatherMs: 0, on: ALL });
  station.answer = (message) => {
    const isDown = message.event === "down";
    return isDown
      ? { delivery: PERHAPS, arrives: false }
      : { delivery: ARRIVED, arrives: true };
  };
  station.see("a", "unhealthy");
  station.see("a", "healthy");
  station.see("b", "degraded");
  station.wait(HOUR);
  assertEquals(station.told, ["1 degraded b"]);
  station.answer = ARRIVED;
  station.wait(HOUR);
  assertEquals(station.told.map((line) => line.split(" ").slice(1).join(" ")), [
    "degraded b",
    "down a",
    "up a",
  ]);
});

/** A station whose first message, about `a` and `b`, is in flight. */
function flying(): Station {
  const station = new Station();
  station.answer = () => "later";
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(30 * SECOND);
  station.answer = ARRIVED;
  return station;
}

Deno.test("an end while the beginning is in flight waits for what comes of that", () => {
  for (
    const [fate, lines] of [
      ["arrived", ["33 down a b", "60 up a"]],
      ["lost", ["34 down b"]],
      ["perhaps", ["34 down a b", "60 up a"]],
    ] as const
  ) {
    const station = flying();
    station.see("a", "healthy");
    station.wait(3 * SECOND);
    assertEquals(station.desk.nextSend, Infinity);
    const delivery = { arrived: ARRIVED, lost: LOST, perhaps: PERHAPS }[fate];
    station.land({ delivery, arrives: fate === "arrived" });
    station.wait(HOUR);
    assertEquals(station.told, [...lines]);
    assertEquals(station.desk.status().pending, 0);
  }
});

Deno.test("an end that waits for a beginning in flight goes with it if that is lost", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = () => "later";
  station.see("a", "unhealthy");
  station.see("a", "healthy");
  assertEquals(station.desk.status().pending, 2);
  station.answer = ARRIVED;
  station.land({ delivery: LOST, arrives: false });
  station.wait(HOUR);
  assertEquals(station.told, []);
  assertEquals([...station.saved.keys()], ["state"]);
});

Deno.test("what is muted or out of scope when its beginning is lost is not told", () => {
  for (const isMuted of [true, false]) {
    const station = flying();
    if (isMuted) station.mute("a");
    else station.change({ checks: new Set(["b"]) });
    station.wait(3 * SECOND);
    station.land({ delivery: LOST, arrives: false });
    station.wait(HOUR);
    assertEquals(station.told, ["34 down b"]);
  }
});

Deno.test("`resolved: false`: an end while the beginning is in flight is not told", () => {
  const station = new Station({ gatherMs: 0, resolved: false });
  station.answer = () => "later";
  station.see("a", "unhealthy");
  station.see("a", "healthy");
  station.answer = ARRIVED;
  station.land({ delivery: PERHAPS, arrives: false });
  station.wait(HOUR);
  assertEquals(station.told, ["1 down a"]);
  assertEquals([...station.saved.keys()], ["state"]);
});

Deno.test("a status that is told while the beginning is in flight becomes the beginning if that is lost", () => {
  const station = new Station({
    gatherMs: 0,
    on: ["unhealthy", "degraded"],
    limit: 3,
  });
  station.answer = () => "later";
  station.see("a", "unhealthy");
  station.wait(SECOND);
  station.see("a", "degraded");
  assertEquals(station.desk.status().pending, 2);
  station.answer = ARRIVED;
  station.land({ delivery: LOST, arrives: false });
  station.wait(MINUTE);
  station.see("a", "healthy");
  assertEquals(station.told, ["2 degraded a", "61 up a"]);
});

Deno.test("messages that wait take in later ones of the same event", () => {
  const station = new Station({ gatherMs: 0, on: ALL, remindMs: HOUR });
  station.see("z", "unhealthy");
  station.answer = LOST;
  for (const check of ["a", "b", "c", "d"]) {
    station.see(check, "unhealthy");
    station.wait(MINUTE);
    station.see(check, check < "c" ? "degraded" : "unknown");
    station.wait(MINUTE);
  }
  station.see("z", "healthy");
  station.wait(5 * HOUR);
  assertEquals(station.desk.status().pending, 3);
  station.answer = ARRIVED;
  station.wait(10 * MINUTE);
  const told = station.told.map((line) => line.split(" ").slice(1).join(" "));
  assertEquals(told.slice(1).sort(), ["degraded a b", "unknown c d", "up z"]);
});

Deno.test("a status that came and went while the receiver was dead is not told", () => {
  const station = new Station({ gatherMs: 0, on: ALL });
  station.see("a", "degraded");
  station.answer = LOST;
  station.wait(MINUTE);
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.see("a", "degraded");
  station.answer = ARRIVED;
  station.wait(HOUR);
  station.see("a", "healthy");
  assertEquals(station.told, ["0 degraded a", "3720 up a"]);
});

Deno.test("a reminder waits for what is told, and for the one before", () => {
  const station = new Station({ gatherMs: 0, remindMs: 10 * MINUTE });
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.wait(HOUR);
  assert(station.sent.every(({ message }) => message.event === "down"));
  station.answer = ARRIVED;
  station.wait(10 * MINUTE);
  station.answer = LOST;
  station.wait(5 * HOUR);
  assertEquals(station.desk.status().pending, 1);
  // It is over before it was reminded of: only the end is told.
  station.see("a", "healthy");
  station.answer = ARRIVED;
  station.wait(10 * MINUTE);
  assertEquals(
    station.sent.filter(({ arrives }) => arrives).map(
      ({ message }) => message.event,
    ),
    ["down", "up"],
  );
});

Deno.test("a kill between sending and writing repeats with the same id", () => {
  for (const arrives of [true, false]) {
    const station = new Station({ gatherMs: 0 });
    station.answer = () => ({ delivery: "crash", arrives });
    station.isComplete = false;
    station.see("a", "unhealthy");
    station.wait(MINUTE);
    station.isComplete = true;
    station.answer = () => {
      station.answer = ARRIVED;
      return { delivery: "crash", arrives };
    };
    station.wait(MINUTE);
    station.see("a", "healthy");
    station.wait(MINUTE);
    const messages = station.sent.map(({ message }) => message);
    assertEquals(messages.map(({ event }) => event), ["down", "down", "up"]);
    assertEquals(messages[0]?.id, messages[1]?.id);
  }
});

Deno.test("a restart does not repeat what was sent, nor forget what waits", () => {
  const station = new Station({ gatherMs: 0 });
  station.see("a", "unhealthy");
  station.restart();
  station.answer = LOST;
  station.see("b", "unhealthy");
  station.restart();
  station.answer = ARRIVED;
  station.wait(MINUTE);
  assertEquals(station.told, ["0 down a", "0 down b"]);
});

Deno.test("status() says how it does, and goes on after a restart", () => {
  const station = new Station({ gatherMs: 0 });
  station.see("a", "unhealthy");
  station.answer = LOST;
  station.see("b", "unhealthy");
  station.restart();
  const expected = {
    pending: 1,
    sent: 1,
    failed: 1,
    givenUp: 0,
    lastSuccessAt: START,
    failure: { at: START, why: "refused" },
    waiting: null,
  };
  assertEquals(station.desk.status(), expected);
  station.answer = ARRIVED;
  station.wait(MINUTE);
  const { failure, sent } = station.desk.status();
  assertEquals([failure, sent], [null, 2]);
});

Deno.test("a clock that is set back holds nothing up for longer than an hour", () => {
  const station = new Station({ gatherMs: 0, limit: 1 });
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.wait(10 * SECOND);
  station.now -= 10 * HOUR;
  station.answer = ARRIVED;
  station.turn();
  assertEquals(station.sent.filter(({ arrives }) => arrives).length, 1);
  station.see("b", "unhealthy");
  station.now -= 10 * HOUR;
  station.see("c", "unhealthy");
  station.wait(10 * HOUR);
  assertEquals(station.desk.status().pending, 0);
});
