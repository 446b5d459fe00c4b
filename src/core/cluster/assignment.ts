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
  readonly indices: Set<number>;
}

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
  readonly #isRun: Uint8Array;
  #running = 0;
  #number = 0;
  readonly #handovers = new Set<Handover>();
  readonly #leaving = new Map<number, Handover>();
  /** The numbers of recent views, by their digests. */
  readonly #views = new Map<string, number>();

  constructor(vantages: readonly Vantage[], timing: Timing = TIMING) {
    this.#shares = new Shares(vantages);
    this.#timing = timing;
    this.#isRun = new Uint8Array(vantages.length);
  }

  /** How many vantages are run here. */
  get running(): number {
    return this.#running;
  }

  /** How many of them are about to go to others. */
  get handingOver(): number {
    return this.#leaving.size;
  }

  /** Whether a vantage is run here. */
  runs(index: number): boolean {
    return this.#isRun[index] === 1;
  }

  /** The member that owns a vantage, `null` if no member may run it. */
  owner(index: number): string | null {
    return this.#shares.owner(index);
  }

  /**
   * Brings it up to date with what a membership knows; to be called after each
   * thing that has happened to that, and at each turn.
   */
  update(membership: Membership, now: number): Changes {
    const changes = { start: [] as number[], hold: [] as number[] };
    const { view, id } = membership;
    if (view === null) {
      if (this.#number !== 0) this.#holdAll(changes.hold);
      return changes;
    }
    if (view.number !== this.#number) {
      this.#number = view.number;
      this.#note(view.digest, view.number);
      const handovers = new Map<string, Handover>();
      this.#shares.change(view.members, (index, _from, to) => {
        this.#settle(index);
        if (to === id) this.#start(index, changes.start);
        else if (this.runs(index)) {
          if (to === null) this.#hold(index, changes.hold);
          else this.#handOver(index, to, handovers, now);
        }
      });
    }
    for (const handover of this.#handovers) {
      const { to, since, until, indices } = handover;
      const seen = this.#views.get(membership.viewOf(to) ?? "") ?? -1;
      if (now < until && seen < since) continue;
      for (const index of indices) this.#hold(index, changes.hold);
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

  #handOver(
    index: number,
    to: string,
    handovers: Map<string, Handover>,
    now: number,
  ): void {
    let handover = handovers.get(to);
    if (handover === undefined) {
      const until = now + this.#timing.handoverMs;
      handover = { to, since: this.#number, until, indices: new Set() };
      handovers.set(to, handover);
      this.#handovers.add(handover);
    }
    handover.indices.add(index);
    this.#leaving.set(index, handover);
  }

  /** Ends the handover of a vantage, if there is one. */
  #settle(index: number): void {
    const handover = this.#leaving.get(index);
    if (handover === undefined) return;
    this.#leaving.delete(index);
    handover.indices.delete(index);
    if (handover.indices.size === 0) this.#handovers.delete(handover);
  }

  #start(index: number, start: number[]): void {
    if (this.#isRun[index] === 1) return;
    this.#isRun[index] = 1;
    this.#running++;
    start.push(index);
  }

  #hold(index: number, hold: number[]): void {
    this.#settle(index);
    if (this.#isRun[index] === 0) return;
    this.#isRun[index] = 0;
    this.#running--;
    hold.push(index);
  }

  #holdAll(hold: number[]): void {
    this.#number = 0;
    this.#shares.change([]);
    for (let index = 0; index < this.#isRun.length; index++) {
      this.#hold(index, hold);
    }
  }
}
