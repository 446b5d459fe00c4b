import type { Fleet } from "../../fleet/fleet.ts";

/** How late attempts of some fleets have begun of late. */
export class Lag {
  readonly #fleets: readonly Pick<Fleet, "stats">[];
  #count = 0;
  #sum = 0;
  #meanMs: number | null = null;

  constructor(...fleets: readonly Pick<Fleet, "stats">[]) {
    this.#fleets = fleets;
  }

  /**
   * The mean of the attempts since the last call, in milliseconds. Where there was
   * none, it is that of the last ones; `null` if there never was one.
   */
  read(): number | null {
    let [count, sum] = [0, 0];
    for (const fleet of this.#fleets) {
      const { lagMs } = fleet.stats();
      count += lagMs.count;
      sum += lagMs.sum;
    }
    if (count > this.#count) {
      this.#meanMs = (sum - this.#sum) / (count - this.#count);
      this.#count = count;
      this.#sum = sum;
    }
    return this.#meanMs;
  }
}
