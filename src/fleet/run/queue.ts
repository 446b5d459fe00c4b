import { OptionError } from "../../core/option_error.ts";
import { Gate } from "../../io/gate.ts";
import { Pace } from "../../io/pace.ts";
import type { Member } from "../member.ts";

/** How many attempts may be in flight at a time. */
export interface QueueLimits {
  /** The most in all. */
  readonly concurrency: number;
  /** The most to one host and port. */
  readonly perHost: number;
}

/** What a {@linkcode Queue} asks of those who use it. */
export interface QueueUser {
  /** Whether attempts may be made now. */
  acts(): boolean;
  /** Whether an attempt of a member that waits is still to be made. */
  isWanted(member: Member): boolean;
  /** Called when a member is let in. */
  admit(member: Member): void;
}

/** When is asked again whether attempts may be made, in milliseconds. */
export const NOT_ACTING_MS: number = 250;

/** So few in flight do not keep each other waiting, whenever they begin. */
const FEW = 32;

/** The members that wait until an attempt may be made, and there is room for it. */
export class Queue {
  readonly #gate: Gate<Member>;
  readonly #user: QueueUser;
  readonly #pace: Pace<Member>;
  #isStopped = false;
  /** Those that wait until attempts may be made. */
  readonly #barred = new Set<Member>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @throws {OptionError} If one of the limits is not 1 or more. */
  constructor(
    { concurrency, perHost }: QueueLimits,
    user: QueueUser,
  ) {
    for (const [option, limit] of Object.entries({ concurrency, perHost })) {
      if (Number.isSafeInteger(limit) && limit >= 1) continue;
      throw new OptionError(
        option,
        `expected a whole number of 1 or more, got ${limit}`,
      );
    }
    this.#gate = new Gate<Member>({ total: concurrency, perLane: perHost }, {
      laneOf: ({ host }) => host,
      isWaiting: (member) => this.#mayEnter(member),
      admit: (member) => this.#admit(member),
    });
    this.#pace = new Pace((member) => this.#begin(member));
    this.#user = user;
  }

  /** How many have an attempt in flight. */
  get inside(): number {
    return this.#gate.inside;
  }

  /** Lets a member in, at once or when it is its turn. */
  enter(member: Member): void {
    // One that asks others would keep them waiting.
    if (!member.isPassive) this.#gate.enter(member);
    else if (this.#mayEnter(member)) this.#user.admit(member);
  }

  /** Lets the next ones in, once an attempt of a member has ended. */
  leave(member: Member): void {
    if (!member.isPassive) this.#gate.leave(member);
  }

  /** Lets none in any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#barred.clear();
    for (const member of this.#pace.stop()) this.#begin(member);
  }

  #admit(member: Member): void {
    if (this.#gate.inside <= FEW) this.#user.admit(member);
    else this.#pace.enter(member);
  }

  /** Lets a member in that has a place already, unless it has given up since. */
  #begin(member: Member): void {
    if (this.#mayEnter(member)) this.#user.admit(member);
    else this.#gate.leave(member);
  }

  #mayEnter(member: Member): boolean {
    if (this.#isStopped || !this.#user.isWanted(member)) {
      member.activity = "idle";
      return false;
    }
    if (this.#user.acts()) return true;
    if (this.#barred.size === 0) {
      this.#timer = setTimeout(() => this.#lookAgain(), NOT_ACTING_MS);
    }
    this.#barred.add(member);
    return false;
  }

  #lookAgain(): void {
    const members = [...this.#barred];
    this.#barred.clear();
    for (const member of members) this.enter(member);
  }
}
