import { assert, assertEquals } from "@std/assert";
import { vantagesOf } from "../../../src/core/cluster/vantage.ts";
import { WHOLE_MS, World, type WorldOptions } from "./world.ts";

interface Bounds {
  /** How long nobody runs a check at most, in milliseconds. */
  readonly gap: number;
  /** How long two run a check at most, in milliseconds. */
  readonly double: number;
  /** How many checks are started; those that need not move are not. */
  readonly starts: number;
}

/** Runs a fault in a new world, and compares what it leads to. */
function withFault(
  run: (world: World) => Partial<Bounds>,
  options: Partial<WorldOptions> = {},
): void {
  for (const seed of [1, 2, 3]) {
    const world = new World({ seed, agents: 5, checks: 500, ...options });
    world.checkWhole();
    const bounds = run(world);
    world.run(WHOLE_MS);
    world.checkWhole();
    const { gap, double } = world.coverage.longest(world.now);
    assert(gap <= (bounds.gap ?? 0), `run by nobody for ${gap} ms`);
    assert(double <= (bounds.double ?? 0), `run by two for ${double} ms`);
    if (bounds.starts !== undefined) {
      assertEquals(world.coverage.starts, bounds.starts, "starts");
    }
  }
}

Deno.test("cluster: others take over from an agent that is killed", () => {
  withFault((world) => {
    const agent = world.random.of(world.agents);
    const starts = agent.assignment.running;
    world.crash(agent);
    return { gap: 11_500, starts };
  });
});

Deno.test("cluster: an agent that leaves goes on until others have taken over", () => {
  withFault((world) => {
    const agent = world.random.of(world.agents);
    const starts = agent.assignment.running;
    world.leave(agent);
    return { double: 1_000, starts };
  });
});

Deno.test("cluster: an agent that joins takes its own share only", () => {
  withFault((world) => {
    const agent = world.join();
    world.run(5_000);
    return { gap: 100, double: 100, starts: agent.assignment.running };
  });
});

Deno.test("cluster: an agent that starts again at once has what it had", () => {
  withFault((world) => {
    const agent = world.restart(world.random.of(world.agents));
    world.run(5_000);
    return { gap: 1_000, starts: agent.assignment.running };
  });
});

Deno.test("cluster: nothing moves while an agent is stopped for 6 s", () => {
  withFault((world) => {
    const agent = world.random.of(world.agents);
    agent.pause();
    world.run(6_000);
    agent.resume();
    return { gap: 6_000, starts: 0 };
  });
});

Deno.test("cluster: an agent that was stopped for 30 s waits until it is in again", () => {
  withFault((world) => {
    const agent = world.random.of(world.agents);
    agent.pause();
    world.run(30_000);
    agent.resume();
    return { gap: 11_500, double: 1_000 };
  });
});

Deno.test("cluster: an agent that is cut off goes on, and others take over", () => {
  withFault((world) => {
    const agent = world.random.of(world.agents);
    const starts = 2 * agent.assignment.running;
    agent.cut({ requests: true, watch: true });
    world.run(40_000);
    world.heal(agent);
    return { gap: 1_500, double: 35_000, starts };
  });
});

Deno.test("cluster: all go on as they were while the register is gone", () => {
  withFault((world) => {
    world.setRegister(false);
    world.run(60_000);
    assertEquals(world.coverage.odd(), 0);
    assertEquals(world.agents.filter((a) => a.teller.tells(a.now)).length, 1);
    world.setRegister(true);
    return { starts: 0 };
  });
});

Deno.test("cluster: a register that has lost its keys moves no check", () => {
  withFault((world) => {
    world.restartRegister("all");
    world.run(20_000);
    world.setRegister(true);
    return { gap: 3_000, starts: 500 };
  });
});

Deno.test("cluster: agents that get another config one by one leave no check alone", () => {
  withFault((world) => {
    world.roll("two", 4_000);
    world.run(20_000);
    return { gap: 100, double: 20_000 };
  });
});

Deno.test("cluster: an agent that starts while the register is gone runs all checks", () => {
  withFault((world) => {
    world.setRegister(false);
    const agent = world.join();
    world.run(15_000);
    assertEquals(agent.assignment.running, 500);
    world.setRegister(true);
    return { gap: 100, double: 20_000 };
  });
});

Deno.test("cluster: of two agents with the same id, the newer one stays", () => {
  const world = new World({ seed: 1, agents: 3, checks: 500 });
  const [old] = world.agents;
  const agent = world.join(old!.id);
  world.run(WHOLE_MS);
  assertEquals(old!.membership.stage, "replaced");
  assertEquals(agent.membership.stage, "member");
  assertEquals(world.coverage.odd(), 0);

  world.crash(agent);
  world.run(WHOLE_MS);
  assertEquals(old!.membership.stage, "member");
  world.checkWhole();
});

Deno.test("cluster: a register that was set back makes no second teller", () => {
  const world = new World({ seed: 1, agents: 3, checks: 10 });
  world.run(30_000);
  const first = world.teller();
  world.run(20_000 - world.now % 20_000 + 1);
  // Another one takes over after the register was saved.
  first.cut({ requests: true, watch: true });
  world.run(12_000);
  world.heal(first);
  world.run(3_000);
  const second = world.teller();
  assert(first !== second);
  world.restartRegister("recent");
  world.setRegister(true);
  for (let i = 0; i < 200; i++) {
    world.run(100);
    const held = world.agents.filter(({ teller, now }) => teller.tells(now));
    assert(held.length <= 1, "two tellers");
  }
  world.checkWhole();
});

/** Five agents, of which two are in a region each. */
const REGIONS = ["eu", "eu", "us", "us", null];

Deno.test("cluster: a check with regions is run in each, whoever is killed", () => {
  const from = { regions: ["eu", "us"], labels: {} };
  withFault((world) => {
    for (const [i, { region }] of world.vantages.entries()) {
      const owner = world.agents.find(({ assignment }) => assignment.runs(i))!;
      if (region === null) continue;
      assertEquals(REGIONS[Number(owner.id.at(-1))], region);
    }
    const agent = world.random.of(world.agents);
    const starts = agent.assignment.running;
    world.crash(agent);
    return { gap: 11_500, starts };
  }, {
    regions: REGIONS,
    checks: Array.from(
      { length: 200 },
      (_, i) => vantagesOf(`check-${i}`, i % 2 === 0 ? from : undefined),
    ).flat(),
  });
});

Deno.test("cluster: 1,000,000 checks over three agents", () => {
  const world = new World({ seed: 1, agents: 3, checks: 1_000_000 });
  const [killed] = world.agents;
  const starts = killed!.assignment.running;
  world.crash(killed!);
  world.run(WHOLE_MS);
  world.checkWhole();
  assertEquals(world.coverage.starts, starts);
  assert(world.coverage.longest(world.now).gap < 11_500);
});

Deno.test("cluster: 100 agents, of which some are killed, and some cut off", () => {
  const world = new World({ seed: 1, agents: 100, checks: 500 });
  const killed = world.agents.slice(0, 10);
  for (const agent of killed) world.crash(agent);
  world.run(WHOLE_MS);
  world.checkWhole();
  assert(world.coverage.longest(world.now).gap < 11_500);

  world.reset();
  const away = world.agents.slice(0, 10);
  for (const agent of away) agent.cut({ requests: true, watch: true });
  world.run(WHOLE_MS);
  for (const agent of away) world.heal(agent);
  world.run(WHOLE_MS);
  world.checkWhole();
  assert(world.coverage.longest(world.now).gap < 2_000);
});
