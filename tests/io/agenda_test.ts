import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { Agenda, type Entry } from "../../src/io/agenda.ts";
import { SettableTime } from "../support/time.ts";

const HOUR_MS = 3_600_000;

/** Something to be called back about, which notes when it was. */
class Note implements Entry {
  due = 0;
  place = -1;
  order = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An agenda and what it called back, with the time since its making. */
function logged(): { agenda: Agenda<Note>; log: [string, number][] } {
  const start = Date.now();
  const log: [string, number][] = [];
  const agenda = new Agenda<Note>(({ name }) => {
    log.push([name, Date.now() - start]);
  });
  return { agenda, log };
}

Deno.test("Agenda calls back in the order of time, not of entry", () => {
  using time = new FakeTime();
  const { agenda, log } = logged();
  for (const [i, ms] of [50, 20, 40, 10, 30].entries()) {
    agenda.put(new Note(String(i)), time.now + ms);
  }
  time.tick(100);
  assertEquals(log, [["3", 10], ["1", 20], ["4", 30], ["2", 40], ["0", 50]]);
});

Deno.test("Agenda calls back at once what was due before", () => {
  using time = new FakeTime();
  const { agenda, log } = logged();
  agenda.put(new Note("a"), time.now - 5000);
  assertEquals(log, []);
  time.tick(0);
  assertEquals(log, [["a", 0]]);
});

Deno.test("Agenda does not call back before the time, nor twice", () => {
  using time = new FakeTime();
  const { agenda, log } = logged();
  const note = new Note("a");
  agenda.put(note, time.now + 1000);
  time.tick(999);
  assertEquals(log, []);
  time.tick(1);
  assertEquals(log, [["a", 1000]]);
  assertEquals(note.place, -1);
  time.tick(10_000);
  assertEquals(log.length, 1);
});

Deno.test("Agenda moves an item that is put again to its new time, earlier or later", () => {
  using time = new FakeTime();
  const { agenda, log } = logged();
  const [a, b, c] = [new Note("a"), new Note("b"), new Note("c")];
  agenda.put(a, time.now + 1000);
  agenda.put(b, time.now + 2000);
  agenda.put(c, time.now + 3000);
  agenda.put(a, time.now + 5000);
  agenda.put(c, time.now + 500);
  time.tick(10_000);
  assertEquals(log, [["c", 500], ["b", 2000], ["a", 5000]]);
});

Deno.test("Agenda does not call back what was taken out", () => {
  using time = new FakeTime();
  const { agenda, log } = logged();
  const notes = Array.from({ length: 9 }, (_, i) => new Note(String(i)));
  for (const [i, note] of notes.entries()) agenda.put(note, time.now + i);
  for (const i of [0, 8, 3]) agenda.take(notes[i]!);
  agenda.take(notes[3]!);
  agenda.take(new Note("stranger"));
  time.tick(100);
  assertEquals(log.map(([name]) => name).join(""), "124567");
});

// In real time, where the sanitizer sees a timer that is left behind.

Deno.test("Agenda leaves no timer when the last entry is taken out", () => {
  const agenda = new Agenda<Note>(() => {});
  const note = new Note("a");
  agenda.put(note, Date.now() + 1e9);
  agenda.take(note);
  assertEquals(note.place, -1);
});

Deno.test("Agenda leaves no timer when everything is forgotten", () => {
  const agenda = new Agenda<Note>(() => {});
  const notes = [new Note("a"), new Note("b")];
  for (const note of notes) agenda.put(note, Date.now() + 1e9);
  agenda.clear();
  assertEquals(notes.map(({ place }) => place), [-1, -1]);
});

Deno.test("Agenda can be used again after everything was forgotten", () => {
  using time = new FakeTime();
  const { agenda, log } = logged();
  const note = new Note("a");
  agenda.put(note, time.now + 10);
  agenda.clear();
  agenda.put(note, time.now + 20);
  time.tick(20);
  assertEquals(log, [["a", 20]]);
});

Deno.test("Agenda lets a callback put items and take them out", () => {
  using time = new FakeTime();
  const log: string[] = [];
  const [a, b, c] = [new Note("a"), new Note("b"), new Note("c")];
  const agenda = new Agenda<Note>((note) => {
    log.push(`${note.name} ${Date.now() - time.start}`);
    if (note !== a) return;
    agenda.take(b);
    agenda.put(a, Date.now() + 7);
    agenda.put(c, Date.now());
  });
  agenda.put(a, time.now + 10);
  agenda.put(b, time.now + 10);
  time.tick(20);
  assertEquals(log, ["a 10", "c 10", "a 17", "c 17"]);
  agenda.clear();
});

Deno.test("Agenda agrees with a list that is searched, whatever is done to it", () => {
  const nth = fc.nat(7);
  const ms = fc.integer({ min: -100, max: 5000 });
  const moves = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ put: nth, inMs: ms }) },
      { weight: 2, arbitrary: fc.record({ take: nth }) },
      { weight: 3, arbitrary: fc.record({ passMs: fc.nat(3000) }) },
    ),
    { maxLength: 80 },
  );
  fc.assert(fc.property(moves, (moves) => {
    using time = new FakeTime();
    const { agenda, log } = logged();
    const notes = Array.from({ length: 8 }, (_, i) => new Note(String(i)));
    const model = new Map<string, number>();
    for (const move of moves) {
      if ("put" in move) {
        const note = notes[move.put]!;
        agenda.put(note, time.now + move.inMs);
        model.set(note.name, Math.max(time.now, time.now + move.inMs));
      } else if ("take" in move) {
        const note = notes[move.take]!;
        agenda.take(note);
        model.delete(note.name);
      } else {
        time.tick(move.passMs);
        const due = [...model].filter(([, at]) => at <= time.now)
          .map(([name, at]): [string, number] => [name, at - time.start]);
        // What is due at once may come in any order.
        const inOrder = (a: [string, number], b: [string, number]): number =>
          a[1] - b[1] || a[0].localeCompare(b[0]);
        assertEquals(log.toSorted(inOrder), due.toSorted(inOrder));
        assertEquals(
          log.map(([, at]) => at),
          due.map(([, at]) => at).sort(
            (a, b) => a - b,
          ),
        );
        for (const [name] of due) model.delete(name);
        log.length = 0;
      }
    }
    agenda.clear();
  }));
});

for (const others of [0, 9]) {
  const among = others === 0 ? "alone" : `among ${others} others`;
  for (
    const [what, ms] of [
      ["forward an hour", HOUR_MS],
      ["back an hour", -HOUR_MS],
      ["forward a little", 25_000],
      ["back a little", -25_000],
    ] as const
  ) {
    Deno.test(`Agenda neither bursts nor stalls when the clock is set ${what}, ${among}`, async () => {
      using time = new SettableTime();
      const at: number[] = [];
      const agenda = new Agenda<Note>((note) => {
        at.push(performance.now());
        agenda.put(note, Date.now() + 60_000);
      });
      const apartMs = 60_000 / (others + 1);
      for (let i = 0; i <= others; i++) {
        agenda.put(new Note(String(i)), Date.now() + (i + 1) * apartMs);
      }
      await time.advance(300_000 + apartMs * 0.7);
      time.setClock(ms);
      await time.advance(300_000);
      agenda.clear();
      assertEquals(at, at.map((_, i) => (i + 1) * apartMs));
      assertEquals(at.length, 10 * (others + 1));
    });
  }
}

Deno.test("Agenda sees that the clock was set back when something is put before its timer fires", async () => {
  using time = new SettableTime();
  const { agenda, log } = logged();
  agenda.put(new Note("a"), Date.now() + 60_000);
  await time.advance(10_000);
  time.setClock(-HOUR_MS);
  agenda.put(new Note("b"), Date.now() + 10_000);
  await time.advance(60_000);
  assertEquals(log.map(([name]) => name), ["b", "a"]);
});

Deno.test("Agenda does not take a stall of the event loop for a set clock", async () => {
  using time = new SettableTime();
  const { agenda, log } = logged();
  agenda.put(new Note("a"), Date.now() + 10_000);
  agenda.put(new Note("b"), Date.now() + 20_000);
  await time.advance(5000);
  time.block(8000);
  await time.advance(20_000);
  // `b` is not late by what `a` was late.
  assertEquals(log, [["a", 18_000], ["b", 20_000]]);
});
