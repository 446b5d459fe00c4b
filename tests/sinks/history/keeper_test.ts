import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import type { CheckRecord } from "../../../src/fleet/record.ts";
import { Store } from "../../../src/sinks/history/store/store.ts";
import { FAIL, PASS, scripted } from "../../support/probes.ts";
import { advance, SettableTime } from "../../support/time.ts";
import { crash, failing, keep, known, OUTCOME, recordsOf } from "./keeping.ts";
import { place } from "./store/place.ts";

const START = Date.UTC(2026, 10, 26);
const DAY = 86_400_000;

/** What happens to a check, again and again, and how long it takes. */
const ACT = fc.record({
  check: fc.constantFrom("a", "b"),
  what: fc.constantFrom("report", "report", "report", "replace", "retarget"),
  outcome: OUTCOME,
  times: fc.integer({ min: 1, max: 5 }),
  ms: fc.constantFrom(10, 500, 3000, 9000),
}, { noNullPrototype: true });

Deno.test("a history has after a crash what the fleet knew at the last write", async () => {
  await using at = await place();
  let nth = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(ACT, { minLength: 1, maxLength: 40 }),
      async (acts) => {
        using time = new FakeTime(START + 250_000);
        const path = `${at.path}${nth++}`;
        const kept = await keep(path);
        const { fleet, said } = kept;
        let target = 0;
        const probeOf = () =>
          Object.assign(scripted([PASS]), { target: `t${target}` });
        const options = { retries: 2, rise: 2, startPeriod: "30s" };
        fleet.add(probeOf(), { id: "a", ...options });
        fleet.add(probeOf(), { id: "b", retries: 3 });
        kept.begin();
        for (const { check, what, outcome, times, ms } of acts) {
          if (what === "retarget") target++;
          if (what !== "report") {
            fleet.replace(probeOf(), { id: check, retries: 1 + times % 3 });
          }
          for (let i = 0; i < times; i++) {
            fleet.report(check, outcome, { durationMs: 12 });
            await advance(time, ms);
          }
        }
        await advance(time, 3000);
        const expected = ["a", "b"].map((id) => known(fleet.record(id)))
          .filter(Boolean);
        await crash(kept);
        assertEquals(recordsOf(path).map(known), expected);
        assertEquals(said, []);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("a check in a steady row costs no states, only attempts", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const kept = await keep(at.path);
  const { fleet, line } = kept;
  fleet.add(scripted([PASS]), { id: "a" });
  kept.begin();
  fleet.report("a", PASS, { durationMs: 1 });
  await advance(time, 3000);
  const before = line.requests.length;
  for (let i = 0; i < 20; i++) {
    fleet.report("a", { ...PASS, detail: { i } }, { durationMs: i });
    await advance(time, 1000);
  }
  const states = line.requests.slice(before).flatMap((request) =>
    request.type === "write" ? request.entry.states : []
  );
  assertEquals(states, []);
  fleet.report("a", FAIL);
  await advance(time, 1000);
  const last = line.requests.at(-1)!;
  assert(last.type === "write" && last.entry.states.length === 1);
  await fleet.close();
  await kept.keeper.close();
  const [record] = recordsOf(at.path);
  assertEquals(record?.attempts, 22);
});

Deno.test("what could not be written is written later, and the user is told once", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const kept = await keep(at.path);
  const { fleet, line, said } = kept;
  fleet.add(scripted([PASS]), { id: "a" });
  kept.begin();
  await advance(time, 1500);
  line.fault = ({ type }) =>
    type === "write" ? { type: "trouble", why: "disk full" } : undefined;
  for (let i = 0; i < 30; i++) {
    fleet.report("a", i % 3 === 0 ? FAIL : PASS);
    await advance(time, 1000);
  }
  assertEquals(said, [`${at.path}: the history cannot be kept: disk full`]);
  line.fault = undefined;
  await advance(time, 2000);
  assertEquals(said.slice(1), [`${at.path}: the history is kept again`]);
  await crash(kept);
  const [record] = recordsOf(at.path);
  assertEquals([record?.attempts, record?.history.attempts.length], [30, 30]);
  using store = new Store(at.path, { readOnly: true });
  const [period] = store.periods({
    checks: [store.checks().get("a")!],
    step: "day",
    from: START,
    to: START + DAY,
    latency: false,
  }).values().next().value!;
  assertEquals(period?.counts, [20, 0, 10, 0]);
});

Deno.test("a clock that is set back a day loses nothing, and counts no time twice", async () => {
  using time = new SettableTime();
  await using at = await place();
  const kept = await keep(at.path);
  const { fleet, said } = kept;
  fleet.add(scripted([PASS]), { id: "a" });
  kept.begin();
  for (let i = 0; i < 60; i++) {
    fleet.report("a", PASS);
    await time.advance(1000);
    if (i === 29) time.setClock(-DAY);
    if (i === 44) time.setClock(DAY - 30_000);
  }
  await time.advance(1000);
  const expected = known(fleet.record("a"));
  await crash(kept);
  assertEquals(recordsOf(at.path).map(known), [expected]);
  assertEquals(said, []);
  using store = new Store(at.path, { readOnly: true });
  const [today, other, ...rest] = store.periods({
    checks: [1],
    step: "day",
    from: 0,
    to: 2 ** 43,
    latency: false,
  }).get(1)!.toReversed();
  assertEquals(rest, []);
  const all = [today!, other!];
  assertEquals(all.reduce((sum, { counts }) => sum + counts[0]!, 0), 60);
  // The last 15 s were watched before.
  const seconds = all.map(({ spans }) => Math.round(spans[1]! / 1000));
  assert(Math.abs(seconds[1]! - 15) <= 2, `${seconds}`);
  assert(Math.abs(seconds[0]! - 31) <= 2, `${seconds}`);
});

Deno.test("what waits is bounded, and beyond that the history begins again with what is known", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const kept = await keep(at.path);
  const { fleet, line } = kept;
  fleet.add(scripted([PASS]), { id: "a", retries: 1 });
  fleet.add(scripted([PASS]), { id: "b" });
  kept.begin();
  fleet.report("a", PASS);
  fleet.report("b", PASS);
  await advance(time, 1500);
  line.fault = ({ type }) =>
    type === "write" ? { type: "trouble", why: "disk full" } : undefined;
  let most = 0;
  for (let i = 0; i < 6; i++) {
    for (let n = 0; n < 20_000; n++) fleet.report("a", failing(`${i}/${n}`));
    await advance(time, 1000);
    const last = line.requests.at(-1)!;
    if (last.type !== "write") continue;
    const bytes = last.entry.batches.reduce(
      (sum, it) => it.reasons.reduce((sum, it) => sum + it.message.length, sum),
      0,
    );
    most = Math.max(most, bytes);
    line.requests.length = 0;
  }
  fleet.report("a", FAIL);
  await advance(time, 1000);
  assert(most > 8e6 && most < 20e6, `${most}`);
  line.fault = undefined;
  await advance(time, 2000);
  const expected = fleet.ids().map((id) => {
    const { history: _, ...rest } = fleet.record(id)!;
    return rest;
  });
  await crash(kept);
  const records = recordsOf(at.path).map(({ history: _, ...rest }) => rest);
  assertEquals(
    known(records[0] as CheckRecord),
    known(expected[0] as CheckRecord),
  );
  assertEquals(records.length, 2);
});

Deno.test("another file in the place of a history gets all that is known", async () => {
  using time = new FakeTime(START);
  await using at = await place();
  const kept = await keep(at.path);
  const { fleet, said } = kept;
  for (const id of ["a", "b"]) fleet.add(scripted([PASS]), { id, retries: 1 });
  kept.begin();
  fleet.report("a", FAIL);
  fleet.report("b", PASS);
  await advance(time, 1500);
  await Deno.remove(at.path);
  // One whose checks have other numbers, and that has a past.
  {
    using other = new Store(`${at.path}-other`);
    other.write({
      batches: [],
      checks: '[[1,"b"],[7,"x"]]',
      states: [[7, "{}"]],
      forgotten: [],
      incidents: [],
    });
  }
  await Deno.rename(`${at.path}-other`, at.path);
  await advance(time, 3000);
  fleet.report("b", PASS);
  await advance(time, 1500);
  assertEquals(said, [
    `${at.path}: the history is another file, and begins anew`,
  ]);
  const expected = ["b", "a"].map((id) => known(fleet.record(id)));
  await crash(kept);
  using store = new Store(at.path, { readOnly: true });
  const checks = store.checks();
  assertEquals([...checks], [["b", 1], ["x", 7], ["a", 8]]);
  assertEquals(
    recordsOf(at.path).map((record) =>
      known({ ...record, history: fleet.record(record.id)!.history })
    ),
    expected,
  );
  assertEquals(store.incidents().map(({ check, ended }) => [check, ended]), [
    ["a", null],
  ]);
});
