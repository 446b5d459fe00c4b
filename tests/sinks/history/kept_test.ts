import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { DatabaseSync } from "node:sqlite";
import { Store } from "../../../src/sinks/history/store/store.ts";
import { FAIL, PASS, scripted } from "../../support/probes.ts";
import { advance } from "../../support/time.ts";
import { crash, keep, type Keeping, keptIn, writeKept } from "./keeping.ts";
import { place } from "./store/place.ts";

const START = Date.UTC(2026, 10, 26);

async function read(path: string): Promise<Map<string, string>> {
  const keeping = await keep(path);
  const values = keeping.keeper.kept.list("");
  await crash(keeping);
  return new Map(values);
}

Deno.test("values outlive the process, byte for byte, and removed ones do not", async () => {
  await using at = await place();
  const values: [string, string][] = [
    ["plain", "value"],
    ["", ""],
    ["large", "ä€😀x".repeat(25_000)],
    ["NUL\0in a name", "a\0b\0"],
    ["half \ud800 of a pair", "\udc00 \ud83d"],
    ["__proto__", "prototype"],
    ["constructor", "toString"],
    ["maintenance", "not what it looks like"],
    ['"quoted"', '"quoted"'],
    ["'; DROP TABLE kept; --", "%_*?["],
    ["line\nbreak", "\u2028\r\n"],
  ];
  await writeKept(at.path, [...values, ["gone", "soon"]]);
  assertEquals(await read(at.path), new Map([...values, ["gone", "soon"]]));
  await writeKept(at.path, [["gone", null], ["never there", null]]);
  assertEquals(await read(at.path), new Map(values));
});

Deno.test("values and maintenance by hand do not get in each other's way", async () => {
  await using at = await place();
  const now = Date.now();
  const byHand = { check: "a", from: now, to: now + 1e6, reason: null };
  await writeKept(at.path, [["maintenance", "x"], ["n", "y"]]);
  const keeping = await keep(at.path);
  keeping.fleet.add(scripted([PASS]), { id: "a" });
  keeping.incidents.maintenance.start(["a"], { durationMs: 1e6 });
  keeping.begin();
  await keeping.fleet.close();
  await keeping.keeper.close();
  using store = new Store(at.path, { readOnly: true });
  assertEquals(store.byHand().map(({ check }) => check), [byHand.check]);
  assertEquals([...store.kept()], [["maintenance", "x"], ["n", "y"]]);
});

Deno.test("maintenance by hand of an earlier file counts since it was started", async () => {
  await using at = await place();
  const earlier = { check: "a", from: 1, to: 2, reason: "Disks" };
  {
    using _store = new Store(at.path);
  }
  {
    using database = new DatabaseSync(at.path);
    database.prepare("REPLACE INTO kept VALUES ('maintenance', ?)")
      .run(JSON.stringify([earlier]));
  }
  using store = new Store(at.path, { readOnly: true });
  assertEquals(store.byHand(), [{ ...earlier, isStopped: false, at: 1 }]);
});

Deno.test("a file from before there were values has none, and rows of others are left alone", async () => {
  await using at = await place();
  {
    using _store = new Store(at.path);
  }
  {
    using database = new DatabaseSync(at.path);
    database.exec(`INSERT INTO kept VALUES
      ('maintenance', '[]'), ('other', 'x'), ('"torn', '"x'), ('"t"', '{'),
      ('"fine"', '"value"')`);
  }
  assertEquals([...await read(at.path)], [["fine", "value"]]);
  await writeKept(at.path, [["more", "1"]]);
  assertEquals([...await read(at.path)], [["fine", "value"], ["more", "1"]]);
  using database = new DatabaseSync(at.path);
  const names = database.prepare("SELECT name FROM kept").all();
  assertEquals(names.length, 6);
});

/** Has a value put for each incident, in the middle of its step. */
function putIncidents({ incidents, keeper: { kept } }: Keeping): void {
  incidents.observe((step) => {
    if (step.type === "maintenance") return;
    const { id, ended } = step.incident;
    kept.put(`incident/${id}`, `${ended}`);
  });
}

Deno.test("a value that is put when an incident begins is written with it, early if somebody waits", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const keeping = await keep(at.path);
  const { fleet, line, keeper } = keeping;
  fleet.add(scripted([PASS]), { id: "a", retries: 1 });
  putIncidents(keeping);
  keeping.begin();
  await advance(time, 5000);
  line.requests.length = 0;
  fleet.report("a", FAIL);
  const before = time.now;
  let waitedMs = Infinity;
  const waited = keeper.kept.written().then((isWritten) => {
    waitedMs = time.now - before;
    return isWritten;
  });
  await advance(time, 1000);
  assertEquals(await waited, true);
  assert(waitedMs <= 200, `${waitedMs}`);
  const entries = line.requests.flatMap((request) =>
    request.type === "write" ? [request.entry] : []
  ).filter(({ kept, incidents }) => kept || incidents.length > 0);
  assertEquals(entries.length, 1);
  assertEquals(entries[0]!.incidents.length, 1);
  assertEquals(entries[0]!.kept!.values.map(([, value]) => value), ["null"]);
  await crash(keeping);
});

for (const table of ["incidents", "kept"]) {
  Deno.test(`neither a value nor its incident is written if the row in ${table} cannot be`, async () => {
    await using at = await place();
    {
      using _store = new Store(at.path);
    }
    {
      using database = new DatabaseSync(at.path);
      database.exec(`CREATE TRIGGER refuse BEFORE INSERT ON ${table}
        BEGIN SELECT RAISE(ABORT, 'database is locked'); END`);
    }
    using time = new FakeTime(START);
    const keeping = await keep(at.path);
    const { fleet, said } = keeping;
    fleet.add(scripted([PASS]), { id: "a", retries: 1 });
    putIncidents(keeping);
    keeping.begin();
    fleet.report("a", FAIL);
    await advance(time, 2000);
    assertEquals(said, [
      `${at.path}: the history cannot be kept: database is locked`,
    ]);
    const rows = (): [number, number] => {
      using store = new Store(at.path, { readOnly: true });
      return [store.incidents().length, store.kept().size];
    };
    assertEquals(rows(), [0, 0]);
    {
      using database = new DatabaseSync(at.path);
      database.exec("DROP TRIGGER refuse");
    }
    await advance(time, 2000);
    await crash(keeping);
    assertEquals(rows(), [1, 1]);
  });
}

Deno.test("there are at most five writes a second, however many wait", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const keeping = await keep(at.path);
  const { fleet, line, keeper } = keeping;
  fleet.add(scripted([PASS]), { id: "a" });
  keeping.begin();
  fleet.report("a", PASS);
  await advance(time, 3000);
  const waiting: Promise<boolean>[] = [];
  line.requests.length = 0;
  for (let i = 0; i < 1000; i++) {
    keeper.kept.put("a", `${i}`);
    waiting.push(keeper.kept.written());
    await advance(time, 10);
  }
  const writes = line.requests.length;
  assert(writes >= 40 && writes <= 51, `${writes}`);
  // Nobody waits any more: it is once a second again.
  line.requests.length = 0;
  await advance(time, 10_000);
  assert(line.requests.length <= 12, `${line.requests.length}`);
  assert((await Promise.all(waiting)).every(Boolean));
  await crash(keeping);
});

Deno.test("what is put until the end is in the last write", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const keeping = await keep(at.path);
  const { fleet, keeper } = keeping;
  fleet.add(scripted([PASS]), { id: "a", retries: 1 });
  putIncidents(keeping);
  keeping.begin();
  await advance(time, 1500);
  fleet.report("a", FAIL);
  keeper.kept.put("last", "words");
  const written = keeper.kept.written();
  await fleet.close();
  await keeper.close();
  assertEquals(await written, true);
  const values = keptIn(at.path);
  assertEquals([values.size, values.get("last")], [2, "words"]);
  // Nobody waits for ever.
  keeper.kept.put("late", "x");
  assertEquals(await keeper.kept.written(), false);
});
