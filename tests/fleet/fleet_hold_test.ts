import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Secrets } from "../../src/core/secrets.ts";
import type { Probe } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { isolateHold } from "../../src/fleet/run/shared_resources.ts";
import { monitor } from "../../src/fleet/monitor.ts";
import { PASS, scripted } from "../support/probes.ts";

/** Something to hold, and how often it is held and was let go of. */
function shared(): { held: number; freed: number; hold: () => Disposable } {
  const counts = { held: 0, freed: 0, hold };
  function hold(): Disposable {
    counts.held++;
    return { [Symbol.dispose]: () => void counts.freed++ };
  }
  return counts;
}

function holding(hold: () => Disposable): Probe {
  return Object.assign(scripted([PASS]), { hold });
}

Deno.test("Fleet holds what probes share once, until the last of them is gone", async () => {
  const [one, other] = [shared(), shared()];
  await using fleet = new Fleet({ background: false });
  fleet.add(holding(one.hold), { id: "a" });
  fleet.add(holding(one.hold), { id: "b" });
  fleet.add(holding(other.hold), { id: "c" });
  fleet.add(scripted([PASS]), { id: "d" });
  await fleet.attemptAll();
  assertEquals([one.held, other.held], [1, 1]);
  await fleet.remove("a");
  await fleet.remove("a");
  assertEquals([one.freed, other.freed], [0, 0]);
  await fleet.remove("b");
  assertEquals([one.freed, other.freed], [1, 0]);
  fleet.add(holding(one.hold), { id: "a" });
  assertEquals([one.held, one.freed], [2, 1]);
  await fleet.close();
  await fleet.close();
  assertEquals([one.freed, other.freed], [2, 1]);
});

Deno.test("Fleet goes on holding what a probe and the one in its place share", async () => {
  const [one, other] = [shared(), shared()];
  await using fleet = new Fleet({ background: false });
  fleet.add(holding(one.hold), { id: "a" });
  fleet.replace(holding(one.hold), { id: "a" });
  await fleet.attemptAll();
  assertEquals([one.held, one.freed], [1, 0]);
  fleet.replace(holding(other.hold), { id: "a" });
  await fleet.attemptAll();
  assertEquals([one.freed, other.held, other.freed], [1, 1, 0]);
});

/** Wrong ones, and what is said of them. */
const WRONG = [
  [() => 5, "to return a Disposable, got 5"],
  [() => null, "to return a Disposable, got null"],
  [() => ({}), "to return a Disposable, got {}"],
  [() => {
    throw new Error("no client");
  }, "threw Error: no client"],
] as const;

for (const [wrong, message] of WRONG) {
  const probe = holding(wrong as () => Disposable);

  Deno.test(`a fleet refuses a probe whose hold says: ${message}`, async () => {
    await using fleet = new Fleet({ background: false });
    fleet.add(scripted([PASS]), { id: "b" });
    assertThrows(() => fleet.add(probe, { id: "a" }), TypeError, message);
    assertThrows(() => fleet.replace(probe, { id: "b" }), TypeError, message);
    assertEquals(fleet.ids(), ["b"]);
    assertEquals((await fleet.attempt("b")).status, "healthy");
  });

  Deno.test(`isolateHold() makes it an error of that check alone if a hold says: ${message}`, async () => {
    await using fleet = new Fleet({ background: false });
    isolateHold(probe, (probe) => fleet.add(probe, { id: "a" }));
    isolateHold(
      scripted([PASS]),
      (probe) => fleet.add(probe, { id: "b" }),
    );
    const [a, b] = await fleet.attemptAll();
    assertEquals([a!.verdict, b!.verdict], ["error", "pass"]);
    assertStringIncludes(a!.reason!.message, message);
    assertEquals([a!.type, a!.target], [probe.type, probe.target]);
  });

  Deno.test(`a monitor refuses a probe whose hold says: ${message}`, async () => {
    await assertRejects(() => monitor(probe).next(), TypeError, message);
  });
}

Deno.test("the error of a hold that throws has no secrets, and its cause", async () => {
  await using fleet = new Fleet({ background: false });
  const cause = new Error("no client for hunter22");
  const probe = Object.assign(
    holding(() => {
      throw cause;
    }),
    { secrets: new Secrets([["hunter22", "${PASSWORD}"]]) },
  );
  const error = assertThrows(() => fleet.add(probe, { id: "a" }), TypeError);
  assertEquals(error.message.includes("hunter22"), false);
  assertStrictEquals(error.cause, cause);
});

Deno.test("onError gets what a resource throws when it is disposed of, and everything else still ends", async () => {
  const errors: unknown[] = [];
  const fleet = new Fleet({
    background: false,
    onError: (error) => void errors.push(error),
  });
  const steps: string[] = [];
  fleet.observe(({ type }) => void steps.push(type));
  const error = new Error("in use");
  const hold = (): Disposable => ({
    [Symbol.dispose]() {
      throw error;
    },
  });
  fleet.add(holding(hold), { id: "a" });
  await fleet.remove("a");
  assertEquals(errors, [error]);
  fleet.add(holding(hold), { id: "a" });
  await fleet.close();
  assertEquals(errors, [error, error]);
  assertEquals(steps, ["join", "leave", "join", "close"]);
});

/** A probe whose `hold` does something, and how often what it holds was freed. */
function doing(act: () => void): { probe: Probe; freed: () => number } {
  let freed = 0;
  const probe = holding(() => {
    act();
    return { [Symbol.dispose]: () => void freed++ };
  });
  return { probe, freed: () => freed };
}

Deno.test("add() throws if a hold takes the id, closes the fleet or aborts the signal", async () => {
  const abort = new AbortController();
  const acts: readonly (readonly [(fleet: Fleet) => void, string, string[]])[] =
    [
      [(it) => it.add(scripted([PASS]), { id: "a" }), '"a" already', ["a"]],
      [(it) => void it.close(), "closed", []],
      [() => abort.abort(new Error("enough")), "enough", []],
    ];
  for (const [act, message, ids] of acts) {
    await using fleet = new Fleet({ background: false });
    const { probe, freed } = doing(() => act(fleet));
    const { signal } = abort;
    assertThrows(() => fleet.add(probe, { id: "a", signal }), Error, message);
    assertEquals([fleet.ids(), freed()], [ids, 1]);
    assertEquals(fleet.rollup().counts.unknown, ids.length);
  }
});

Deno.test("replace() throws if a hold removes the check, and takes the place of one that it adds", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a" });
  const removing = doing(() => void fleet.remove("a"));
  assertThrows(
    () => fleet.replace(removing.probe, { id: "a" }),
    RangeError,
    '"a"',
  );
  assertEquals([fleet.ids(), removing.freed()], [[], 1]);
  fleet.add(scripted([PASS]), { id: "a" });
  const replacing = doing(() => fleet.replace(scripted([PASS]), { id: "a" }));
  fleet.replace(replacing.probe, { id: "a" });
  assertStrictEquals(fleet.probe("a"), replacing.probe);
  assertEquals(fleet.rollup().counts.unknown, 1);
  await fleet.close();
  assertEquals(replacing.freed(), 1);
});

Deno.test("a hold that adds a check with the same hold keeps one resource", async () => {
  let [held, freed] = [0, 0];
  const fleet = new Fleet({ background: false });
  const probe = holding(() => {
    if (held++ === 0) fleet.add(probe, { id: "inner" });
    return { [Symbol.dispose]: () => void freed++ };
  });
  fleet.add(probe, { id: "outer" });
  assertEquals([fleet.ids(), held, freed], [["inner", "outer"], 2, 1]);
  await fleet.close();
  assertEquals([held, freed], [2, 2]);
});
