import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { initialState, step } from "../../../src/core/machine.ts";
import { parsePolicy } from "../../../src/core/policy.ts";
import type { SavedState, State } from "../../../src/core/state.ts";
import type { Outcome, Probe } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { savedStateOf } from "../../../src/fleet/record.ts";
import type { Step } from "../../../src/fleet/step.ts";
import {
  after,
  AttemptLog,
  ERROR,
  FAIL,
  PASS,
  scripted,
  WARN,
} from "../../support/probes.ts";
import { advance, START } from "../../support/time.ts";

const POLICY = { retries: 2, rise: 2, interval: "10s", timeout: "5s" };
const ID = "a";

/** What happens to the agents and to what they tell each other. */
const ACT = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ wait: fc.integer({ max: 25_000, min: 0 }) }),
  },
  { weight: 4, arbitrary: fc.constant({ do: "hand" as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "hold",
        "release",
        "attempt",
        "replace",
        "stop",
        "act",
      ),
      agent: fc.constantFrom(0, 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      delayMs: fc.constantFrom(0, 0, 30, 3000),
      isLost: fc.constantFrom(false, false, true),
    }),
  },
);

/** An attempt of any duration; some outlast their deadline. */
const ATTEMPT = fc.tuple(
  fc.constantFrom<Outcome>(PASS, PASS, FAIL, FAIL, WARN, ERROR),
  fc.constantFrom(0, 5, 2000, 6000),
);

/** One of the agents, with a naive model of the machine of its check. */
class Agent {
  readonly fleet: Fleet;
  acts = true;
  model: State;
  /** The statuses that its callback told, and those of the model. */
  readonly told: string[] = [];
  readonly expected: string[] = [];

  constructor(readonly name: string) {
    this.fleet = new Fleet({
      onChange: ({ status }) => void this.told.push(status),
    });
    this.model = initialState(Date.now(), parsePolicy(POLICY));
  }

  /** Goes on to another state, and compares what the fleet knows. */
  become(model: State): void {
    if (model.status !== this.model.status) this.expected.push(model.status);
    this.model = model;
    const { id: _, type, target, history, ...known } = this.fleet.record(ID)!;
    assertEquals([type, target], ["script", "script"]);
    assertEquals(known as SavedState, savedStateOf(model));
    assertEquals(history.attempts.at(-1)?.at, model.checkedAt);
  }
}

/** Two agents that hand one check to and fro. */
class Pair {
  readonly agents = [new Agent("one"), new Agent("other")] as const;
  readonly log = new AttemptLog();
  delayMs = 0;
  isLost = false;
  found = 0;
  lost = 0;

  constructor(readonly probe: () => Probe) {
    this.agents.forEach((agent, i) => {
      const other = this.agents[1 - i]!;
      const { fleet } = agent;
      fleet.share({
        acts: () => agent.acts,
        attempt: async (id) => {
          if (other.fleet.isHeld(id)) return;
          await other.fleet.attempt(id);
        },
        receive() {},
      });
      fleet.observe((step) => this.#hear(step, agent, other));
      fleet.add(probe(), { id: ID, ...POLICY });
    });
  }

  /** The number of the agent that runs the check, if one does. */
  get runner(): number {
    return this.agents.findIndex(({ fleet }) => fleet.isHeld(ID) === false);
  }

  release(nth: number): void {
    if (this.runner >= 0) return;
    const { fleet, name } = this.agents[nth]!;
    fleet.release(ID, { agent: name });
  }

  hold(nth: number): void {
    this.agents[nth]!.fleet.hold(ID);
  }

  #hear(heard: Step, agent: Agent, other: Agent): void {
    if (heard.type === "begin") {
      assert(agent.acts, "it may not act");
      assertEquals(this.agents[this.runner], agent, "another one runs it");
    }
    if (heard.type !== "end" || heard.looker !== undefined) return;
    this.found++;
    const { result: { outcome, durationMs }, after: { checkedAt } } = heard;
    const model = step(agent.model, {
      type: "report",
      at: checkedAt!,
      durationMs,
      outcome,
    }, parsePolicy(POLICY));
    agent.become(model);
    if (this.isLost) return void this.lost++;
    const tell = (): void => {
      // Whoever tells results keeps those back that newer ones have overtaken.
      if (checkedAt! < (other.model.checkedAt ?? 0)) return void this.lost++;
      const isTaken = other.fleet.adopt(ID, {
        outcome,
        durationMs,
        state: structuredClone(model),
        looker: { agent: agent.name },
      });
      assertEquals(isTaken, other.fleet.isHeld(ID));
      if (isTaken) other.become(model);
      else this.lost++;
    };
    if (this.delayMs === 0) tell();
    else setTimeout(tell, this.delayMs);
  }
}

Deno.test("Two fleets that hand a check to and fro are as one machine, and never try it at once", async () => {
  let [found, lost, handed] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(ATTEMPT, { minLength: 1, maxLength: 30 }),
      fc.array(ACT, { minLength: 1, maxLength: 60 }),
      async (attempts, acts) => {
        using time = new FakeTime(START);
        const steps = attempts.map(([outcome, ms]) => after(ms, outcome));
        const log = new AttemptLog();
        let nth = 0;
        const probe = (): Probe =>
          scripted([(signal) => {
            const next = steps[nth++ % steps.length]!;
            return typeof next === "function"
              ? next(signal)
              : Promise.resolve(next);
          }], { log });
        const pair = new Pair(probe);
        pair.release(0);
        for (const act of acts) {
          if ("wait" in act) await advance(time, act.wait);
          else if ("delayMs" in act) Object.assign(pair, act);
          else if (!("agent" in act)) {
            const from = Math.max(0, pair.runner);
            pair.hold(from);
            // What is given up comes to rest first, as in a cluster.
            await advance(time, 0);
            pair.release(1 - from);
            handed++;
          } else {
            const agent = pair.agents[act.agent]!;
            const { fleet } = agent;
            switch (act.do) {
              case "hold":
                pair.hold(act.agent);
                await advance(time, 0);
                break;
              case "release":
                pair.release(act.agent);
                break;
              case "attempt":
                void fleet.attempt(ID).catch(() => {});
                break;
              case "replace":
                fleet.replace(probe(), { id: ID, ...POLICY });
                await advance(time, 0);
                break;
              case "stop":
                agent.acts = false;
                break;
              case "act":
                agent.acts = true;
                break;
            }
          }
        }
        // Whoever runs it in the end goes on with it.
        pair.release(0);
        for (const agent of pair.agents) agent.acts = true;
        const before = pair.found;
        await advance(time, 130_000);
        assert(pair.found > before, "it is not tried any more");
        assertEquals(log.peak, 1);
        for (const { told, expected, fleet } of pair.agents) {
          assertEquals(told, expected);
          assertEquals(fleet.get(ID)!.checking && fleet.isHeld(ID), false);
          await fleet.close();
        }
        found += pair.found;
        lost += pair.lost;
      },
    ),
    { numRuns: 300 },
  );
  // The walks went somewhere.
  assert(
    found > 200 && lost > 20 && handed > 20,
    `${[found, lost, handed]}`,
  );
});
