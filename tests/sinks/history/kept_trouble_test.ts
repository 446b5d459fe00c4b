import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { DatabaseSync } from "node:sqlite";
import { Store } from "../../../src/sinks/history/store/store.ts";
import { PASS, scripted } from "../../support/probes.ts";
import { advance } from "../../support/time.ts";
import { crash, failing, keep, keptIn, writeKept } from "./keeping.ts";
import { place } from "./store/place.ts";

const START = Date.UTC(2026, 10, 26);

Deno.test("another file gets all values that are known, and keeps none of its own", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const keeping = await keep(at.path);
  const { keeper, said } = keeping;
  keeping.begin();
  keeper.kept.put("a", "1");
  keeper.kept.put("b", "1");
  await advance(time, 1500);
  {
    using other = new Store(`${at.path}-other`);
    const nothing = { batches: [], checks: "", states: [], forgotten: [] };
    const values = [["a", "old"], ["ended long ago", "old"]] as const;
    other.write({
      ...nothing,
      incidents: [],
      byHand: [],
      kept: { values, isAll: false },
    });
  }
  await Deno.rename(`${at.path}-other`, at.path);
  keeper.kept.put("c", "1");
  keeper.kept.put("b", null);
  const written = keeper.kept.written();
  await advance(time, 2000);
  assertEquals(await written, true);
  assertEquals(said, [
    `${at.path}: the history is another file, and begins anew`,
  ]);
  await crash(keeping);
  assertEquals([...keptIn(at.path)], [["a", "1"], ["c", "1"]]);
});

Deno.test("values of a file that could not be read at the start come back with it", async () => {
  await using at = await place();
  await writeKept(at.path, [["told", "1"], ["both", "old"]]);
  using time = new FakeTime(START);
  const away = `${at.path}-away`;
  await Deno.rename(at.path, away);
  await Deno.mkdir(at.path);
  const keeping = await keep(at.path);
  const { kept } = keeping.keeper;
  keeping.begin();
  kept.put("both", "new");
  kept.put("more", "1");
  assertEquals(await kept.written(), false);
  await advance(time, 1500);
  assertEquals(await kept.written(), false);
  await Deno.remove(at.path);
  await Deno.rename(away, at.path);
  await advance(time, 3000);
  assertEquals(await kept.written(), true);
  const expected = [["both", "new"], ["more", "1"], ["told", "1"]];
  assertEquals(kept.list("").toSorted(), expected);
  await crash(keeping);
  assertEquals([...keptIn(at.path)], expected);
});

Deno.test("values survive a day without a disk, also when all else had to be given up", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const keeping = await keep(at.path);
  const { fleet, line, keeper: { kept } } = keeping;
  fleet.add(scripted([PASS]), { id: "a" });
  keeping.begin();
  for (let i = 0; i < 1000; i++) kept.put(`before/${i}`, "x".repeat(1024));
  await advance(time, 1500);
  line.fault = ({ type }) =>
    type === "write" ? { type: "trouble", why: "disk full" } : undefined;
  for (let i = 0; i < 8; i++) {
    // Together far more than may wait.
    for (let n = 0; n < 20_000; n++) fleet.report("a", failing(`${i}/${n}`));
    for (let n = 0; n < 3000; n++) {
      kept.put(`during/${n}`, `${i}`.padEnd(1024));
      kept.put(`passing/${i}/${n}`, "x");
      kept.put(`passing/${i}/${n}`, null);
    }
    kept.put(`before/${i}`, null);
    const written = kept.written();
    await advance(time, 1000);
    assertEquals(await written, false);
    const last = line.requests.at(-1)!;
    assert(last.type === "write");
    const { values } = last.entry.kept!;
    assertEquals(values.length, 3000 + i + 1);
    line.requests.length = 0;
  }
  line.fault = undefined;
  await advance(time, 2500);
  assertEquals(await kept.written(), true);
  await crash(keeping);
  const values = keptIn(at.path);
  assertEquals(values.size, 992 + 3000);
  assertEquals(values.get("during/2999"), "7".padEnd(1024));
  assertEquals([values.has("before/7"), values.has("before/8")], [false, true]);
});

Deno.test("values alone do not make the history begin again", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const keeping = await keep(at.path);
  const { fleet, line, keeper: { kept } } = keeping;
  fleet.add(scripted([PASS]), { id: "a" });
  keeping.begin();
  await advance(time, 1500);
  line.fault = ({ type }) =>
    type === "write" ? { type: "trouble", why: "disk full" } : undefined;
  for (let n = 0; n < 200; n++) kept.put(`${n}`, "x".repeat(100_000));
  for (let i = 0; i < 3; i++) {
    fleet.report("a", PASS);
    await advance(time, 1000);
  }
  line.fault = undefined;
  await advance(time, 2000);
  await crash(keeping);
  using database = new DatabaseSync(at.path, { readOnly: true });
  const { bytes } = database.prepare(
    "SELECT sum(length(events)) AS bytes FROM log",
  ).get()!;
  // A beginning, and a status and an attempt of 12 to 14 bytes each.
  assert(Number(bytes) > 60, `${bytes}`);
  assertEquals(keptIn(at.path).size, 200);
});
