import type { Probe } from "../core/types.ts";

/** A resource, and how many probes use it. */
interface Held {
  readonly resource: Disposable;
  probes: number;
}

/**
 * The resources that probes share from one attempt to the next, such as HTTP
 * clients. Probes of the same kind have the same `hold`: it is called once for
 * all of them.
 */
export class SharedResources {
  readonly #held = new Map<() => Disposable, Held>();

  /** Holds what a probe shares, until it is released as often. */
  hold({ hold }: Probe): void {
    if (hold === undefined) return;
    const held = this.#held.get(hold);
    if (held === undefined) {
      this.#held.set(hold, { resource: hold(), probes: 1 });
    } else held.probes++;
  }

  /** Releases what a probe shares. */
  release({ hold }: Probe): void {
    const held = hold && this.#held.get(hold);
    if (hold === undefined || held === undefined || --held.probes > 0) return;
    this.#held.delete(hold);
    held.resource[Symbol.dispose]();
  }
}
