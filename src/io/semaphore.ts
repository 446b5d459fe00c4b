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

/** Somebody who waits; `admit` is `null` once there is no need to. */
interface Waiting {
  admit: ((permit: Permit) => void) | null;
}

/** Lets so many in at a time, and the others in the order they came. */
export class Semaphore {
  #free: number;
  /** Who waits, first come first. */
  readonly #queue: Waiting[] = [];
  /** Where the queue begins; what is before is done with. */
  #head = 0;
  #waiting = 0;

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
    return this.#waiting;
  }

  /** Gives a permit if there is one. */
  tryAcquire(): Permit | null {
    if (this.#free === 0) return null;
    this.#free--;
    return new Permit(this.#release);
  }

  /**
   * Waits for a permit.
   *
   * Rejects with the signal's reason if that aborts first.
   */
  acquire(signal?: AbortSignal): Promise<Permit> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const permit = this.tryAcquire();
    if (permit !== null) return Promise.resolve(permit);
    const { promise, resolve, reject } = Promise.withResolvers<Permit>();
    const place: Waiting = { admit: resolve };
    this.#queue.push(place);
    this.#waiting++;
    if (signal === undefined) return promise;
    const leave = (): void => {
      // It may have been let in just now.
      if (place.admit === null) return;
      place.admit = null;
      this.#waiting--;
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", leave));
  }

  readonly #release = (): void => {
    const next = this.#next();
    // The permit goes on from hand to hand and is never free in between.
    if (next === null) this.#free++;
    else next(new Permit(this.#release));
  };

  #next(): ((permit: Permit) => void) | null {
    let next: ((permit: Permit) => void) | null = null;
    while (next === null && this.#head < this.#queue.length) {
      const place = this.#queue[this.#head++]!;
      next = place.admit;
      place.admit = null;
    }
    if (next !== null) this.#waiting--;
    // Now and then, so that it costs next to nothing each time.
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return next;
  }
}
