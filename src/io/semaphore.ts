/** Lets so many in at a time, and the others in the order they came. */
export class Semaphore<W> {
  readonly #permits: number;
  readonly #admit: (waiter: W) => boolean;
  #inside = 0;
  /** Who waits, first come first. No promise, as there may be very many. */
  readonly #queue: W[] = [];
  /** Where the queue begins; what is before is done with. */
  #head = 0;

  /**
   * Calls `admit` for each one who is let in; `false` says that they wait no
   * longer, and the next one is.
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

  /** How many wait, those among them who do so no longer. */
  get waiting(): number {
    return this.#queue.length - this.#head;
  }

  /** Lets somebody in, at once or when it is their turn. */
  enter(waiter: W): void {
    if (this.#inside === this.#permits) {
      this.#queue.push(waiter);
      return;
    }
    this.#inside++;
    if (!this.#admit(waiter)) this.#inside--;
  }

  /** Lets the next one in; called once by everybody who was. */
  leave(): void {
    // The permit goes on from hand to hand and is never free in between.
    while (this.#head < this.#queue.length) {
      if (this.#admit(this.#next())) return;
    }
    this.#inside--;
  }

  #next(): W {
    const next = this.#queue[this.#head++]!;
    // Now and then, so that it costs next to nothing each time.
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return next;
  }
}
