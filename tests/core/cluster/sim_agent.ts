import {
  Assignment,
  type Changes,
} from "../../../src/core/cluster/assignment.ts";
import { Membership } from "../../../src/core/cluster/membership.ts";
import type {
  Answer,
  Entry,
  Request,
} from "../../../src/core/cluster/register.ts";
import { Teller, type TellerValue } from "../../../src/core/cluster/teller.ts";
import type { Timing } from "../../../src/core/cluster/timing.ts";
import type { Vantage } from "../../../src/core/cluster/vantage.ts";
import type { MemberValue } from "../../../src/core/cluster/view.ts";
import type { Coverage } from "./coverage.ts";
import type { Random } from "./random.ts";
import type { SimRegister } from "./sim_register.ts";
import type { Timeline } from "./timeline.ts";

/** What a network does. */
export interface Network {
  /** The longest that a message takes, in milliseconds. */
  maxDelayMs: number;
  /** The share of watch events that are lost. */
  loss: number;
}

/** What all agents of a simulation share. */
export interface Surroundings {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly network: Network;
  readonly members: SimRegister<MemberValue>;
  readonly tellers: SimRegister<TellerValue>;
  readonly vantages: readonly Vantage[];
  readonly coverage: Coverage;
  readonly timing: Timing;
}

/** Who an agent is. */
export interface SimAgentOptions {
  readonly id: string;
  readonly instance: string;
  readonly region: string | null;
  readonly config: string;
  /** How fast its clock is; 1 is right. */
  readonly rate: number;
}

/** From one turn to the next, in milliseconds. */
const TURN_MS = 200;
/** A message to a register, by which it comes to the watching side. */
interface Bucket<V> {
  readonly register: SimRegister<V>;
  readonly listed: (entries: readonly Entry<V>[]) => void;
  readonly changed: (entry: Entry<V>) => void;
  /** Which watch is the current one; older ones are heard no more. */
  epoch: number;
  isWatching: boolean;
  /** When the last message of the watch arrives: they stay in order. */
  lastAt: number;
}

/** An agent with a clock and a link of its own, as a program would run it. */
export class SimAgent {
  readonly id: string;
  readonly membership: Membership;
  readonly assignment: Assignment;
  readonly teller: Teller;
  /** Whether the process exists. */
  isUp: boolean = true;
  isPaused = false;
  /** What of its link is cut. */
  readonly cut = { requests: false, watch: false };
  /** When a request of its last had no chance. */
  cutAt: number = -Infinity;
  readonly #world: Surroundings;
  readonly #rate: number;
  readonly #offset: number;
  readonly #members: Bucket<MemberValue>;
  readonly #tellers: Bucket<TellerValue>;
  #isActive = false;
  #timers: (() => void)[] = [];
  #inbox: (() => void)[] = [];

  constructor(
    world: Surroundings,
    { id, instance, region, config, rate }: SimAgentOptions,
  ) {
    const { timing, random, timeline } = world;
    this.id = id;
    this.#world = world;
    this.#rate = rate;
    this.#offset = random.between(0, 1e6);
    const labels = {};
    this.membership = new Membership({
      ...{ id, instance, region, labels, config, timing },
    });
    this.assignment = new Assignment(world.vantages, timing);
    this.teller = new Teller({ key: "teller", id, instance, timing });
    this.#members = this.#bucket<MemberValue>(world.members, {
      listed: (entries) => this.membership.listed(entries, this.now),
      changed: (entry) => this.membership.changed(entry, this.now),
    });
    this.#tellers = this.#bucket<TellerValue>(world.tellers, {
      listed: ([entry]) => this.teller.listed(entry ?? null, this.now),
      changed: (entry) => this.teller.changed(entry, this.now),
    });
    timeline.at(timeline.now + random.between(0, TURN_MS), () => this.#tick());
  }

  /** The time by its own clock. */
  get now(): number {
    return this.#offset + this.#world.timeline.now * this.#rate;
  }

  /** Whether it can run something. */
  get isAwake(): boolean {
    return this.isUp && !this.isPaused;
  }

  /** The process is killed. */
  crash(): void {
    this.isUp = false;
    this.#cover({ start: [], hold: [] });
  }

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

  /** The connection is there again, and watching begins anew. */
  reconnect(): void {
    this.#receive(() => {
      this.#list(this.#members);
      this.#list(this.#tellers);
    });
  }

  /** The connection is gone. */
  disconnect(): void {
    this.#members.isWatching = this.#tellers.isWatching = false;
  }

  /** Does all that is due now. */
  turn(): void {
    if (!this.isAwake) return;
    for (const request of this.membership.requests(this.now)) {
      this.#send(
        this.#members,
        request,
        (answer) => this.membership.answered(request, answer, this.now),
      );
    }
    for (const request of this.teller.requests(this.now)) {
      this.#send(
        this.#tellers,
        request,
        (answer) => this.teller.answered(request, answer, this.now),
      );
    }
    this.#settle();
    const { stage } = this.membership;
    if (stage === "leaving" && this.assignment.handingOver === 0) {
      this.membership.depart();
    }
  }

  #tick(): void {
    if (!this.isUp) return;
    const { timeline } = this.#world;
    if (this.isPaused) this.#timers.push(() => this.#tick());
    else {
      this.turn();
      timeline.at(timeline.now + TURN_MS / this.#rate, () => this.#tick());
    }
  }

  /** Something arrives: at once, or when the process goes on. */
  #receive(run: () => void): void {
    if (!this.isUp) return;
    if (this.isPaused) this.#inbox.push(() => this.#receive(run));
    else {
      run();
      this.#settle();
    }
  }

  #settle(): void {
    this.#cover(this.assignment.update(this.membership, this.now));
  }

  /** Notes what is run from now on. */
  #cover({ start, hold }: Changes): void {
    const { coverage, timeline: { now } } = this.#world;
    const isActive = this.isAwake && this.membership.acts(this.now);
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

  #delay(): number {
    return this.#world.random.between(0.2, this.#world.network.maxDelayMs);
  }

  #bucket<V>(
    register: SimRegister<V>,
    { listed, changed }: Pick<Bucket<V>, "listed" | "changed">,
  ): Bucket<V> {
    const bucket: Bucket<V> = {
      ...{ register, listed, changed, epoch: 0 },
      ...{ isWatching: false, lastAt: 0 },
    };
    register.watch((entry) => {
      const { random, network } = this.#world;
      const isLost = !this.isUp || !bucket.isWatching || this.cut.watch ||
        random.next() < network.loss;
      if (!isLost) this.#push(bucket, () => changed(entry));
    });
    return bucket;
  }

  /** A message of the watch, which arrives after those before it. */
  #push<V>(bucket: Bucket<V>, run: () => void): void {
    const { timeline } = this.#world;
    const { epoch } = bucket;
    bucket.lastAt = Math.max(bucket.lastAt, timeline.now + this.#delay());
    timeline.at(bucket.lastAt, () => {
      if (this.cut.watch) return;
      this.#receive(() => {
        if (bucket.epoch === epoch) run();
      });
    });
  }

  #list<V>(bucket: Bucket<V>, listed: () => void = () => {}): void {
    const { timeline } = this.#world;
    timeline.at(timeline.now + this.#delay(), () => {
      if (this.cut.watch || !bucket.register.isUp || !this.isUp) return;
      bucket.epoch++;
      bucket.isWatching = true;
      const entries = bucket.register.list();
      this.#push(bucket, () => {
        listed();
        bucket.listed(entries);
      });
    });
  }

  #send<V>(
    bucket: Bucket<V>,
    request: Request<V>,
    answered: (answer: Answer<V>) => void,
  ): void {
    const { timeline, timing } = this.#world;
    let isOpen = true;
    const end = (answer: Answer<V>) => {
      if (!isOpen) return;
      isOpen = false;
      answered(answer);
    };
    const expire = () => {
      if (!this.isUp) return;
      if (this.isPaused) this.#timers.push(expire);
      else {
        end({ type: "unreachable" });
        this.#settle();
      }
    };
    timeline.at(timeline.now + timing.requestMs / this.#rate, expire);
    if (request.type === "list") {
      return this.#list(bucket, () => {
        isOpen = false;
      });
    }
    const { register } = bucket;
    this.#trip(register, () => {
      const answer = register.write(request.write);
      if (answer !== "conflict") return () => end(answer);
      return () =>
        this.#trip(register, () => {
          const entry = register.get(request.write.key);
          return () => end({ type: "conflict", entry });
        });
    });
  }

  /** To the register and back, unless the message is lost on the way. */
  #trip<V>(register: SimRegister<V>, ask: () => () => void): void {
    const { timeline } = this.#world;
    const isCut = () => {
      if (!this.cut.requests && register.isUp) return false;
      this.cutAt = timeline.now;
      return true;
    };
    if (isCut()) return;
    timeline.at(timeline.now + this.#delay(), () => {
      if (isCut()) return;
      const tell = ask();
      timeline.at(timeline.now + this.#delay(), () => {
        if (!isCut()) this.#receive(tell);
      });
    });
  }
}
