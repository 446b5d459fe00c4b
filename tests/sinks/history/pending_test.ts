import { assertEquals } from "@std/assert";
import { readEvents } from "../../../src/sinks/history/events.ts";
import type { Entry } from "../../../src/sinks/history/batch.ts";
import { Pending } from "../../../src/sinks/history/pending.ts";

const START = 1_795_740_000_000;
const FIVE_MINUTES = 300_000;

/** The batches of an entry: their times since the start, and when events were. */
function batchesOf({ batches }: Entry): unknown[] {
  return batches.map(({ since, until, bytes }) => {
    const times: number[] = [];
    const note = (at: number): number => times.push(at - START);
    readEvents(bytes, {
      attempt: (_, __, at) => note(at),
      status: (_, __, at) => note(at),
      maintenance: (_, __, at) => note(at),
      session: note,
      reset: () => {},
    });
    return [since - START, until - START, times];
  });
}

Deno.test("Pending has what happened in the time in which it did", () => {
  const pending = new Pending(START);
  pending.attempt(1, 0, START + 400);
  pending.attempt(1, 0, START + 900);
  assertEquals(batchesOf(pending.take(START + 1000)), [[0, 1000, [400, 900]]]);
  assertEquals(batchesOf(pending.take(START + 2000)), [[1000, 2000, []]]);
  assertEquals(batchesOf(pending.take(START + 2000)), []);
});

Deno.test("Pending ends a batch where five minutes do", () => {
  const pending = new Pending(START + FIVE_MINUTES - 500);
  pending.attempt(1, 0, START + FIVE_MINUTES - 1);
  pending.status(1, 2, START + FIVE_MINUTES);
  assertEquals(batchesOf(pending.take(START + FIVE_MINUTES + 500)), [
    [FIVE_MINUTES - 500, FIVE_MINUTES, [FIVE_MINUTES - 1]],
    [FIVE_MINUTES, FIVE_MINUTES + 500, [FIVE_MINUTES]],
  ]);
});

Deno.test("Pending leaves the time out in which the process did not run", () => {
  const pending = new Pending(START);
  pending.attempt(1, 0, START + 10);
  pending.look(START + 1000);
  // Late, but not by much.
  pending.look(START + 9000);
  const woken = START + 3_600_000;
  pending.attempt(1, 0, woken);
  assertEquals(batchesOf(pending.take(woken + 1000)), [
    [0, 9000, [10]],
    [3_600_000, 3_601_000, [3_600_000]],
  ]);
});

Deno.test("Pending begins again where the clock is set back", () => {
  const pending = new Pending(START);
  pending.attempt(1, 0, START + 10);
  pending.look(START + 1000);
  pending.look(START - 86_400_000);
  pending.attempt(1, 0, START - 86_400_000 + 10);
  assertEquals(batchesOf(pending.take(START - 86_400_000 + 1000)), [
    [0, 1000, [10]],
    [-86_400_000, -86_400_000 + 1000, [-86_400_000 + 10]],
  ]);
});

Deno.test("Pending has what was put back before what came later", () => {
  const incident = {
    id: "i",
    check: "a",
    began: 1,
    ended: null,
    end: null,
    firstReason: { code: "x", message: "y" },
    lastReason: { code: "x", message: "y" },
    muted: null,
  };
  const pending = new Pending(START);
  pending.number(1, "a");
  pending.attempt(1, 0, START + 10);
  pending.state(1, "old");
  pending.state(2, "two");
  pending.forget(3, START + 20);
  pending.incident(incident);
  pending.byHand([]);
  pending.present(Uint32Array.of(1));
  const entry = pending.take(START + 1000);
  pending.number(4, "d");
  pending.attempt(1, 0, START + 1500);
  pending.state(1, "new");
  pending.forget(2, START + 1600);
  pending.incident({ ...incident, ended: 9, end: "recovered" });
  pending.putBack(entry);
  const both = pending.take(START + 2000);
  assertEquals(batchesOf(both), [[0, 1000, [10]], [1000, 2000, [1500]]]);
  assertEquals(both.checks, '[[1,"a"],[4,"d"]]');
  assertEquals(both.states, [[1, "new"]]);
  assertEquals(both.forgotten.toSorted(), [2, 3]);
  assertEquals(both.incidents.map(({ ended }) => ended), [9]);
  assertEquals(both.byHand, []);
  assertEquals(both.present, Uint32Array.of(1));
});

Deno.test("Pending begins anew with a session, and nothing from before", () => {
  const pending = new Pending(START);
  pending.number(1, "a");
  pending.attempt(1, 0, START + 10);
  pending.state(1, "old");
  pending.restart(START + 500);
  assertEquals(pending.bytes, 12);
  const entry = pending.take(START + 1000);
  assertEquals(batchesOf(entry), [[500, 1000, [500]]]);
  assertEquals([entry.checks, entry.states], ["", []]);
});
