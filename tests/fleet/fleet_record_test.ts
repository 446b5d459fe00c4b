import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Snapshot } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { CheckRecord } from "../../src/fleet/record.ts";
import {
  FAIL,
  hang,
  PASS,
  scripted,
  type Step,
  WARN,
} from "../support/probes.ts";
import { advance, START } from "../support/time.ts";

/** What is kept of a check after some attempts, as it comes out of a file. */
async function recordOf(
  steps: readonly Step[],
  retries = 1,
): Promise<CheckRecord> {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted(steps), { id: "a", retries });
  for (const _ of steps) await fleet.attempt("a");
  return JSON.parse(JSON.stringify(fleet.record("a")));
}

Deno.test("record() is of checks that were tried", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a" });
  assertEquals(fleet.record("a"), undefined);
  assertEquals(fleet.record("nobody"), undefined);
  await fleet.attempt("a");
  const { id, type, target, status } = fleet.record("a")!;
  assertEquals([id, type, target, status], [
    "a",
    "script",
    "script",
    "healthy",
  ]);
});

Deno.test("add() with a record shows all as it was, as stale, until the first attempt", async () => {
  using time = new FakeTime(START);
  const before = new Fleet();
  before.add(scripted([WARN, FAIL, FAIL]), {
    id: "a",
    retries: 2,
    interval: 1000,
    backoff: false,
  });
  await advance(time, 5500);
  const was = before.get("a")!;
  const history = before.history("a");
  const record: CheckRecord = JSON.parse(JSON.stringify(before.record("a")));
  await before.close();
  await advance(time, 60_000);

  await using fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "a", initialDelay: "1s", record });
  assertEquals(fleet.get("a"), {
    ...was,
    nextAt: new Date(Date.now() + 1000),
    stale: true,
  });
  assertEquals(fleet.history("a"), history);
  assertEquals(fleet.rollup().status, "unhealthy");
  // What is written before that attempt is the same again.
  assertEquals(fleet.record("a"), record);
  await advance(time, 1001);
  const { status, attempts, transitions, stale } = fleet.get("a")!;
  assertEquals([status, stale], ["healthy", undefined]);
  assertEquals([attempts, transitions], [
    was.attempts + 1,
    was.transitions + 1,
  ]);
  assertEquals(fleet.history("a")!.attempts.length, was.attempts + 1);
});

Deno.test("add() counts on from a record: failures before a restart are failures", async () => {
  const record = await recordOf([PASS, FAIL, FAIL], 3);
  assertEquals([record.status, record.failures], ["healthy", 2]);
  const changes: string[] = [];
  await using fleet = new Fleet({
    background: false,
    onChange: ({ status }, before) =>
      changes.push(`${before.status} -> ${status}`),
  });
  fleet.add(scripted([FAIL]), { id: "a", retries: 3, record });
  await fleet.attempt("a");
  assertEquals(changes, ["healthy -> unhealthy"]);
});

Deno.test("add() does not report a restored status that did not change", async () => {
  const record = await recordOf([PASS]);
  const changes: Snapshot[] = [];
  await using fleet = new Fleet({
    background: false,
    onChange: (snapshot) => changes.push(snapshot),
  });
  fleet.add(scripted([PASS]), { id: "a", record });
  await fleet.attempt("a");
  assertEquals(changes, []);
  assertEquals(fleet.get("a")!.since.getTime(), record.since);
});

Deno.test("add() does not take over a record of something else", async () => {
  const record = await recordOf([PASS]);
  await using fleet = new Fleet({ background: false });
  for (const other of [{ type: "tcp" }, { target: "other" }]) {
    const id = JSON.stringify(other);
    fleet.add(scripted([PASS]), { id, record: { ...record, ...other } });
    assertEquals(fleet.get(id)!.status, "unknown");
    assertEquals(fleet.get(id)!.stale, undefined);
    assertEquals(fleet.history(id)!.attempts, []);
  }
});

Deno.test("add() with a record begins the start period anew", async () => {
  using time = new FakeTime(START);
  const record = await recordOf([PASS]);
  await advance(time, 3_600_000);
  await using fleet = new Fleet();
  fleet.add(scripted([FAIL]), {
    id: "a",
    retries: 1,
    interval: "1s",
    startPeriod: "5s",
    record,
  });
  assertEquals(fleet.get("a")!.starting, true);
  await advance(time, 4000);
  assertEquals(fleet.get("a")!.status, "healthy");
  await advance(time, 3000);
  assertEquals(fleet.get("a")!.status, "unhealthy");
});

Deno.test("attempt() with maxAge takes a young result of a record for a current one", async () => {
  using time = new FakeTime(START);
  const record = await recordOf([PASS]);
  await advance(time, 5000);
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([FAIL]), { id: "a", retries: 1, record });
  const healthy = fleet.until("healthy");
  const young = await fleet.attempt("a", { maxAge: "5s" });
  assertEquals([young.status, young.stale], ["healthy", undefined]);
  assertEquals(young.attempts, 1);
  assertEquals((await healthy).map(({ id }) => id), ["a"]);
  assertEquals(fleet.record("a"), record);
  await advance(time, 1);
  const old = await fleet.attempt("a", { maxAge: "5s" });
  assertEquals([old.status, old.attempts], ["unhealthy", 2]);
});

Deno.test("until() takes a status from before a restart for unknown", async () => {
  const record = await recordOf([PASS]);
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a", record });
  const added = fleet.until("healthy");
  fleet.add(scripted([PASS]), { id: "b", record: { ...record, id: "b" } });
  let isDone = false;
  void added.then(() => isDone = true);
  await fleet.attempt("a");
  assertEquals(isDone, false);
  await fleet.attempt("b");
  assertEquals((await added).map(({ stale }) => stale), [undefined, undefined]);
});

Deno.test("a stale check that is replaced or whose attempt is given up is stale still", async () => {
  using time = new FakeTime(START);
  const record = await recordOf([PASS]);
  await using fleet = new Fleet();
  fleet.add(scripted([hang]), { id: "a", record });
  await advance(time, 1);
  assertEquals(fleet.get("a")!.checking, true);
  fleet.replace(scripted([hang]), { id: "a" });
  const { status, stale } = fleet.get("a")!;
  assertEquals([status, stale], ["healthy", true]);
});
