import { assertEquals } from "@std/assert";
import { statusCode } from "../../../../src/sinks/history/events.ts";
import { attemptCode } from "../../../../src/sinks/history/packed.ts";
import { Database } from "../../../../src/sinks/history/store/database.ts";
import { Store } from "../../../../src/sinks/history/store/store.ts";
import { entryOf, place } from "./place.ts";

const START = Date.UTC(2026, 10, 26);
const MINUTE = 60_000;
const PASS = attemptCode("pass", 12);

/** A check that the file does not have, whose attempts take 14 MB a row. */
const OTHER = 2;
const MILLION = 1_000_000;

Deno.test("a Store moves so much of its log at a time as may be in memory", async () => {
  await using at = await place();
  using store = new Store(at.path);
  for (let n = 0; n < 3; n++) {
    const since = START + n * MINUTE;
    store.write(entryOf(since, since + MINUTE, (events) => {
      if (n === 0) events.session(since);
      if (n === 0) events.status(1, statusCode("healthy"), since);
      for (let i = 0; i < MILLION; i++) events.attempt(OTHER, PASS, since);
      events.attempt(1, PASS, since + 1000);
    }, n === 0 ? { checks: [[1, "a"]] } : {}));
  }
  store.write(entryOf(START + 5 * MINUTE, START + 6 * MINUTE));
  using database = new Database(at.path, true);
  const rows = () => Number(database.value("SELECT count(*) FROM log"));
  const seen = [rows()];
  const figures = () => {
    const range = { from: START, to: START + 5 * MINUTE };
    const query = { checks: [1], step: "5m", latency: false } as const;
    const [five] = store.periods({ ...query, ...range }).get(1)!;
    return [
      five!.counts,
      five!.spans[1]! / MINUTE,
      store.attempts(1, range).length,
    ];
  };
  assertEquals(figures(), [[3, 0, 0, 0], 3, 3]);
  while (store.seal()) {
    const now = rows();
    if (now === seen.at(-1)) continue;
    seen.push(now);
    assertEquals(figures(), [[3, 0, 0, 0], 3, 3]);
  }
  // Two of 14 MB, then the third, and the last stays, as more may come to it.
  assertEquals(seen, [4, 2, 1]);
  assertEquals(figures(), [[3, 0, 0, 0], 3, 3]);
});
