import { assert, assertEquals } from "@std/assert";
import { TIMING, type Timing } from "../../../src/core/cluster/timing.ts";
import type { TellerValue } from "../../../src/core/cluster/teller.ts";
import type { Vantage } from "../../../src/core/cluster/vantage.ts";
import type { MemberValue } from "../../../src/core/cluster/view.ts";
import { Coverage } from "./coverage.ts";
import { Random } from "./random.ts";
import { SimAgent, type Surroundings } from "./sim_agent.ts";
import type { Network } from "./sim_link.ts";
import { SimRegister } from "./sim_register.ts";
import { Timeline } from "./timeline.ts";

/** What a simulation begins with. */
export interface WorldOptions {
  readonly seed: number;
  readonly agents: number;
  /** How many checks, or which vantages. */
  readonly checks: number | readonly Vantage[];
  readonly timing?: Partial<Timing>;
  readonly network?: Partial<Network>;
  /** Whether the register writes without comparing, as it must not. */
  readonly isCareless?: boolean;
  /** The regions that agents are in, in turns. */
  readonly regions?: readonly (string | null)[];
}

/** How much clocks may drift. */
const DRIFT = 0.01;
/** How long an agent may take to find that the register is there again. */
const NOTICE_MS = 8_000;
/** How long a lease may hold in real time. */
const LEASE_MS = 9_200;
/** Within this time everything is as it should be, in milliseconds. */
export const WHOLE_MS = 15_000;

function numbered(count: number): Vantage[] {
  const vantages: Vantage[] = [];
  const labels = {};
  for (let i = 0; i < count; i++) {
    vantages.push({ check: `check-${i}`, region: null, labels });
  }
  return vantages;
}

/** Agents that share checks over a register, in simulated time. */
export class World implements Surroundings {
  readonly timeline: Timeline = new Timeline();
  readonly random: Random;
  readonly network: Network;
  readonly members: SimRegister<MemberValue> = new SimRegister();
  readonly tellers: SimRegister<TellerValue> = new SimRegister();
  readonly vantages: readonly Vantage[];
  readonly coverage: Coverage;
  readonly timing: Timing;
  /** The agents that were not told to leave. */
  readonly agents: SimAgent[] = [];
  readonly #leaving = new Set<SimAgent>();
  readonly #regions: readonly (string | null)[];
  #config = "one";
  #made = 0;
  /** When the register last lost keys. */
  #lostAt = -Infinity;

  constructor(options: WorldOptions) {
    const { seed, agents, checks, timing, network, regions = [null] } = options;
    this.random = new Random(seed);
    this.network = { maxDelayMs: 20, loss: 0, ...network };
    this.timing = { ...TIMING, ...timing };
    this.vantages = typeof checks === "number" ? numbered(checks) : checks;
    this.#regions = regions;
    this.coverage = new Coverage(this.vantages.length);
    this.members.isCareless = options.isCareless ?? false;
    this.tellers.isCareless = options.isCareless ?? false;
    this.#save();
    for (let i = 0; i < agents; i++) this.join();
    this.run(WHOLE_MS);
    this.reset();
  }

  get now(): number {
    return this.timeline.now;
  }

  /** Every process, those that leave included. */
  get processes(): SimAgent[] {
    return [...this.agents, ...this.#leaving];
  }

  /** Counts anew. */
  reset(): void {
    this.coverage.reset(this.now);
  }

  /** Lets time pass, and looks at the tellers meanwhile. */
  run(ms: number): void {
    const until = this.now + ms;
    while (this.now < until) {
      this.timeline.run(Math.min(100, until - this.now));
      this.#checkTellers();
    }
  }

  join(id = `agent-${this.#made}`): SimAgent {
    const agent = new SimAgent(this, {
      id,
      instance: `run-${this.#made}`,
      region: this.#regions[this.#made % this.#regions.length]!,
      labels: {},
      config: this.#config,
      rate: this.random.between(1 - DRIFT, 1 + DRIFT),
    });
    this.#made++;
    this.agents.push(agent);
    return agent;
  }

  leave(agent: SimAgent): void {
    this.#remove(agent);
    this.#leaving.add(agent);
    agent.membership.leave();
    agent.teller.stepDown();
  }

  crash(agent: SimAgent): void {
    this.#remove(agent);
    agent.crash();
  }

  /** The same agent starts again. */
  restart(agent: SimAgent): SimAgent {
    this.crash(agent);
    return this.join(agent.id);
  }

  /** The link of an agent works again; connections are made anew. */
  heal(agent: SimAgent): void {
    agent.cut({ requests: false, watch: false });
    agent.break();
  }

  /** The register is gone, or there again. */
  setRegister(isUp: boolean): void {
    this.members.isUp = this.tellers.isUp = isUp;
    for (const agent of this.processes) agent.break();
  }

  /** The register does not answer, and no connection breaks. */
  hang(isHanging: boolean): void {
    this.members.isUp = this.tellers.isUp = !isHanging;
  }

  /** The register begins again; it may have lost its keys, or the newest. */
  restartRegister(loses: "nothing" | "all" | "recent"): void {
    this.setRegister(false);
    if (loses !== "nothing") this.#lostAt = this.now;
    for (const register of [this.members, this.tellers]) {
      if (loses === "all") register.lose();
      if (loses === "recent") register.regress();
    }
  }

  /** Writes the register to a disk now and then. */
  #save(): void {
    this.members.save();
    this.tellers.save();
    this.timeline.at(this.now + 20_000, () => this.#save());
  }

  /** All agents get another config, one after the other. */
  roll(config: string, gapMs: number): void {
    this.#config = config;
    for (const [i, agent] of this.agents.entries()) {
      this.timeline.at(
        this.now + i * gapMs,
        () => agent.membership.configure({ region: null, labels: {}, config }),
      );
    }
  }

  /** Everything works again. */
  repair(): void {
    this.network.loss = 0;
    this.network.maxDelayMs = 20;
    for (const agent of this.agents) {
      if (agent.isPaused) agent.resume();
    }
    for (const agent of this.agents) {
      if (agent.isCut) this.heal(agent);
    }
    if (!this.members.isUp) this.setRegister(true);
  }

  /** Each vantage has one owner, the right one, and one agent tells. */
  checkWhole(): void {
    assertEquals(this.coverage.odd(), 0, "run by none or by two");
    const views = new Set(this.agents.map((a) => a.membership.view?.digest));
    assertEquals(views.size, 1, "agents see different members");
    assertEquals(
      this.agents[0]!.membership.view?.members.map(({ id }) => id),
      this.agents.map(({ id }) => id).sort(),
    );
    this.teller();
  }

  /** The one agent that tells. */
  teller(): SimAgent {
    const tellers = this.agents.filter(({ teller, now }) => teller.tells(now));
    assertEquals(tellers.length, 1, "tellers");
    return tellers[0]!;
  }

  #remove(agent: SimAgent): void {
    this.agents.splice(this.agents.indexOf(agent), 1);
  }

  #checkTellers(): void {
    const held = [];
    for (const agent of this.processes) {
      const { teller, now, id } = agent;
      if (!agent.isUp || !teller.tells(now)) continue;
      if (teller.lease(now) === "held") held.push(id);
      else {
        assert(
          this.now - agent.lostAt <= NOTICE_MS,
          `${id} tells alone, but the register is there`,
        );
      }
    }
    // What a register loses, nobody who was cut off can know.
    if (this.now - this.#lostAt < LEASE_MS) return;
    assert(held.length <= 1, `two tellers: ${held}`);
  }
}
