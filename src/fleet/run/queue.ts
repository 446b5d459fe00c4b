import { OptionError } from "../../core/option_error.ts";
import { Gate } from "../../io/gate.ts";
import type { Member } from "../member.ts";

/** How many attempts may be in flight at a time. */
export interface QueueLimits {
  /** The most in all. */
  readonly concurrency: number;
  /** The most to one host and port. */
  readonly perHost: number;
}

/** The members that wait until there is room for an attempt. */
export class Queue {
  readonly #gate: Gate<Member>;
  readonly #admit: (member: Member) => void;

  /** @throws {OptionError} If one of the limits is not 1 or more. */
  constructor(
    { concurrency, perHost }: QueueLimits,
    admit: (member: Member) => void,
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
      isWaiting: ({ removed }) => !removed,
      admit,
    });
    this.#admit = admit;
  }

  /** How many have an attempt in flight. */
  get inside(): number {
    return this.#gate.inside;
  }

  /** Lets a member in, at once or when it is its turn. */
  enter(member: Member): void {
    // One that asks others would keep them waiting.
    if (member.isPassive) this.#admit(member);
    else this.#gate.enter(member);
  }

  /** Lets the next ones in, once an attempt of a member has ended. */
  leave(member: Member): void {
    if (!member.isPassive) this.#gate.leave(member);
  }
}
