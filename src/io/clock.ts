/** The time of day in milliseconds of the epoch: when a thing happened. */
export function wallTime(): number {
  return Date.now();
}

/** A time that never jumps, in milliseconds: how long a thing took. */
export function steadyTime(): number {
  return performance.now();
}

/** A moment, as both clocks had it. */
export class Moment {
  readonly #wall = wallTime();
  readonly #steady = steadyTime();

  /**
   * How long ago it was, in milliseconds, as far as both clocks agree: a wall
   * clock that was set forward does not count, and neither does a steady one
   * that went on under a faked `Date`.
   */
  elapsedMs(): number {
    return Math.min(wallTime() - this.#wall, steadyTime() - this.#steady);
  }

  /** How far the wall clock went since, in milliseconds: below 0 if set back. */
  wallMs(): number {
    return wallTime() - this.#wall;
  }

  /** How far the wall clock went beyond the steady one, in milliseconds. */
  gainedMs(): number {
    return this.wallMs() - (steadyTime() - this.#steady);
  }
}
