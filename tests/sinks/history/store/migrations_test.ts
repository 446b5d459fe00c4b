import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { statusCode } from "../../../../src/sinks/history/events.ts";
import { attemptCode } from "../../../../src/sinks/history/packed.ts";
import { StoreError } from "../../../../src/sinks/history/store/open.ts";
import {
  type Migration,
  MIGRATIONS,
} from "../../../../src/sinks/history/store/schema.ts";
import { Store } from "../../../../src/sinks/history/store/store.ts";
import { entryOf, place, sealAll } from "./place.ts";

const START = Date.UTC(2026, 10, 26);
const ALL = { from: 0, to: 2 ** 43 };
const LAST = MIGRATIONS.at(-1)!.version;

/** How many checks a step of the invented migration changes. */
const PART = 10;

/** Gives checks a color, some of them at a time; stops before a step. */
function colored(stopBefore = Infinity): Migration[] {
  let steps = 0;
  return [...MIGRATIONS, {
    version: LAST + 1,
    run(database) {
      if (steps++ === stopBefore) throw new Error("The power fails");
      const { columns } = {
        columns: database.all("SELECT name FROM pragma_table_info('checks')")
          .flat(),
      };
      if (!columns.includes("color")) {
        database.exec("ALTER TABLE checks ADD COLUMN color TEXT");
        return false;
      }
      return database.run(
        `UPDATE checks SET color = 'c' || number WHERE number IN (
          SELECT number FROM checks WHERE color IS NULL LIMIT ${PART})`,
      ) === 0;
    },
  }];
}

function rows(path: string, sql: string): unknown[] {
  using database = new DatabaseSync(path, { readOnly: true });
  return database.prepare(sql).all().map((row) => Object.values(row)[0]);
}

Deno.test("a history is brought to a new version, wherever that was interrupted", async () => {
  await using at = await place();
  const checks = Array.from(
    { length: 45 },
    (_, i) => [i + 1, `c${i}`] as const,
  );
  for (let stop = 0; stop <= 8; stop++) {
    const path = `${at.path}${stop}`;
    {
      using store = new Store(path);
      store.write(entryOf(START, START + 1000, (events) => {
        events.session(START);
        for (const [number] of checks) {
          events.status(number, statusCode("healthy"), START);
          events.attempt(number, attemptCode("pass", 1), START + 10);
        }
      }, { checks }));
    }
    let stops = 0;
    // It gets one step further each time.
    while (true) {
      try {
        using _store = new Store(path, { migrations: colored(stop) });
        break;
      } catch (error) {
        assertEquals((error as Error).message, "The power fails");
        // The version is the old one until all is done.
        assertEquals(rows(path, "PRAGMA user_version"), [LAST]);
        assertEquals(rows(path, "PRAGMA integrity_check"), ["ok"]);
        if (++stops > 20) {
          assertEquals(stop, 0);
          break;
        }
      }
    }
    if (stop === 0) continue;
    using store = new Store(path, { migrations: colored() });
    assertEquals(rows(path, "PRAGMA user_version"), [LAST + 1]);
    assertEquals(
      rows(path, "SELECT color FROM checks ORDER BY number"),
      checks.map(([number]) => `c${number}`),
    );
    assertEquals(store.attempts(45, ALL).length, 1);
    // The one before does not touch it.
    const error = assertThrows(() => new Store(path), StoreError);
    assertEquals(error.kind, "newer");
  }
});

Deno.test("a history of version 1 is read and goes on", async () => {
  await using at = await place();
  const sql = await Deno.readTextFile(
    new URL("version_1.sql", import.meta.url),
  );
  {
    using database = new DatabaseSync(at.path);
    database.exec(sql);
  }
  {
    using store = new Store(at.path);
    assertEquals(rows(at.path, "PRAGMA user_version"), [LAST]);
    assertEquals([...store.checks()], [["web", 1], ["db", 2]]);
    const web = store.records().get("web")!.state;
    assertEquals([web.status, web.attempts, web.passed], ["healthy", 31, 31]);
    const db = store.records().get("db")!.state;
    assertEquals([db.status, db.attempts, db.failed], ["unhealthy", 3, 3]);
    assertEquals(store.incidents()[0]?.lastReason.code, "refused");
    assertEquals(store.attempts(1, ALL).length, 31);
    assertEquals(store.attempts(2, ALL)[0]?.reason?.message, "no");
    const [day] = store.periods({
      checks: [1],
      step: "day",
      ...ALL,
      latency: true,
    }).get(1)!;
    assertEquals(day!.counts, [31, 0, 0, 0]);
    assertEquals(day!.spans, [0, 310_000, 0, 0, 0]);
    assert(!(day!.latency instanceof Uint8Array));
    assertEquals(day!.latency?.count, 31);
    store.write(entryOf(START + 310_000, START + 320_000, (events) => {
      events.attempt(1, attemptCode("pass", 5), START + 310_000);
    }));
    sealAll(store);
  }
  using store = new Store(at.path);
  assertEquals(store.attempts(1, ALL).length, 32);
  assert(store.records().get("web")!.state.attempts === 32);
});

Deno.test("a history is not half made where its making was interrupted", async () => {
  await using at = await place();
  const [first] = MIGRATIONS;
  const migrations: Migration[] = [{
    version: 1,
    run(database) {
      first!.run(database);
      throw new Error("The power fails");
    },
  }];
  assertThrows(() => new Store(at.path, { migrations }), Error, "The power");
  assertEquals(rows(at.path, "SELECT count(*) FROM sqlite_master"), [0]);
  using store = new Store(at.path);
  assertEquals(store.checks().size, 0);
});
