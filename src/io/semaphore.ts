/** The right to be one of so many; given back once, by whoever holds it. */
export class Permit implements Disposable {
  #release: (() => void) | null;

  /** Use {@linkcode Semaphore.acquire}. */
  constructor(release: () => void) {
    this.#release = release;
  }

  /** Gives the permit back; a second time does nothing. */
  [Symbol.dispose](): void {
    this.#release?.();
    this.#release = null;
  }
}

/** Lets so many in at a time, and the others in the order they came. */
export class Semaphore {
  #free: number;
  /** Insertion order is the queue, and leaving it from the middle is cheap. */
  readonly #waiting = new Set<(permit: Permit) => void>();

  /** @throws {RangeError} If `permits` is not a whole number of 1 or more. */
  constructor(permits: number) {
    if (!(Number.isSafeInteger(permits) && permits >= 1)) {
      throw new RangeError(
        `Expected a whole number of permits of 1 or more, got ${permits}`,
      );
    }
    this.#free = permits;
  }

  /** How many wait for a permit. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Waits for a permit.
   *
   * Rejects with the signal's reason if that aborts first.
   */
  acquire(signal?: AbortSignal): Promise<Permit> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve(new Permit(this.#release));
    }
    const { promise, resolve, reject } = Promise.withResolvers<Permit>();
    this.#waiting.add(resolve);
    if (signal === undefined) return promise;
    const leave = (): void => {
      this.#waiting.delete(resolve);
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", leave));
  }

  readonly #release = (): void => {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    // The permit goes on from hand to hand and is never free in between.
    this.#waiting.delete(next);
    next(new Permit(this.#release));
  };
}
