import { sleep } from "../../../io/sleep.ts";

/**
 * How long after it was seen it is told that others have put something, in
 * milliseconds: an agent that was cut off knows by then that it tells no more.
 */
const OTHERS_MS = 1_000;

/** Tells that others have put values, if that is of interest a moment later. */
export class Others {
  readonly #isOfInterest: () => boolean;
  readonly #signal: AbortSignal;
  readonly #callbacks = new Set<() => void>();
  #isDue = false;

  constructor(isOfInterest: () => boolean, signal: AbortSignal) {
    this.#isOfInterest = isOfInterest;
    this.#signal = signal;
  }

  /** Calls back until the signal aborts. */
  add(callback: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#callbacks.add(callback);
    signal.addEventListener("abort", () => this.#callbacks.delete(callback), {
      once: true,
    });
  }

  /** Others have put something. */
  async note(): Promise<void> {
    if (this.#isDue || this.#callbacks.size === 0) return;
    this.#isDue = true;
    await sleep(OTHERS_MS, this.#signal);
    this.#isDue = false;
    if (this.#signal.aborted || !this.#isOfInterest()) return;
    for (const callback of [...this.#callbacks]) callback();
  }
}
