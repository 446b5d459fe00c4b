import type { Probe } from "../core/types.ts";

/** What is kept, and for how many probes. */
interface Held {
  readonly kept: Disposable;
  probes: number;
}

/**
 * What the probes of a fleet keep from one attempt to the next. Many probes
 * share what they keep, and with it their `hold`: it is called once for all.
 */
export class Holds {
  readonly #held = new Map<() => Disposable, Held>();

  /** Keeps what a probe shares, until it is let go of as often. */
  add({ hold }: Probe): void {
    if (hold === undefined) return;
    const held = this.#held.get(hold);
    if (held === undefined) this.#held.set(hold, { kept: hold(), probes: 1 });
    else held.probes++;
  }

  /** Lets go of what a probe shares. */
  delete({ hold }: Probe): void {
    const held = hold && this.#held.get(hold);
    if (hold === undefined || held === undefined || --held.probes > 0) return;
    this.#held.delete(hold);
    held.kept[Symbol.dispose]();
  }
}
