import { format } from "node:util";

/** How much is held; of more, the last is of most interest. */
const MOST = 100;

/**
 * Holds what is written with `console.error()` and `console.warn()`, by
 * whomever, while something else has the terminal.
 */
export class HeldErrors implements Disposable {
  readonly #console = { error: console.error, warn: console.warn };
  readonly #held: string[] = [];
  #dropped = 0;
  #latest = "";

  /** Begins to hold. */
  constructor() {
    const hold = (...what: unknown[]): void => this.#hold(format(...what));
    Object.assign(console, { error: hold, warn: hold });
  }

  /** What was written last, or nothing. */
  get latest(): string {
    return this.#latest;
  }

  /** Writes all that was held, and holds no longer. */
  [Symbol.dispose](): void {
    Object.assign(console, this.#console);
    if (this.#dropped > 0) {
      console.error(`lifesign: ${this.#dropped} earlier messages are left out`);
    }
    for (const text of this.#held.splice(0)) console.error(text);
    this.#dropped = 0;
  }

  #hold(text: string): void {
    this.#latest = text;
    // Wherever else it goes, it is in nobody's way.
    if (!Deno.stderr.isTerminal()) return this.#console.error(text);
    if (this.#held.push(text) > MOST) {
      this.#held.shift();
      this.#dropped++;
    }
  }
}
