/** How many of what was observed came to at most so much, for each bound. */
export interface Distribution {
  /** The upper bounds, rising, included. */
  readonly bounds: readonly number[];
  /** How many were at most each bound; the ones above the last are in none. */
  readonly counts: readonly number[];
  /** How many there were. */
  readonly count: number;
  /** What they came to together. */
  readonly sum: number;
}

/** Counts observations by how large they are. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** Takes the upper bounds of its buckets, rising. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  /** Counts one observation. */
  observe(value: number): void {
    const i = this.#bounds.findIndex((bound) => value <= bound);
    this.#counts[i < 0 ? this.#bounds.length : i]!++;
    this.#sum += value;
  }

  /** What was observed up to now. */
  get distribution(): Distribution {
    let count = 0;
    const counts = this.#counts.map((n) => count += n);
    return {
      bounds: this.#bounds,
      counts: counts.slice(0, -1),
      count,
      sum: this.#sum,
    };
  }
}
