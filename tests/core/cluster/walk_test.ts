import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { FAULT, type Fault, MISHAP, type Mishap, suffer } from "./walk.ts";
import { WHOLE_MS, World, type WorldOptions } from "./world.ts";

/** How long nobody may run a check after one fault, in milliseconds. */
const GAP_MS = 12_000;
/** How long an agent that starts again may take. */
const RESTART_MS = 2_500;
/** How long an old and a new owner may run a check both, in milliseconds. */
const HANDOVER_MS = 2_500;
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
): void {
  const world = new World(options);
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

/** Has one thing go wrong, while messages are late. */
function falter(options: WorldOptions, { fault, ms, at }: Fault): void {
  const world = new World(options);
  world.network.maxDelayMs = MAX_DELAY_MS;
  world.run(at);
  const teller = world.teller();
  const bounds = strike(world, fault, ms);
  world.run(2 * WHOLE_MS);
  world.checkWhole();
  const { gap, double } = world.coverage.longest(world.now);
  const { starts } = world.coverage;
  assert(gap <= bounds.gap, `${fault}: run by nobody for ${gap} ms`);
  assert(double <= bounds.double, `${fault}: run by two for ${double} ms`);
  assert(starts <= bounds.starts, `${fault}: ${starts} checks were started`);
  if (bounds.starts === 0 && fault !== "freeze") {
    assertEquals(world.teller().id, teller.id, `${fault}: another one tells`);
  }
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
    case "hang":
      world.hang(true);
      world.run(ms);
      world.hang(false);
      return { gap: 0, double: 0, starts: 0 };
    case "freeze":
      for (const agent of world.agents) agent.pause();
      world.run(ms);
      for (const agent of world.agents) {
        agent.resume();
        world.run(world.random.between(0, 300));
      }
      return { gap: ms + 5_000, double: 0, starts: 0 };
    default:
      return fault satisfies never;
  }
}

/** Walks of mishaps in worlds with these options. */
function anyMishaps(options: Partial<WorldOptions> = {}): Property {
  return fc.property(
    SEED,
    AGENTS,
    MISHAPS,
    (seed, agents, mishaps) =>
      walk({ seed, agents, checks: 60, ...options }, mishaps),
  );
}

/** Single faults in worlds with these options. */
function anyFault(options: Partial<WorldOptions> = {}): Property {
  return fc.property(
    SEED,
    AGENTS,
    FAULT,
    (seed, agents, fault) =>
      falter({ seed, agents, checks: 60, ...options }, fault),
  );
}

type Property = Parameters<typeof fc.assert>[0];

Deno.test("cluster: 15 s after any mishaps each check is run by one agent", () => {
  fc.assert(anyMishaps(), { numRuns: WALKS });
});

Deno.test("cluster: after one fault no check is run by nobody for 15 s", () => {
  fc.assert(anyFault(), { numRuns: WALKS });
});

/** Rules that are broken, each with walks that find it, and what these say. */
const BROKEN: readonly (readonly [Property, RegExp])[] = [
  // A lease holds for longer than others wait.
  [anyMishaps({ timing: { leaseMs: 13_000 } }), /two tellers/],
  [anyMishaps({ timing: { takeoverMs: 6_000 } }), /two tellers/],
  // The register writes without comparing.
  [anyMishaps({ isCareless: true }), /two tellers|run by|see different/],
  // A watch that is broken is not found out.
  [
    anyMishaps({ timing: { echoMs: 1e9 } }),
    /run by none or by two|see different members/,
  ],
  // Others wait for too long.
  [anyFault({ timing: { takeoverMs: 14_000 } }), /crash: run by nobody/],
  // The old owner does not go on until the next one has taken over.
  [anyFault({ timing: { handoverMs: 0 } }), /leave: run by nobody/],
  // The next owner does not say that it has taken over.
  [anyFault({ timing: { announceMs: 1e9 } }), /leave: run by two/],
  // Keys are renewed too seldom.
  [anyFault({ timing: { renewMs: 8_500 } }), /run by|started|tells/],
];

Deno.test("cluster: the walks find rules that are broken", () => {
  for (const [property, message] of BROKEN) {
    const { failed, errorInstance } = fc.check(property, {
      ...{ numRuns: 500, seed: 1, endOnFailure: true },
    }) as fc.RunDetails<unknown>;
    assert(failed, `not found: ${message}`);
    assertMatch(`${errorInstance}`, message);
  }
});
