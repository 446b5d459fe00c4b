/** The distribution of observed values. */
export interface Distribution {
  /** The upper bounds of the buckets, inclusive, in rising order. */
  readonly bounds: readonly number[];
  /** How many values were at most each bound; values above the last count in none. */
  readonly counts: readonly number[];
  /** The number of values. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
}

/** Counts values in buckets. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** Takes the upper bounds of the buckets, in rising order. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  /** Counts a value. */
  observe(value: number): void {
    const i = this.#bounds.findIndex((bound) => value <= bound);
    this.#counts[i < 0 ? this.#bounds.length : i]!++;
    this.#sum += value;
  }

  /** The distribution so far. */
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

/** Adds up two distributions with the same bounds. */
export function added(one: Distribution, other: Distribution): Distribution {
  return {
    bounds: one.bounds,
    counts: one.counts.map((count, i) => count + other.counts[i]!),
    count: one.count + other.count,
    sum: one.sum + other.sum,
  };
}
