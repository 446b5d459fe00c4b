import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { attemptCode } from "../../../src/sinks/history/packed.ts";
import { statusCode } from "../../../src/sinks/history/events.ts";
import { Store } from "../../../src/sinks/history/store/store.ts";
import { keepUp } from "../../../src/sinks/history/upkeep.ts";
import { Engine } from "../../../src/sinks/history/worker.ts";
import { entryOf, place } from "./store/place.ts";

const START = Date.UTC(2026, 10, 26);
const FIVE_MINUTES = 300_000;
const CHECKS = 3000;
const DAY = 86_400_000;
const retention = { detailMs: 7 * DAY, keepMs: 730 * DAY };

/** Five minutes of many checks, in ten entries. */
function* fiveMinutes(start: number): Generator<ReturnType<typeof entryOf>> {
  const numbers = Array.from({ length: CHECKS }, (_, i) => i + 1);
  for (let i = 0; i < 10; i++) {
    const since = start + i * 30_000;
    yield entryOf(since, since + 30_000, (events) => {
      if (start === START && i === 0) {
        events.session(since);
        for (const n of numbers) events.status(n, statusCode("healthy"), since);
      }
      for (const n of numbers) {
        events.attempt(n, attemptCode("pass", 10), since + n);
      }
    }, { checks: numbers.map((n) => [n, `c${n}`]) });
  }
}

function rowsOfLog(path: string): number {
  using database = new DatabaseSync(path, { readOnly: true });
  return Number(database.prepare("SELECT count(*) n FROM log").get()!.n);
}

/** Work that takes so many steps of 3 ms. */
function working(count: number) {
  let stepped = 0;
  let workedMs = 0;
  const turns: number[] = [];
  let turn = 0;
  const timer = setInterval(() => turn++);
  return {
    seal(): boolean {
      const startedAt = performance.now();
      while (performance.now() - startedAt < 3);
      workedMs += performance.now() - startedAt;
      turns.push(turn);
      return ++stepped < count;
    },
    deleteOld: () => false,
    turns,
    get workedMs() {
      return workedMs;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

Deno.test("keepUp() rests after each few milliseconds, longer than it worked", async () => {
  using store = working(12);
  const { signal } = new AbortController();
  const startedAt = performance.now();
  assert(await keepUp(store, { retention, now: START, signal }));
  const elapsedMs = performance.now() - startedAt;
  assertEquals(store.turns.length, 12);
  // Timers are as exact as a millisecond.
  const restedMs = elapsedMs - store.workedMs;
  assert(restedMs > store.workedMs, `${restedMs} of ${elapsedMs} ms`);
  // Others have a turn in each rest.
  const rests = new Set(store.turns).size;
  assert(rests >= 6, `${rests} turns`);
});

Deno.test("keepUp() ends at once when it is aborted, and when a step fails", async () => {
  using store = working(1000);
  const end = new AbortController();
  const { signal } = end;
  const working_ = keepUp(store, { retention, now: START, signal });
  end.abort();
  const { length } = store.turns;
  assertEquals(await working_, false);
  assertEquals(store.turns.length, length);
  const failing = {
    seal() {
      throw new Error("The disk is full");
    },
    deleteOld: () => false,
  };
  await assertRejects(
    () =>
      keepUp(failing, {
        retention,
        now: START,
        signal: new AbortController().signal,
      }),
    Error,
    "The disk is full",
  );
});

Deno.test("a history is written and read while it is sealed, and closed and sealed on", async () => {
  await using at = await place();
  const options = { path: at.path, timeZone: "UTC", ...retention };
  const engine = new Engine();
  const open = () =>
    assertEquals(engine.answer({ type: "open", options }).type, "opened");
  const counts = () => {
    const reply = engine.answer({
      type: "attempts",
      check: `c${CHECKS}`,
      range: { from: START, to: START + DAY },
    });
    assert(reply.type === "attempts");
    return reply.codes.length;
  };
  const write = (entry: ReturnType<typeof entryOf>): void =>
    assertEquals(engine.answer({ type: "write", entry }).type, "written");
  open();
  for (const entry of fiveMinutes(START)) write(entry);
  // With the first entry of the next five minutes, sealing begins.
  let written = 10;
  for (const entry of fiveMinutes(START + FIVE_MINUTES)) {
    write(entry);
    written++;
    assertEquals(counts(), written);
    await new Promise((resolve) => setTimeout(resolve));
    if (written === 13) break;
  }
  assert(rowsOfLog(at.path) > 3, "sealed at once");
  const entry = entryOf(0, 0);
  assertEquals(
    engine.answer({ type: "close", entry: { ...entry, batches: [] } }),
    { type: "closed", isWritten: true },
  );
  open();
  const since = START + FIVE_MINUTES + 90_000;
  write(entryOf(since, since + 1000));
  while (rowsOfLog(at.path) > 4) {
    assertEquals(counts(), written);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertEquals(counts(), written);
  engine.answer({ type: "close", entry: { ...entry, batches: [] } });
  using store = new Store(at.path, { readOnly: true });
  const found = store.periods({
    checks: [1, CHECKS],
    step: "5m",
    from: START,
    to: START + FIVE_MINUTES,
    latency: false,
  });
  for (const [first] of found.values()) {
    assertEquals(first?.counts, [10, 0, 0, 0]);
    assertEquals(first?.spans, [0, FIVE_MINUTES, 0, 0, 0]);
  }
});
