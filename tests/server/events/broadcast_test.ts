import {
  assert,
  assertEquals,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Snapshot } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Broadcast } from "../../../src/server/events/broadcast.ts";
import { FAIL, PASS, scripted } from "../../support/probes.ts";
import { advance } from "../../support/time.ts";
import { EventReader } from "../events.ts";
import { fleetOf, ODD } from "../fleets.ts";

function broadcastOf(fleet: Fleet, onDemandMs?: number): Broadcast {
  return new Broadcast(fleet, {
    event: "snapshot",
    toData: (snapshot) => JSON.stringify(snapshot),
    onDemandMs,
  });
}

/** What events say of checks: their ids and how often each was tried. */
function told(events: readonly { event: string; data: string }[]): string[] {
  return events.filter(({ event }) => event !== "").map(({ event, data }) => {
    const { id = "", attempts }: Partial<Snapshot> = JSON.parse(data);
    return event === "snapshot" ? `${id}${attempts}` : `${event} ${id}`.trim();
  });
}

Deno.test("stream() tells all that is known first, then what changes", async () => {
  await using fleet = await fleetOf({
    a: { step: PASS },
    b: {},
    c: { step: FAIL },
  });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  const [retry, ...known] = await reader.take(4);
  assertEquals(retry!.retry, "2000");
  assertEquals(told(known), ["a1", "b0", "c1"]);
  assertEquals(JSON.parse(known[2]!.data), {
    ...JSON.parse(JSON.stringify(fleet.get("c"))),
  });
  await fleet.attempt("b");
  assertEquals(told(await reader.take(1)), ["b1"]);
});

Deno.test("stream() numbers its events", async () => {
  await using fleet = await fleetOf({ a: {}, b: {} });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  await reader.next();
  const [a, b] = await reader.take(2);
  await fleet.attempt("a");
  const [again] = await reader.take(1);
  assertLess(Number(a!.id), Number(b!.id));
  assertLess(Number(b!.id), Number(again!.id));
});

Deno.test("stream() tells of one check at most four times a second", async () => {
  using time = new FakeTime();
  await using fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "a", interval: 20 });
  const reader = new EventReader(broadcastOf(fleet).stream());
  const counts: number[] = [];
  const reading = (async () => {
    for (let next; (next = await reader.next()) !== null;) {
      if (next.event !== "") counts.push(JSON.parse(next.data).attempts);
    }
  })();
  await advance(time, 10_000);
  await fleet.close();
  await reading;
  assertLessOrEqual(counts.length, 2 + 40);
  assert(counts.length > 30, `${counts.length} events`);
  // The last one tells how it ended.
  assertEquals(counts.at(-1), fleet.get("a")!.attempts);
});

Deno.test("stream() says something every 15 s, even if there is nothing to say", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: {} });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  await reader.take(2);
  const seen: string[] = [];
  const reading = reader.take(2).then((events) =>
    seen.push(...events.map(({ comment }) => comment))
  );
  await advance(time, 29_000);
  await advance(time, 1000);
  await reading;
  assertEquals(seen, [":", ":"]);
});

Deno.test("stream() tells only of the checks that are wanted", async () => {
  await using fleet = await fleetOf({ a: {}, b: { group: "x" } });
  const wants = ({ group }: Pick<Snapshot, "group">): boolean => group === "x";
  await using reader = new EventReader(broadcastOf(fleet).stream(wants));
  await reader.next();
  assertEquals(told(await reader.take(1)), ["b0"]);
  await fleet.attempt("a");
  await fleet.attempt("b");
  assertEquals(told(await reader.take(1)), ["b1"]);
});

Deno.test("stream() tells of checks that are removed and added meanwhile", async () => {
  await using fleet = await fleetOf({ a: {}, b: {} });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  await reader.take(3);
  await fleet.remove("a");
  fleet.add(scripted([PASS]), { id: "c" });
  await fleet.attempt("c");
  assertEquals(told(await reader.take(2)), ["removed a", "c1"]);
});

Deno.test("stream() tells of a check that takes the place of another one, and is not tried yet", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: {}, b: {} });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  await reader.take(3);
  await fleet.remove("a");
  fleet.add(scripted([PASS]), { id: "c" });
  const news = reader.take(2);
  await advance(time, 250);
  assertEquals(told(await news), ["removed a", "c0"]);
});

Deno.test("stream() tells of a check in the place of one that had its id", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: { step: PASS } });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  assertEquals(told(await reader.take(2)), ["a1"]);
  await fleet.remove("a");
  fleet.add(scripted([PASS]), { id: "a" });
  // It comes last now.
  const news = reader.take(2);
  await advance(time, 250);
  assertEquals(told(await news), ["arranged", "a0"]);
});

Deno.test("stream() tells who came meanwhile of what was there only for a while", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: {} });
  const broadcast = broadcastOf(fleet);
  await using first = new EventReader(broadcast.stream());
  await first.take(2);
  fleet.add(scripted([PASS]), { id: "b" });
  await using second = new EventReader(broadcast.stream());
  assertEquals(told(await second.take(3)), ["a0", "b0"]);
  await fleet.remove("b");
  const news = second.take(1);
  await advance(time, 250);
  assertEquals(told(await news), ["removed b"]);
});

Deno.test("stream() tells of another order, after a list of others, to all", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: {}, b: {}, c: {}, d: {} });
  const broadcast = broadcastOf(fleet);
  await using slow = new EventReader(broadcast.stream(({ id }) => id === "d"));
  await using quick = new EventReader(broadcast.stream());
  await slow.take(2);
  await quick.take(5);
  await fleet.remove("a");
  await fleet.attempt("d");
  const first = quick.take(2);
  await advance(time, 250);
  assertEquals(told(await first), ["removed a", "d1"]);
  fleet.arrange(["d", "b", "c"]);
  await fleet.attempt("d");
  const second = quick.take(2);
  await advance(time, 250);
  assertEquals(told(await second), ["arranged", "d2"]);
  assertEquals(told(await slow.take(2)), ["arranged", "d2"]);
});

Deno.test("stream() tells at once how a check was changed, and that its group is another", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: {}, b: { group: "x" } });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  await reader.take(3);
  const replace = async (target: string, group?: string): Promise<unknown> => {
    const options = group === undefined ? {} : { group };
    fleet.replace(scripted([PASS], { target }), { id: "b", ...options });
    const news = reader.take(group === "x" ? 1 : 2);
    await advance(time, 250);
    return (await news).map(({ event, data }) => {
      const { target, group }: Snapshot = JSON.parse(data);
      return event === "snapshot" ? [target, group] : event;
    });
  };
  assertEquals(await replace("new", "x"), [["new", "x"]]);
  assertEquals(await replace("newer"), ["arranged", ["newer", null]]);
});

Deno.test("stream() tells who comes back of what was removed meanwhile", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: {}, b: {} });
  const broadcast = broadcastOf(fleet);
  await using slow = new EventReader(broadcast.stream());
  await using quick = new EventReader(broadcast.stream());
  await slow.take(3);
  await quick.take(3);
  await fleet.remove("a");
  // Of this only the beat can know, as nothing changes.
  const told1 = quick.take(1);
  await advance(time, 15_000);
  assertEquals(told(await told1), ["removed a"]);
  assertEquals(told(await slow.take(1)), ["removed a"]);
});

Deno.test("stream() tells of a check that takes the place of another", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: {} });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  await reader.take(2);
  await fleet.remove("a");
  fleet.add(scripted([PASS]), { id: "b" });
  // There are as many as before, and nothing changes.
  const events = reader.take(2);
  await advance(time, 15_000);
  assertEquals(told(await events), ["removed a", "b0"]);
});

Deno.test("stream() is silent on the removal of checks that are not wanted", async () => {
  await using fleet = await fleetOf({ a: {}, b: {}, c: { group: "x" } });
  const wants = ({ id, group }: Pick<Snapshot, "id" | "group">): boolean =>
    id === "a" || group === "x";
  const broadcast = broadcastOf(fleet);
  await using reader = new EventReader(broadcast.stream(wants));
  await using slow = new EventReader(broadcast.stream(wants));
  await reader.take(3);
  await slow.take(3);
  await fleet.remove("b");
  await fleet.remove("c");
  await fleet.attempt("a");
  for (const each of [reader, slow]) {
    assertEquals(told(await each.take(2)), ["removed c", "a1"]);
  }
});

Deno.test("stream() ends when the fleet is closed, after what it said last", async () => {
  const fleet = await fleetOf({ a: {} });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  await reader.take(2);
  await fleet.attempt("a");
  await fleet.close();
  assertEquals(told(await reader.take(9)), ["a1"]);
});

Deno.test("stream() of a closed fleet ends after what is known", async () => {
  const fleet = await fleetOf({ a: {} });
  await fleet.close();
  await using reader = new EventReader(broadcastOf(fleet).stream());
  assertEquals(told(await reader.take(9)), ["a0"]);
});

Deno.test("stream() costs nothing until it is read", async () => {
  await using fleet = await fleetOf({ a: {} });
  // The sanitizers would see its timers.
  broadcastOf(fleet).stream();
});

Deno.test("stream() can be left at once, and read anew by others", async () => {
  await using fleet = await fleetOf({ a: {} });
  const broadcast = broadcastOf(fleet);
  for (let i = 0; i < 3; i++) {
    await using reader = new EventReader(broadcast.stream());
    await reader.take(2);
    await fleet.attempt("a");
    assertEquals(told(await reader.take(1)), [`a${i + 1}`]);
  }
});

Deno.test("stream() keeps for who does not read only which checks they missed", async () => {
  using time = new FakeTime();
  await using fleet = new Fleet({ background: false });
  const ids = Array.from({ length: 50 }, (_, i) => `c${i}-`);
  for (const id of ids) fleet.add(scripted([PASS]), { id });
  const broadcast = broadcastOf(fleet);
  await using sleeper = new EventReader(broadcast.stream());
  await using other = new EventReader(broadcast.stream());
  await sleeper.take(51);
  await other.take(51);
  for (let i = 0; i < 20; i++) {
    await fleet.attemptAll();
    await advance(time, 250);
    // Each flush is seen by the one who reads.
    assertEquals((await other.take(50)).length, 50);
  }
  const missed = told(await sleeper.take(50));
  assertEquals(new Set(missed), new Set(ids.map((id) => `${id}20`)));
});

Deno.test("stream() ends for who does not read while ever more checks come and go", async () => {
  using time = new FakeTime();
  await using fleet = new Fleet({ background: false });
  const broadcast = broadcastOf(fleet);
  await using sleeper = new EventReader(broadcast.stream());
  await using other = new EventReader(broadcast.stream());
  await sleeper.take(1);
  await other.take(1);
  const reading = other.take(5000);
  for (let round = 0; round < 6; round++) {
    const ids = Array.from({ length: 250 }, (_, i) => `${round}-${i}`);
    for (const id of ids) fleet.add(scripted([PASS]), { id });
    await fleet.attemptAll();
    await advance(time, 250);
    for (const id of ids) void fleet.remove(id);
    await advance(time, 15_000);
  }
  const missed = await sleeper.take(5000);
  assert(missed.length < 1300, `${missed.length} events`);
  await fleet.close();
  const heard = (await reading).filter(({ event }) => event === "removed");
  assertEquals(heard.length, 6 * 250);
});

Deno.test("stream() tells much in pieces of its own, not all at once", async () => {
  await using fleet = new Fleet({ background: false });
  for (let i = 0; i < 2000; i++) fleet.add(scripted([PASS]), { id: `c${i}` });
  await using reader = new EventReader(broadcastOf(fleet).stream());
  assertEquals((await reader.take(2001)).length, 2001);
  assert(reader.pieces > 5, `${reader.pieces} pieces`);
});

Deno.test("stream() serves a thousand at once", async () => {
  await using fleet = await fleetOf({ a: {}, b: {} });
  const broadcast = broadcastOf(fleet);
  const readers = Array.from(
    { length: 1000 },
    () => new EventReader(broadcast.stream()),
  );
  await Promise.all(readers.map((reader) => reader.take(3)));
  await fleet.attempt("b");
  const all = await Promise.all(readers.map((reader) => reader.take(1)));
  assertEquals(new Set(all.flatMap(told)), new Set(["b1"]));
  await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
});

Deno.test("stream() has a fleet tried that does nothing by itself, while somebody listens", async () => {
  using time = new FakeTime();
  await using fleet = await fleetOf({ a: {} });
  const reader = new EventReader(broadcastOf(fleet, 1000).stream());
  await reader.take(2);
  const more = reader.take(2);
  await advance(time, 2500);
  assertEquals(told(await more), ["a1", "a2"]);
  await reader[Symbol.asyncDispose]();
  await advance(time, 5000);
  assertEquals(fleet.get("a")!.attempts, 2);
});

Deno.test("stream() has a fleet tried once a second at most", async () => {
  using time = new FakeTime();
  for (const onDemandMs of [1, 2 ** 31]) {
    await using fleet = await fleetOf({ a: {} });
    await using reader = new EventReader(
      broadcastOf(fleet, onDemandMs).stream(),
    );
    await reader.take(2);
    await advance(time, 3500);
    assertLessOrEqual(fleet.get("a")!.attempts, 3, `${onDemandMs} ms`);
  }
});

for (const id of ODD) {
  Deno.test(`stream() tells of the check ${JSON.stringify(id)} in one event`, async () => {
    await using fleet = await fleetOf({ [id]: {} });
    await using reader = new EventReader(broadcastOf(fleet).stream());
    const [, event] = await reader.take(2);
    assertEquals(JSON.parse(event!.data).id, id);
  });
}

Deno.test("stream() keeps line breaks of what it says", async () => {
  await using fleet = await fleetOf({ a: {} });
  const broadcast = new Broadcast(fleet, {
    event: "row",
    toData: () => "one\r\ntwo\rthree\n\nfour",
  });
  await using reader = new EventReader(broadcast.stream());
  const [, event] = await reader.take(2);
  assertEquals(event!.data, "one\ntwo\nthree\n\nfour");
});
