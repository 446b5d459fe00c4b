/** The wall clock, in milliseconds of the epoch: when something happened. */
export function wallTime(): number {
  return Date.now();
}

/** The monotonic clock, in milliseconds: how long something took. */
export function monotonicTime(): number {
  return performance.now();
}

/** A moment, by both clocks. */
export class Moment {
  readonly #wall = wallTime();
  readonly #monotonic = monotonicTime();

  /**
   * How long ago it was, in milliseconds: the smaller of what both clocks say.
   * So a wall clock that was set forward does not count, nor does a monotonic
   * clock that ran on under a faked `Date`.
   */
  elapsedMs(): number {
    return Math.min(wallTime() - this.#wall, monotonicTime() - this.#monotonic);
  }

  /** How far the wall clock has moved since, in milliseconds; negative if it was set back. */
  wallMs(): number {
    return wallTime() - this.#wall;
  }

  /** How far the wall clock is ahead of the monotonic one since, in milliseconds. */
  gainedMs(): number {
    return this.wallMs() - (monotonicTime() - this.#monotonic);
  }
}
