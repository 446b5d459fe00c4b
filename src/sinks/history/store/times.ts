import type { Step } from "../../../fleet/past/archive.ts";
import { Zone } from "../../../io/calendar/zone.ts";

/** How long the shortest periods are, and what attempts are packed by. */
export const FIVE_MINUTES_MS = 300_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The start of the five minutes that a time is in. */
export function fiveMinutesOf(at: number): number {
  return Math.floor(at / FIVE_MINUTES_MS) * FIVE_MINUTES_MS;
}

/**
 * Finds the periods that times are in. A day is one of a time zone. Hours are
 * counted from its beginning, so that a day is made of whole ones; where clocks are
 * set by less than an hour, the last hour of that day is shorter.
 */
export class Periods {
  readonly #zone: Zone;
  /** When days end, by their starts: to find out takes long. */
  readonly #ends = new Map<number, number>();
  /** The day that was asked for last. */
  #day: readonly [from: number, to: number] = [0, 0];

  /** @throws {RangeError} If there is no such time zone. */
  constructor(timeZone: string) {
    this.#zone = new Zone(timeZone);
  }

  /** When the period begins that a time is in. */
  startOf(step: Step, at: number): number {
    switch (step) {
      case "5m":
        return fiveMinutesOf(at);
      case "hour":
        return this.#hourOf(at)[0];
      case "day":
        return this.#dayOf(at)[0];
      default:
        return step satisfies never;
    }
  }

  /** When a period ends that begins at a time. */
  endOf(step: Step, start: number): number {
    switch (step) {
      case "5m":
        return start + FIVE_MINUTES_MS;
      case "hour":
        return this.#hourOf(start)[1];
      case "day":
        return this.#ends.get(start) ?? this.#dayOf(start)[1];
      default:
        return step satisfies never;
    }
  }

  #hourOf(at: number): readonly [from: number, to: number] {
    const [day, end] = this.#dayOf(at);
    const from = at - (at - day) % HOUR_MS;
    return [from, Math.min(from + HOUR_MS, end)];
  }

  /** The day that a time is in. */
  #dayOf(at: number): readonly [from: number, to: number] {
    if (at >= this.#day[0] && at < this.#day[1]) return this.#day;
    if (this.#zone.name === "UTC") {
      const from = Math.floor(at / DAY_MS) * DAY_MS;
      return this.#day = [from, from + DAY_MS];
    }
    const shown = Math.floor(this.#zone.shownAt(at) / DAY_MS) * DAY_MS;
    const from = this.#zone.firstInstantOf(shown);
    return this.#day = [from, this.#endOfDay(from, shown + DAY_MS)];
  }

  /** When a day ends, as a clock shows that. */
  #endOfDay(from: number, shown: number): number {
    let end = this.#ends.get(from);
    if (end === undefined) {
      const usual = from + DAY_MS;
      end = this.#zone.shownAt(usual) === shown
        ? usual
        : this.#zone.firstInstantOf(shown);
      this.#ends.set(from, end);
    }
    return end;
  }
}
