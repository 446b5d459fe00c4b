import { assert, assertEquals } from "@std/assert";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Pulse } from "../../../src/sinks/alive/pulse.ts";
import { after, hang, PASS, scripted } from "../../support/probes.ts";
import { HERE, OtherAgent, sharedFleet } from "../../support/sharing.ts";
import { SettableTime } from "../../support/time.ts";

const { signal } = new AbortController();

Deno.test("a fleet is well while its attempts are made, and while none is due", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet();
  const pulse = new Pulse(fleet, signal);
  assertEquals(pulse.stillFor(), null);
  await time.advance(600_000);
  assertEquals(pulse.stillFor(), null, "without checks");
  fleet.add(scripted([PASS]), { id: "a", interval: "1h" });
  fleet.add(scripted([PASS]), { id: "b", interval: "10s" });
  for (let i = 0; i < 100; i++) {
    await time.advance(3000);
    assertEquals(pulse.stillFor(), null);
  }
  await fleet.remove("b");
  for (let i = 0; i < 100; i++) {
    await time.advance(60_000);
    assertEquals(pulse.stillFor(), null, `after ${i} minutes`);
  }
});

Deno.test("a fleet is not well while nothing is begun that is due", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet();
  const pulse = new Pulse(fleet, signal);
  fleet.add(scripted([PASS]), { id: "a", interval: "60s" });
  fleet.add(scripted([PASS]), { id: "b", interval: "1h" });
  await time.advance(300_000);
  // From now on, no timer fires.
  time.block(fleet.get("a")!.nextAt!.getTime() - Date.now() + 29_000);
  assertEquals(pulse.stillFor(), null, "less than 30 s late");
  time.block(2000);
  assertEquals(Math.round(pulse.stillFor()! / 1000), 91);
  await time.advance(61_000);
  assertEquals(pulse.stillFor(), null, "the timers fire again");
});

Deno.test("a fleet is well during a long attempt, and not if that does not end", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet({ concurrency: 1 });
  const pulse = new Pulse(fleet, signal);
  const long = { timeout: "5m", interval: "10m" };
  fleet.add(scripted([after(280_000, PASS)]), { id: "long", ...long });
  // It is due all the time, and waits for a place.
  fleet.add(scripted([PASS]), { id: "b", interval: "10s" });
  for (let i = 0; i < 27; i++) {
    await time.advance(10_000);
    assertEquals(pulse.stillFor(), null, `after ${i * 10} s`);
  }
  await time.advance(30_000);
  assertEquals(fleet.get("b")?.verdict, "pass");
  await fleet.remove("b");
  await fleet.remove("long");
  fleet.add(scripted([hang]), { id: "hangs", timeout: "5s", interval: "1h" });
  await time.advance(1000);
  assertEquals(fleet.get("hangs")?.checking, true);
  // Its deadline does not come, as no timer fires.
  time.block(33_000);
  assertEquals(pulse.stillFor(), null);
  time.block(2000);
  assert(pulse.stillFor()! >= 35_000);
});

Deno.test("a fleet is well while each attempt times out and others wait long", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet({ concurrency: 2 });
  const pulse = new Pulse(fleet, signal);
  for (let i = 0; i < 40; i++) {
    fleet.add(scripted([hang]), { id: `${i}`, timeout: "20s" });
  }
  for (let i = 0; i < 60; i++) {
    await time.advance(10_000);
    assertEquals(pulse.stillFor(), null);
  }
  assert(fleet.stats().lagMs.sum > 1e6, "others waited long");
});

for (
  const [what, ms] of [["forward", 86_400_000], ["back", -86_400_000]] as const
) {
  Deno.test(`a clock that is set ${what} makes nothing late`, async () => {
    using time = new SettableTime();
    await using fleet = new Fleet();
    const pulse = new Pulse(fleet, signal);
    fleet.add(scripted([PASS]), { id: "a", interval: "10m" });
    await time.advance(60_000);
    time.setClock(ms);
    for (let i = 0; i < 60; i++) {
      await time.advance(20_000);
      assertEquals(pulse.stillFor(), null, `after ${i * 20} s`);
    }
    time.block(700_000);
    assert(pulse.stillFor()! > 600_000);
  });
}

Deno.test("checks that make no attempts are never late", async () => {
  using time = new SettableTime();
  await using fleet = new Fleet({ background: false });
  const pulse = new Pulse(fleet, signal);
  fleet.add(scripted([PASS]), { id: "a" });
  await time.advance(3_600_000);
  assertEquals(pulse.stillFor(), null);
});

Deno.test("a fleet is well while other agents make the attempts that are due", async () => {
  using time = new SettableTime();
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const pulse = new Pulse(fleet, signal);
  fleet.add(scripted([PASS]), { id: "a", interval: "10s" });
  fleet.adopt("a", new OtherAgent().find(PASS));
  await time.advance(300_000);
  assert(fleet.get("a")!.nextAt!.getTime() < Date.now() - 60_000);
  assertEquals(pulse.stillFor(), null);
  fleet.release("a", HERE);
  assertEquals(pulse.stillFor(), null, "it is due just now");
  time.block(31_000);
  assert(pulse.stillFor()! >= 31_000);
});

Deno.test("a fleet is well while its agent may not act, and has time when it may again", async () => {
  using time = new SettableTime();
  const shared = sharedFleet();
  await using fleet = shared.fleet;
  const pulse = new Pulse(fleet, signal);
  fleet.add(scripted([PASS]), { id: "a", interval: "10s" });
  fleet.release("a", HERE);
  await time.advance(60_000);
  shared.acts = false;
  await time.advance(300_000);
  assertEquals(pulse.stillFor(), null);
  shared.acts = true;
  assertEquals(pulse.stillFor(), null);
  time.block(31_000);
  assert(pulse.stillFor()! >= 31_000);
});
