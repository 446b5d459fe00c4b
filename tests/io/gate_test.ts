import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { Gate } from "../../src/io/gate.ts";

/** Somebody who waits, in a lane or in none. */
interface Waiter {
  readonly name: number;
  readonly lane: string | undefined;
  gaveUp?: boolean;
}

/** A gate, and who was let in. */
class Noted {
  readonly log: Waiter[] = [];
  readonly gate: Gate<Waiter>;
  #names = 0;

  constructor(total: number, perLane: number) {
    this.gate = new Gate({ total, perLane }, {
      laneOf: ({ lane }) => lane,
      isWaiting: ({ gaveUp }) => gaveUp !== true,
      admit: (waiter) => void this.log.push(waiter),
    });
  }

  enter(lane?: string): Waiter {
    const waiter = { name: this.#names++, lane };
    this.gate.enter(waiter);
    return waiter;
  }

  get names(): number[] {
    return this.log.map(({ name }) => name);
  }
}

Deno.test("Gate lets in as many of a lane as it may, and all of no lane", () => {
  const noted = new Noted(10, 2);
  for (const lane of ["a", "a", "a", "b", undefined, undefined, "b", "b"]) {
    noted.enter(lane);
  }
  assertEquals(noted.names, [0, 1, 3, 4, 5, 6]);
  noted.gate.leave(noted.log[0]!);
  assertEquals(noted.names.at(-1), 2);
  noted.gate.leave(noted.log[2]!);
  assertEquals(noted.names.at(-1), 7);
});

Deno.test("Gate does not hold up other lanes by a long queue of one", () => {
  const noted = new Noted(4, 2);
  for (let i = 0; i < 100; i++) noted.enter("slow");
  const fast = noted.enter("fast");
  assertEquals(noted.log.at(-1), fast);
  noted.enter("fast");
  // There is no room left now.
  const next = noted.enter("other");
  noted.gate.leave(fast);
  assertEquals(noted.log.at(-1), next);
});

Deno.test("Gate lets thousands of a lane give up", () => {
  const noted = new Noted(2, 1);
  const first = noted.enter("a");
  for (let i = 0; i < 50_000; i++) noted.enter("a").gaveUp = true;
  const last = noted.enter("a");
  noted.gate.leave(first);
  assertEquals(noted.log, [first, last]);
  noted.gate.leave(last);
  assertEquals(noted.gate.inside, 0);
});

Deno.test("Gate keeps its limits and its order, and leaves no room that somebody waits for", () => {
  const moves = fc.array(
    fc.oneof(
      fc.record({ enter: fc.constantFrom("a", "b", "c", undefined) }),
      fc.record({ leave: fc.nat(9) }),
      fc.record({ giveUp: fc.nat(9) }),
    ),
    { maxLength: 200 },
  );
  const limit = fc.integer({ min: 1, max: 4 });
  fc.assert(fc.property(limit, limit, moves, (total, perLane, moves) => {
    const noted = new Noted(total, perLane);
    const inside = new Set<Waiter>();
    const all: Waiter[] = [];
    let seen = 0;
    const countOf = (lane: string | undefined): number =>
      [...inside].filter((it) => it.lane === lane).length;
    const waiting = (): Waiter[] =>
      all.filter((it) => !it.gaveUp && !noted.log.includes(it));
    for (const move of moves) {
      if ("enter" in move) {
        all.push(noted.enter(move.enter));
      } else if ("leave" in move) {
        const leaver = [...inside][move.leave];
        if (leaver === undefined) continue;
        inside.delete(leaver);
        noted.gate.leave(leaver);
      } else {
        const quitter = waiting()[move.giveUp];
        if (quitter !== undefined) quitter.gaveUp = true;
      }
      for (const waiter of noted.log.slice(seen)) inside.add(waiter);
      seen = noted.log.length;
      assertEquals(noted.gate.inside, inside.size);
      assertLessOrEqual(inside.size, total);
      for (const lane of ["a", "b", "c"]) {
        assertLessOrEqual(countOf(lane), perLane);
        const order = noted.log.filter((it) => it.lane === lane);
        assertEquals(order, order.toSorted((a, b) => a.name - b.name));
      }
      if (inside.size === total) continue;
      for (const { lane } of waiting()) {
        assert(lane !== undefined && countOf(lane) === perLane);
      }
    }
    // At the end nothing is left.
    while (inside.size > 0) {
      const [leaver] = inside;
      inside.delete(leaver!);
      noted.gate.leave(leaver!);
      for (const waiter of noted.log.slice(seen)) inside.add(waiter);
      seen = noted.log.length;
    }
    assertEquals(noted.gate.inside, 0);
    assertEquals(waiting(), []);
  }));
});
