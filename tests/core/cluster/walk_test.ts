import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FAULT, type Fault, MISHAP, type Mishap, suffer } from "./walk.ts";
import { WHOLE_MS, World, type WorldOptions } from "./world.ts";

/** How long nobody may run a check after one fault, in milliseconds. */
const GAP_MS = 15_000;
/** How long an agent that starts again may take. */
const RESTART_MS = 4_000;
/** How long an old and a new owner may run a check both, in milliseconds. */
const HANDOVER_MS = 5_500;
/** How late messages may be that are late, in milliseconds. */
const MAX_DELAY_MS = 300;

/** How many walks there are; more are for finding faults by hand. */
const WALKS = Number(Deno.env.get("LIFESIGN_WALKS") ?? 100);

const SEED = fc.integer();
const AGENTS = fc.integer({ min: 2, max: 6 });
const MISHAPS = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 15_000 }), MISHAP),
  { maxLength: 20 },
);

/** Walks through mishaps, and then expects all to be well again. */
function walk(
  options: WorldOptions,
  mishaps: readonly (readonly [ms: number, mishap: Mishap])[],
  prepare: (world: World) => void = () => {},
): void {
  const world = new World(options);
  prepare(world);
  for (const [ms, mishap] of mishaps) {
    world.run(ms);
    suffer(world, mishap);
  }
  world.run(3_000);
  world.repair();
  world.run(WHOLE_MS);
  world.checkWhole();
  world.reset();
  world.run(WHOLE_MS);
  world.checkWhole();
  assertEquals(world.coverage.starts, 0, "a check moved that need not");
  assertEquals(world.coverage.longest(world.now), { gap: 0, double: 0 });
}

/** What a fault may lead to: the longest times in milliseconds, and starts. */
interface Bounds {
  readonly gap: number;
  readonly double: number;
  /** How many checks are started: those that have to move, and no other. */
  readonly starts: number;
}

/** Has one thing go wrong, while messages are late and some are lost. */
function falter(options: WorldOptions, { fault, ms, at }: Fault): void {
  const world = new World(options);
  Object.assign(world.network, { maxDelayMs: MAX_DELAY_MS, loss: 0.01 });
  world.run(at);
  const bounds = strike(world, fault, ms);
  world.run(WHOLE_MS);
  world.network.loss = 0;
  world.run(WHOLE_MS);
  world.checkWhole();
  const { gap, double } = world.coverage.longest(world.now);
  const { starts } = world.coverage;
  assert(gap <= bounds.gap, `${fault}: run by nobody for ${gap} ms`);
  assert(double <= bounds.double, `${fault}: run by two for ${double} ms`);
  assert(starts <= bounds.starts, `${fault}: ${starts} checks were started`);
}

/** Has a fault happen, for so long, and says what it may lead to. */
function strike(world: World, fault: Fault["fault"], ms: number): Bounds {
  const agent = world.random.of(world.agents);
  const { running } = agent.assignment;
  switch (fault) {
    case "crash":
      world.crash(agent);
      return { gap: GAP_MS, double: 0, starts: running };
    case "leave":
      world.leave(agent);
      return { gap: 0, double: HANDOVER_MS, starts: running };
    case "restart":
      world.restart(agent);
      return { gap: RESTART_MS, double: 0, starts: running };
    case "join": {
      const joined = world.join();
      world.run(WHOLE_MS);
      const starts = joined.assignment.running;
      return { gap: MAX_DELAY_MS, double: HANDOVER_MS, starts };
    }
    case "pause":
      agent.pause();
      world.run(ms);
      agent.resume();
      return { gap: GAP_MS, double: HANDOVER_MS, starts: 2 * running };
    case "break":
    case "deafen":
      agent[fault]();
      return { gap: 0, double: 0, starts: 0 };
    case "register":
      world.setRegister(false);
      world.run(ms);
      world.setRegister(true);
      return { gap: 0, double: 0, starts: 0 };
    default:
      return fault satisfies never;
  }
}

Deno.test("cluster: 15 s after any mishaps each check is run by one agent", () => {
  fc.assert(
    fc.property(
      SEED,
      AGENTS,
      MISHAPS,
      (seed, agents, mishaps) => walk({ seed, agents, checks: 60 }, mishaps),
    ),
    { numRuns: WALKS },
  );
});

Deno.test("cluster: after one fault no check is run by nobody for 15 s", () => {
  fc.assert(
    fc.property(
      SEED,
      AGENTS,
      FAULT,
      (seed, agents, fault) => falter({ seed, agents, checks: 60 }, fault),
    ),
    { numRuns: WALKS },
  );
});
