import { assertEquals } from "@std/assert";
import type { Probe } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
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
