import { format } from "node:util";

/** The most messages that are held; older ones are dropped. */
const MOST = 100;

/**
 * Holds what anything writes with `console.error()` and `console.warn()` while
 * the table has the terminal.
 */
export class HeldErrors implements Disposable {
  readonly #console = { error: console.error, warn: console.warn };
  readonly #held: string[] = [];
  #dropped = 0;
  #latest = "";

  /** Starts to hold messages. */
  constructor() {
    const hold = (...what: unknown[]): void => this.#hold(format(...what));
    Object.assign(console, { error: hold, warn: hold });
  }

  /** The last message; empty if there was none. */
  get latest(): string {
    return this.#latest;
  }

  /** Writes all messages that were held, and stops holding. */
  [Symbol.dispose](): void {
    Object.assign(console, this.#console);
    if (this.#dropped > 0) {
      console.error(`lifesign: ${this.#dropped} earlier messages were dropped`);
    }
    for (const text of this.#held.splice(0)) console.error(text);
    this.#dropped = 0;
  }

  #hold(text: string): void {
    this.#latest = text;
    // It does not disturb the table.
    if (!Deno.stderr.isTerminal()) return this.#console.error(text);
    if (this.#held.push(text) > MOST) {
      this.#held.shift();
      this.#dropped++;
    }
  }
}
