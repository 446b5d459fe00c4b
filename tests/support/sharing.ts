import { initialState, step } from "../../src/core/machine.ts";
import {
  parsePolicy,
  type Policy,
  type PolicyOptions,
} from "../../src/core/policy.ts";
import type { State } from "../../src/core/state.ts";
import type { Outcome, Ping } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { FleetOptions } from "../../src/fleet/fleet_options.ts";
import type { Adopted, Looker, Sharing } from "../../src/fleet/sharing.ts";

/** This agent, and another one. */
export const HERE: Looker = { agent: "here", region: "eu" };
export const THERE: Looker = { agent: "there" };

/** A fleet that shares its checks, and what it asks of other agents. */
export interface SharedFleet extends AsyncDisposable {
  readonly fleet: Fleet;
  /** Whether it may act. */
  acts: boolean;
  readonly asked: string[];
  readonly pings: [string, Ping][];
}

/** Makes one; `attempt` does what another agent is asked for. */
export function sharedFleet(
  options: FleetOptions = {},
  attempt: Sharing["attempt"] = () => Promise.resolve(),
): SharedFleet {
  const fleet = new Fleet(options);
  const shared: SharedFleet = {
    fleet,
    acts: true,
    asked: [],
    pings: [],
    [Symbol.asyncDispose]: () => fleet.close(),
  };
  fleet.share({
    acts: () => shared.acts,
    attempt: (id) => {
      shared.asked.push(id);
      return attempt(id);
    },
    receive: (id, ping) => void shared.pings.push([id, ping]),
  });
  return shared;
}

/** The machine of another agent: what it has found, one result after another. */
export class OtherAgent {
  readonly #policy: Policy;
  #state: State;

  constructor(options: PolicyOptions = {}) {
    this.#policy = parsePolicy(options);
    this.#state = initialState(Date.now(), this.#policy);
  }

  get state(): State {
    return this.#state;
  }

  /** Finds something, `agoMs` before now. */
  find(
    outcome: Outcome,
    { agoMs = 0, durationMs = 5 }: { agoMs?: number; durationMs?: number } = {},
  ): Adopted {
    this.#state = step(this.#state, {
      type: "report",
      at: Date.now() - agoMs,
      durationMs,
      outcome,
    }, this.#policy);
    return { outcome, durationMs, state: this.#state, looker: THERE };
  }
}
