import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Outcome, Snapshot, Status } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { ERROR, FAIL, held, PASS, scripted, WARN } from "../support/probes.ts";
import { CountingSignal } from "../support/signals.ts";
import { advance, START } from "../support/time.ts";

/** A fleet whose checks have so many outcomes, one for each `attempt()`. */
function fleetOf(scripts: Record<string, readonly Outcome[]>): Fleet {
  const fleet = new Fleet({ background: false });
  for (const [id, script] of Object.entries(scripts)) {
    fleet.add(scripted(script), { id, retries: 1 });
  }
  return fleet;
}

/** What came of a promise by now. */
function outcomeOf<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const outcome: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => outcome.value = value,
    (error) => outcome.error = error,
  );
  return outcome;
}

function statuses(snapshots: readonly Snapshot[] | undefined): Status[] {
  return snapshots!.map(({ status }) => status);
}

Deno.test("until() resolves when all have the status at the same time", async () => {
  await using fleet = fleetOf({ a: [PASS, FAIL, PASS], b: [FAIL, PASS] });
  const result = outcomeOf(fleet.until("healthy"));
  await fleet.attemptAll();
  await fleet.attemptAll();
  // Each has been healthy by now, but not both at once.
  assertEquals(result, {});
  await fleet.attempt("a");
  assertEquals(statuses(result.value), ["healthy", "healthy"]);
});

Deno.test("until() gives what was known when all had the status", async () => {
  await using fleet = new Fleet({ background: false });
  const [up, down] = [held(), held()];
  fleet.add(scripted([FAIL, up.step]), { id: "a", retries: 1 });
  fleet.add(scripted([PASS, down.step]), { id: "b", retries: 1 });
  await fleet.attemptAll();
  const until = fleet.until("healthy");
  const attempt = fleet.attemptAll();
  // Both are healthy, but not for long.
  up.letGo(PASS);
  down.letGo(FAIL);
  assertEquals(statuses(await until), ["healthy", "healthy"]);
  await attempt;
  assertEquals(statuses(fleet.list()), ["healthy", "unhealthy"]);
});

Deno.test("until() resolves at once if all have the status", async () => {
  await using fleet = fleetOf({ a: [PASS] });
  assertEquals(statuses(await fleet.until("unknown")), ["unknown"]);
  await fleet.attemptAll();
  assertEquals(statuses(await fleet.until("healthy")), ["healthy"]);
});

Deno.test("until() takes any of several statuses", async () => {
  await using fleet = fleetOf({ a: [PASS], b: [WARN], c: [ERROR, FAIL] });
  const settled = fleet.until(["healthy", "degraded", "unhealthy"]);
  const result = outcomeOf(settled);
  await fleet.attemptAll();
  assertEquals(result, {});
  await fleet.attemptAll();
  assertEquals(statuses(await settled), ["healthy", "degraded", "unhealthy"]);
});

Deno.test("until() waits for some checks if they are named, and gives those", async () => {
  await using fleet = fleetOf({ a: [FAIL], b: [PASS], c: [PASS] });
  const until = fleet.until("healthy", { ids: new Set(["c", "b"]) });
  await fleet.attemptAll();
  assertEquals((await until).map(({ id }) => id), ["c", "b"]);
  const named = await fleet.until("unhealthy", { ids: ["a", "a"] });
  assertEquals(named.map(({ id }) => id), ["a"]);
});

Deno.test("until() waits in the background of a running fleet", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  fleet.add(scripted([FAIL, FAIL, PASS]), { id: "a", interval: "1s" });
  const result = outcomeOf(fleet.until("healthy"));
  await advance(time, 3000);
  assertEquals(statuses(result.value), ["healthy"]);
});

Deno.test("until() waits for a check that is added meanwhile", async () => {
  await using fleet = fleetOf({ a: [PASS] });
  const result = outcomeOf(fleet.until("healthy"));
  fleet.add(scripted([PASS]), { id: "b" });
  await fleet.attempt("a");
  assertEquals(result, {});
  await fleet.attempt("b");
  assertEquals(statuses(result.value), ["healthy", "healthy"]);
});

Deno.test("until() does not wait for checks that are added but not named", async () => {
  await using fleet = fleetOf({ a: [PASS] });
  const until = fleet.until("healthy", { ids: ["a"] });
  fleet.add(scripted([FAIL]), { id: "b" });
  await fleet.attempt("a");
  assertEquals((await until).length, 1);
});

Deno.test("until() no longer waits for a check that is removed, and rejects if it was named", async () => {
  await using fleet = fleetOf({ a: [PASS], b: [FAIL] });
  const all = fleet.until("healthy");
  const named = assertRejects(
    () => fleet.until("healthy", { ids: ["b", "a"] }),
    Error,
    'The check "b" was removed',
  );
  await fleet.attemptAll();
  await fleet.remove("b");
  assertEquals((await all).map(({ id }) => id), ["a"]);
  await named;
});

Deno.test("until() of no checks has nothing to wait for", async () => {
  await using fleet = fleetOf({});
  assertEquals(await fleet.until("healthy"), []);
  assertEquals(await fleet.until("healthy", { ids: [] }), []);
});

Deno.test("until() rejects an id that is not there", async () => {
  await using fleet = fleetOf({ a: [PASS] });
  await assertRejects(
    () => fleet.until("healthy", { ids: ["a", "b"] }),
    RangeError,
    '"b"',
  );
});

Deno.test("until() rejects when its signal aborts, and listens no longer than it waits", async () => {
  await using fleet = fleetOf({ a: [PASS] });
  const reason = new Error("Enough");
  const aborted = AbortSignal.abort(reason);
  assertStrictEquals(
    await assertRejects(() => fleet.until("unknown", { signal: aborted })),
    reason,
  );
  const controller = new AbortController();
  const waiting = fleet.until("healthy", { signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => waiting), reason);

  const counted = new CountingSignal();
  const until = fleet.until("healthy", { signal: counted.signal });
  assertEquals(counted.listeners, 1);
  await fleet.attemptAll();
  await until;
  assertEquals(counted.listeners, 0);
});

Deno.test("until() says which checks it waited for when it times out", async () => {
  using time = new FakeTime();
  await using fleet = fleetOf({ up: [PASS], down: [FAIL] });
  fleet.add(scripted([PASS]), { id: 'new "one"' });
  await fleet.attempt("up");
  await fleet.attempt("down");
  const end = new AbortController();
  setTimeout(
    () => end.abort(new DOMException("Signal timed out.", "TimeoutError")),
    5000,
  );
  const waiting = fleet.until(["healthy", "degraded"], { signal: end.signal });
  const rejected = assertRejects(() => waiting, Error);
  await time.tickAsync(5000);
  const error = await rejected;
  assertEquals(
    error.message,
    'Timed out waiting for healthy or degraded: "down" is unhealthy ' +
      '(Connection refused), "new \\"one\\"" is unknown',
  );
  assertEquals(error.name, "TimeoutError");
  assertStrictEquals(error.cause, end.signal.reason);
});

Deno.test("until() says which checks it waited for when it is aborted, but no more than five", async () => {
  await using fleet = new Fleet({ background: false });
  for (let i = 0; i < 8; i++) fleet.add(scripted([PASS]), { id: `c${i}` });
  const end = new AbortController();
  const { signal } = end;
  const some = fleet.until("healthy", { ids: ["c7"], signal });
  const all = fleet.until("healthy", { signal });
  await fleet.attempt("c0");
  void fleet.remove("c1");
  end.abort();
  const message = (wait: Promise<unknown>): Promise<string> =>
    assertRejects(() => wait, Error).then(({ name, message }) =>
      `${name}: ${message}`
    );
  assertEquals(
    await message(some),
    'AbortError: Stopped waiting for healthy: "c7" is unknown',
  );
  assertEquals(
    await message(all),
    'AbortError: Stopped waiting for healthy: "c2" is unknown, ' +
      '"c3" is unknown, "c4" is unknown, "c5" is unknown, "c6" is unknown, ' +
      "and 1 more",
  );
});

Deno.test("until() rejects when the fleet is closed", async () => {
  const fleet = fleetOf({ a: [PASS] });
  const waiting = [fleet.until("healthy"), fleet.until("degraded")]
    .map((until) => assertRejects(() => until, Error, "The fleet was closed"));
  await fleet.close();
  await Promise.all(waiting);
});
