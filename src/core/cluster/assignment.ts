/** Which checks this member runs, and which it holds as others run them. */

import type { Membership } from "./membership.ts";
import { Shares } from "./shares.ts";
import { TIMING, type Timing } from "./timing.ts";
import type { Vantage } from "./vantage.ts";

/** What to do with vantages, by their indices. */
export interface Changes {
  /** Run them from now on. */
  readonly start: readonly number[];
  /** Make no more attempts of them: others run them. */
  readonly hold: readonly number[];
}

/** Vantages that go to one other member at the same time. */
interface Handover {
  readonly to: string;
  /** The number of the view by which they go. */
  readonly since: number;
  /** Until when they are run here at most. */
  readonly until: number;
  readonly indices: number[];
  /** How many of them are still in it. */
  count: number;
}

/** What is done with a vantage; any other number is that of its handover. */
const HELD = 0;
const RUN = 1;

/** The digests of as many views are compared with those of others. */
const MAX_VIEWS = 64;

/**
 * The vantages that one member runs. What goes to another member in order is run
 * here until that one has announced a view by which it runs them, but not longer
 * than `handoverMs`.
 */
export class Assignment {
  readonly #shares: Shares;
  readonly #timing: Timing;
  readonly #states: Int32Array;
  #running = 0;
  #handingOver = 0;
  readonly #handovers = new Map<number, Handover>();
  #lastHandover = RUN;
  /** The number of the view that it is up to date with. */
  #number = 0;
  /** The numbers of recent views, by their digests. */
  readonly #views = new Map<string, number>();

  constructor(vantages: readonly Vantage[], timing: Timing = TIMING) {
    this.#shares = new Shares(vantages);
    this.#timing = timing;
    this.#states = new Int32Array(vantages.length);
  }

  /** How many vantages are run here. */
  get running(): number {
    return this.#running;
  }

  /** How many of them are about to go to others. */
  get handingOver(): number {
    return this.#handingOver;
  }

  /** Whether a vantage is run here. */
  runs(index: number): boolean {
    return this.#states[index] !== HELD;
  }

  /** The member that owns a vantage, `null` if no member may run it. */
  owner(index: number): string | null {
    return this.#shares.owner(index);
  }

  /**
   * Brings it up to date with what a membership knows; to be called after each
   * thing that has happened to that, and at each turn.
   */
  update(
    membership: Pick<Membership, "id" | "view" | "viewOf">,
    now: number,
  ): Changes {
    const changes = { start: [] as number[], hold: [] as number[] };
    const { view, id } = membership;
    if (view === null) {
      if (this.#number !== 0) this.#holdAll(changes.hold);
      return changes;
    }
    if (view.number !== this.#number) {
      this.#number = view.number;
      this.#note(view.digest, view.number);
      const handovers = new Map<string, number>();
      this.#shares.change(view.members, (index, _from, to) => {
        this.#settle(index);
        if (to === id) this.#start(index, changes.start);
        else if (to === null) this.#hold(index, changes.hold);
        else if (this.runs(index)) this.#handOver(index, to, handovers, now);
      });
    }
    for (const [nth, { to, since, until, indices }] of this.#handovers) {
      const seen = this.#views.get(membership.viewOf(to) ?? "") ?? -1;
      if (now < until && seen < since) continue;
      for (const index of indices) {
        if (this.#states[index] === nth) this.#hold(index, changes.hold);
      }
    }
    return changes;
  }

  #note(digest: string, number: number): void {
    this.#views.delete(digest);
    this.#views.set(digest, number);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= MAX_VIEWS) break;
      this.#views.delete(oldest);
    }
  }

  /** Has a vantage go to another member, with the others that go there now. */
  #handOver(
    index: number,
    to: string,
    handovers: Map<string, number>,
    now: number,
  ): void {
    let nth = handovers.get(to);
    if (nth === undefined) {
      nth = ++this.#lastHandover;
      handovers.set(to, nth);
      const until = now + this.#timing.handoverMs;
      const since = this.#number;
      this.#handovers.set(nth, { to, since, until, indices: [], count: 0 });
    }
    const handover = this.#handovers.get(nth)!;
    handover.indices.push(index);
    handover.count++;
    this.#handingOver++;
    this.#states[index] = nth;
  }

  /** Ends the handover of a vantage, if there is one: it is run as before. */
  #settle(index: number): void {
    const nth = this.#states[index]!;
    if (nth <= RUN) return;
    const handover = this.#handovers.get(nth)!;
    this.#states[index] = RUN;
    this.#handingOver--;
    handover.count--;
    if (handover.count === 0) this.#handovers.delete(nth);
  }

  #start(index: number, start: number[]): void {
    if (this.runs(index)) return;
    this.#states[index] = RUN;
    this.#running++;
    start.push(index);
  }

  #hold(index: number, hold: number[]): void {
    this.#settle(index);
    if (!this.runs(index)) return;
    this.#states[index] = HELD;
    this.#running--;
    hold.push(index);
  }

  #holdAll(hold: number[]): void {
    this.#number = 0;
    this.#shares.change([]);
    for (let index = 0; index < this.#states.length; index++) {
      this.#hold(index, hold);
    }
  }
}
