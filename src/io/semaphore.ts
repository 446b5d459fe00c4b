/** Limits how many are inside at a time; the others wait in a queue. */
export class Semaphore<W> {
  readonly #permits: number;
  readonly #admit: (waiter: W) => boolean;
  #inside = 0;
  /** The queue. It has no promises, as it may be very long. */
  readonly #queue: W[] = [];
  /** The index of the first one in the queue; the ones before it were let in. */
  #head = 0;

  /**
   * Calls `admit` for each waiter that is let in. If it returns `false`, that
   * waiter is no longer interested, and the next one is let in.
   *
   * @throws {RangeError} If `permits` is not a whole number of 1 or more.
   */
  constructor(permits: number, admit: (waiter: W) => boolean) {
    if (!(Number.isSafeInteger(permits) && permits >= 1)) {
      throw new RangeError(
        `Expected a whole number of permits of 1 or more, got ${permits}`,
      );
    }
    this.#permits = permits;
    this.#admit = admit;
  }

  /** How many are inside. */
  get inside(): number {
    return this.#inside;
  }

  /** The length of the queue, with those who are no longer interested. */
  get waiting(): number {
    return this.#queue.length - this.#head;
  }

  /** Lets a waiter in, at once or when it is its turn. */
  enter(waiter: W): void {
    if (this.#inside === this.#permits) {
      this.#queue.push(waiter);
      return;
    }
    this.#inside++;
    // Somebody may have queued meanwhile.
    if (!this.#admit(waiter)) this.leave();
  }

  /** Lets the next waiter in. Called once by each one that leaves. */
  leave(): void {
    // The permit passes to the next waiter and is never free in between.
    while (this.#head < this.#queue.length) {
      if (this.#admit(this.#next())) return;
    }
    this.#inside--;
  }

  #next(): W {
    const next = this.#queue[this.#head++]!;
    // Only now and then, so that it costs next to nothing.
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return next;
  }
}
