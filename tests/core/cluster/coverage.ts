/** Who runs which vantages, and for how long nobody or more than one did. */
export class Coverage {
  /** How many vantages were started. */
  starts = 0;
  readonly #counts: Uint8Array;
  readonly #goneAt: Float64Array;
  readonly #doubleAt: Float64Array;
  #longestGap = 0;
  #longestDouble = 0;

  constructor(size: number) {
    this.#counts = new Uint8Array(size);
    this.#goneAt = new Float64Array(size);
    this.#doubleAt = new Float64Array(size);
  }

  /** One more runs it. */
  add(index: number, now: number): void {
    this.#counts[index]!++;
    if (this.#counts[index] === 1) {
      this.#longestGap = Math.max(this.#longestGap, this.#gap(index, now));
    } else if (this.#counts[index] === 2) this.#doubleAt[index] = now;
  }

  /** One fewer runs it. */
  remove(index: number, now: number): void {
    this.#counts[index]!--;
    if (this.#counts[index] === 0) this.#goneAt[index] = now;
    else if (this.#counts[index] === 1) {
      this.#longestDouble = Math.max(
        this.#longestDouble,
        now - this.#doubleAt[index]!,
      );
    }
  }

  /** Forgets what was before. */
  reset(now: number): void {
    this.starts = this.#longestGap = this.#longestDouble = 0;
    this.#goneAt.fill(now);
    this.#doubleAt.fill(now);
  }

  /** The longest times until now, in milliseconds. */
  longest(now: number): { readonly gap: number; readonly double: number } {
    let gap = this.#longestGap;
    let double = this.#longestDouble;
    for (let index = 0; index < this.#counts.length; index++) {
      const count = this.#counts[index]!;
      if (count === 0) gap = Math.max(gap, this.#gap(index, now));
      if (count > 1) double = Math.max(double, now - this.#doubleAt[index]!);
    }
    return { gap, double };
  }

  /** The vantages that are not run by exactly one. */
  odd(): number {
    let odd = 0;
    for (const count of this.#counts) if (count !== 1) odd++;
    return odd;
  }

  #gap(index: number, now: number): number {
    return now - this.#goneAt[index]!;
  }
}
