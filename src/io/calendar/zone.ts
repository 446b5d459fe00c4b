const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/**
 * A time zone, between instants and what its clocks show: both in milliseconds,
 * the latter as if the clocks were in UTC.
 */
export class Zone {
  /** Its name, such as `Europe/Berlin`. */
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  /** @throws {RangeError} If there is no such time zone. */
  constructor(name: string) {
    this.name = name;
    this.#format = formatOf(name);
  }

  /** What its clocks show at an instant, in whole seconds. */
  shownAt(at: number): number {
    const parts = new Map(
      this.#format.formatToParts(at).map(({ type, value }) => [type, value]),
    );
    const [year, month, ...rest] = PARTS.map((part) => Number(parts.get(part)));
    return Date.UTC(year!, month! - 1, ...rest);
  }

  /** How far its clocks are ahead of UTC at an instant. */
  offsetAt(at: number): number {
    return this.shownAt(at) - Math.floor(at / SECOND_MS) * SECOND_MS;
  }

  /** The instants when its clocks show this: none, one or two, in their order. */
  instantsOf(shown: number): number[] {
    const [before, after] = this.#offsetsAround(shown);
    const offsets = before === after ? [before] : [before, after];
    return offsets.map((offset) => shown - offset)
      .filter((at) => this.shownAt(at) === shown)
      .sort((a, b) => a - b);
  }

  /**
   * The first instant when its clocks show this. What is skipped, as they are set
   * forward, is the instant when they are.
   */
  firstInstantOf(shown: number): number {
    const [first] = this.instantsOf(shown);
    if (first !== undefined) return first;
    const [before, after] = this.#offsetsAround(shown);
    let [low, high] = [shown - after, shown - before];
    while (high - low > SECOND_MS) {
      const middle = Math.floor((low + high) / 2 / SECOND_MS) * SECOND_MS;
      if (this.offsetAt(middle) === after) high = middle;
      else low = middle;
    }
    return high;
  }

  /** What its clocks show at an instant, such as `2026-11-26 03:00`. */
  format(at: number): string {
    return new Date(this.shownAt(at)).toISOString().slice(0, 19)
      .replace("T", " ").replace(/:00$/, "");
  }

  /** Its offsets a day before and after its clocks show this. */
  #offsetsAround(shown: number): readonly [before: number, after: number] {
    return [this.offsetAt(shown - DAY_MS), this.offsetAt(shown + DAY_MS)];
  }
}

/** In the order of the arguments of `Date.UTC()`. */
const PARTS = ["year", "month", "day", "hour", "minute", "second"] as const;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new RangeError(
      `Expected a time zone such as "Europe/Berlin", got ${
        JSON.stringify(timeZone)
      }`,
      { cause },
    );
  }
}
