import { Semaphore } from "./semaphore.ts";

/** How many may be inside of a {@linkcode Gate} at a time. */
export interface GateLimits {
  /** How many in all. */
  readonly total: number;
  /** How many of each lane. */
  readonly perLane: number;
}

/** What a {@linkcode Gate} asks of those who use it. */
export interface GateUsers<W> {
  /** The lane of a waiter, which stays the same; `undefined` for none. */
  laneOf(waiter: W): string | undefined;
  /** Whether it still waits: it may have given up. */
  isWaiting(waiter: W): boolean;
  /** Called when it is let in. */
  admit(waiter: W): void;
}

/**
 * Limits how many are inside at a time, in all and of each lane. Whoever waits
 * for others of its lane does not hold up other lanes: it queues for a place in
 * its lane first, and only then for a place among all.
 */
export class Gate<W> {
  readonly #all: Semaphore<W>;
  /** The lanes in which somebody is. */
  readonly #lanes = new Map<string, Semaphore<W>>();
  readonly #perLane: number;
  readonly #users: GateUsers<W>;

  /** @throws {RangeError} If a limit is not a whole number of 1 or more. */
  constructor({ total, perLane }: GateLimits, users: GateUsers<W>) {
    this.#all = new Semaphore(total, (waiter) => {
      const isWaiting = users.isWaiting(waiter);
      if (isWaiting) users.admit(waiter);
      else this.#leaveLane(waiter);
      return isWaiting;
    });
    this.#perLane = perLane;
    this.#users = users;
  }

  /** How many are inside. */
  get inside(): number {
    return this.#all.inside;
  }

  /** Lets a waiter in, at once or when it is its turn. */
  enter(waiter: W): void {
    const name = this.#users.laneOf(waiter);
    if (name === undefined) return this.#all.enter(waiter);
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Semaphore(this.#perLane, this.#enterAll);
      this.#lanes.set(name, lane);
    }
    lane.enter(waiter);
  }

  /** Lets the next ones in. Called once for each one that leaves. */
  leave(waiter: W): void {
    this.#all.leave();
    this.#leaveLane(waiter);
  }

  readonly #enterAll = (waiter: W): boolean => {
    if (!this.#users.isWaiting(waiter)) return false;
    this.#all.enter(waiter);
    return true;
  };

  #leaveLane(waiter: W): void {
    const name = this.#users.laneOf(waiter);
    const lane = name === undefined ? undefined : this.#lanes.get(name);
    lane?.leave();
    if (lane?.inside === 0) this.#lanes.delete(name!);
  }
}
