import {
  Assignment,
  type Changes,
} from "../../../src/core/cluster/assignment.ts";
import {
  Membership,
  type MembershipOptions,
} from "../../../src/core/cluster/membership.ts";
import { Teller, type TellerValue } from "../../../src/core/cluster/teller.ts";
import type { Vantage } from "../../../src/core/cluster/vantage.ts";
import type { MemberValue } from "../../../src/core/cluster/view.ts";
import type { Coverage } from "./coverage.ts";
import { type Air, type Process, SimLink } from "./sim_link.ts";
import type { SimRegister } from "./sim_register.ts";

/** What all agents of a simulation share. */
export interface Surroundings extends Air {
  readonly members: SimRegister<MemberValue>;
  readonly tellers: SimRegister<TellerValue>;
  readonly vantages: readonly Vantage[];
  readonly coverage: Coverage;
}

/** Who an agent is. */
export interface SimAgentOptions extends Omit<MembershipOptions, "timing"> {
  /** How fast its clock is; 1 is right. */
  readonly rate: number;
}

/** From one turn to the next, in milliseconds. */
const TURN_MS = 200;

/** An agent with a clock and connections of its own, as a program would run it. */
export class SimAgent implements Process {
  readonly id: string;
  readonly rate: number;
  readonly membership: Membership;
  readonly assignment: Assignment;
  readonly teller: Teller;
  /** Whether the process exists. */
  isUp: boolean = true;
  isPaused: boolean = false;
  readonly #world: Surroundings;
  readonly #offset: number;
  readonly #members: SimLink<MemberValue>;
  readonly #tellers: SimLink<TellerValue>;
  /** Whether it makes attempts. */
  #isActive = false;
  #timers: (() => void)[] = [];
  #inbox: (() => void)[] = [];

  constructor(world: Surroundings, options: SimAgentOptions) {
    const { id, instance, rate } = options;
    const { timing, random, timeline } = world;
    this.id = id;
    this.rate = rate;
    this.#world = world;
    this.#offset = random.between(0, 1e6);
    this.membership = new Membership({ ...options, timing });
    this.assignment = new Assignment(world.vantages, timing);
    this.teller = new Teller({ key: "teller", id, instance, timing });
    this.#members = new SimLink(world, world.members, this, {
      listed: (entries) => this.membership.listed(entries, this.now),
      changed: (entry) => this.membership.changed(entry, this.now),
    });
    this.#tellers = new SimLink(world, world.tellers, this, {
      listed: ([entry]) => this.teller.listed(entry ?? null, this.now),
      changed: (entry) => this.teller.changed(entry, this.now),
    });
    timeline.at(timeline.now + random.between(0, TURN_MS), () => this.#tick());
  }

  /** The time by its own clock. */
  get now(): number {
    return this.#offset + this.#world.timeline.now * this.rate;
  }

  /** Whether something of its link is cut. */
  get isCut(): boolean {
    const { requests, watch } = this.#members.cut;
    return requests || watch;
  }

  /** When a message to or from it was last lost. */
  get lostAt(): number {
    return Math.max(this.#members.lostAt, this.#tellers.lostAt);
  }

  /** The process is killed. */
  crash(): void {
    this.isUp = false;
    this.#cover({ start: [], hold: [] });
  }

  /** The process is stopped, as by SIGSTOP. */
  pause(): void {
    this.isPaused = true;
    this.#cover({ start: [], hold: [] });
  }

  /** Goes on; timers that are due come before what has arrived. */
  resume(): void {
    this.isPaused = false;
    const due = [...this.#timers, ...this.#inbox];
    this.#timers = [];
    this.#inbox = [];
    for (const run of due) run();
  }

  /** Loses messages from now on, or no more. */
  cut(cut: { readonly requests: boolean; readonly watch: boolean }): void {
    Object.assign(this.#members.cut, cut);
    Object.assign(this.#tellers.cut, cut);
  }

  /** Its connections break, and are made again. */
  break(): void {
    this.#members.break(() => this.membership.disconnected());
    this.#tellers.break(() => this.teller.disconnected(this.now));
  }

  /** Its watches end, and it is not told. */
  deafen(): void {
    this.#members.deafen();
    this.#tellers.deafen();
  }

  receive(run: () => void): void {
    this.#run(run, this.#inbox);
  }

  expire(run: () => void): void {
    this.#run(run, this.#timers);
  }

  #run(run: () => void, later: (() => void)[]): void {
    if (!this.isUp) return;
    if (this.isPaused) {
      later.push(() => this.#run(run, later));
      return;
    }
    run();
    this.#settle();
  }

  #tick(): void {
    const { timeline } = this.#world;
    this.expire(() => {
      this.#turn();
      timeline.at(timeline.now + TURN_MS / this.rate, () => this.#tick());
    });
  }

  /** Does all that is due now. */
  #turn(): void {
    const { membership, teller } = this;
    for (const request of membership.requests(this.now)) {
      this.#members.send(request, (answer) => {
        membership.answered(request, answer, this.now);
        if (answer.type === "unreachable") teller.unheard(this.now);
      });
    }
    for (const request of teller.requests(this.now)) {
      this.#tellers.send(
        request,
        (answer) => teller.answered(request, answer, this.now),
      );
    }
    this.#settle();
    if (membership.stage === "leaving" && this.assignment.handingOver === 0) {
      membership.depart();
    }
  }

  #settle(): void {
    this.#cover(this.assignment.update(this.membership, this.now));
  }

  /** Notes what is run from now on. */
  #cover({ start, hold }: Changes): void {
    const { coverage, timeline: { now } } = this.#world;
    const isActive = this.isUp && !this.isPaused &&
      this.membership.acts(this.now);
    coverage.starts += start.length;
    if (this.#isActive && isActive) {
      for (const index of start) coverage.add(index, now);
      for (const index of hold) coverage.remove(index, now);
      return;
    }
    if (this.#isActive) {
      const started = new Set(start);
      for (const index of hold) coverage.remove(index, now);
      this.#each((index) => {
        if (!started.has(index)) coverage.remove(index, now);
      });
    } else if (isActive) this.#each((index) => coverage.add(index, now));
    this.#isActive = isActive;
  }

  #each(run: (index: number) => void): void {
    for (let index = 0; index < this.#world.vantages.length; index++) {
      if (this.assignment.runs(index)) run(index);
    }
  }
}
