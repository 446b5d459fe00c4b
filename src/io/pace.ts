import { timers } from "./deadlines.ts";
import { IS_WORKERD } from "./runtime.ts";

/**
 * How many may begin in one turn of the event loop. In a turn, Deno does at most
 * 128 steps of all operations, those first that begin in it (tokio's budget of a
 * task). If more begin in each turn, what has begun before gets no step, and times
 * out. An operation has a few steps.
 */
const PER_TURN = 32;

/**
 * Spreads what begins over turns of the event loop, in its order, so that what has
 * begun before goes on. Where timers are faked or cannot be shared, all begin at
 * once.
 */
export class Pace<W> {
  readonly #begin: (waiter: W) => void;
  #waiting: W[] = [];
  #begun = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(begin: (waiter: W) => void) {
    this.#begin = begin;
  }

  /** Begins now, or in one of the next turns. */
  enter(waiter: W): void {
    if (IS_WORKERD || setTimeout !== timers.setTimeout) {
      return this.#begin(waiter);
    }
    if (this.#begun === PER_TURN) {
      this.#waiting.push(waiter);
      return;
    }
    this.#begun++;
    this.#wake();
    this.#begin(waiter);
  }

  /** Ends it. Returns those that wait. */
  stop(): W[] {
    timers.clearTimeout.call(globalThis, this.#timer);
    this.#timer = undefined;
    return this.#waiting.splice(0);
  }

  #wake(): void {
    this.#timer ??= timers.setTimeout.call(globalThis, this.#onTurn, 0);
  }

  readonly #onTurn = (): void => {
    this.#timer = undefined;
    const those = this.#waiting.splice(0, PER_TURN);
    this.#begun = those.length;
    if (those.length > 0) this.#wake();
    for (const waiter of those) this.#begin(waiter);
  };
}
