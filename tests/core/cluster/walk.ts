import fc from "fast-check";
import type { SimAgent } from "./sim_agent.ts";
import type { World } from "./world.ts";

/** Something that happens to agents, to their network, or to the register. */
export type Mishap =
  | {
    readonly type: "crash" | "restart" | "leave" | "pause" | "resume";
    readonly nth: number;
  }
  | { readonly type: "deafen" | "heal"; readonly nth: number }
  | {
    readonly type: "cut";
    readonly nth: number;
    readonly requests: boolean;
    readonly watch: boolean;
  }
  | { readonly type: "join" }
  | {
    readonly type: "register";
    readonly isUp: boolean;
    readonly loses: "nothing" | "all" | "recent";
  }
  | {
    readonly type: "network";
    readonly maxDelayMs: number;
    readonly loss: number;
  }
  | { readonly type: "roll"; readonly config: string };

/** The fewest agents that are left. */
const FEWEST = 2;
/** The most agents at a time. */
const MOST = 8;

const NTH = fc.nat({ max: MOST });

/** Any mishap. */
export const MISHAP: fc.Arbitrary<Mishap> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom(
        "crash" as const,
        "restart" as const,
        "leave" as const,
        "pause" as const,
        "pause" as const,
        "resume" as const,
        "resume" as const,
      ),
      nth: NTH,
    }),
  },
  { weight: 2, arbitrary: fc.constant({ type: "join" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom("deafen" as const, "heal" as const),
      nth: NTH,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("cut" as const),
      nth: NTH,
      requests: fc.boolean(),
      watch: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("register" as const),
      isUp: fc.boolean(),
      loses: fc.constantFrom(
        "nothing" as const,
        "nothing" as const,
        "all" as const,
        "recent" as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("network" as const),
      maxDelayMs: fc.constantFrom(5, 100, 900),
      loss: fc.constantFrom(0, 0.02, 0.2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("roll" as const),
      config: fc.constantFrom("one", "two"),
    }),
  },
);

/** Has something happen. */
export function suffer(world: World, mishap: Mishap): void {
  switch (mishap.type) {
    case "crash":
    case "leave":
      if (world.agents.length > FEWEST) {
        world[mishap.type](nth(world, mishap));
      }
      break;
    case "restart":
      world.restart(nth(world, mishap));
      break;
    case "pause":
    case "resume": {
      const agent = nth(world, mishap);
      if (agent.isPaused === (mishap.type === "resume")) agent[mishap.type]();
      break;
    }
    case "deafen":
      nth(world, mishap).deafen();
      break;
    case "heal":
      world.heal(nth(world, mishap));
      break;
    case "cut":
      nth(world, mishap).cut(mishap);
      break;
    case "join":
      if (world.agents.length < MOST) world.join();
      break;
    case "register":
      world.restartRegister(mishap.loses);
      world.setRegister(mishap.isUp);
      break;
    case "network":
      Object.assign(world.network, mishap);
      break;
    case "roll":
      world.roll(mishap.config, 700);
      break;
    default:
      return mishap satisfies never;
  }
}

function nth({ agents }: World, mishap: { readonly nth: number }): SimAgent {
  return agents[mishap.nth % agents.length]!;
}

/** One thing that goes wrong, or changes. */
export interface Fault {
  readonly fault:
    | "crash"
    | "restart"
    | "leave"
    | "join"
    | "pause"
    | "break"
    | "deafen"
    | "register"
    | "hang"
    | "freeze";
  /** After how long, in milliseconds. */
  readonly at: number;
  /** How long it lasts, in milliseconds. */
  readonly ms: number;
}

/** Any fault. */
export const FAULT: fc.Arbitrary<Fault> = fc.record({
  fault: fc.constantFrom(
    "crash" as const,
    "crash" as const,
    "restart" as const,
    "leave" as const,
    "join" as const,
    "pause" as const,
    "break" as const,
    "deafen" as const,
    "register" as const,
    "hang" as const,
    "freeze" as const,
  ),
  at: fc.integer({ min: 0, max: 6_000 }),
  ms: fc.integer({ min: 0, max: 30_000 }),
});
