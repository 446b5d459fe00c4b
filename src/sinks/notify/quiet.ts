import type { Quiet } from "../../core/notify/policy.ts";
import type { Zone } from "../../io/calendar/zone.ts";
import { DAYS } from "./schema.ts";

/** Times in which a notifier keeps quiet, as a config file has them. */
export interface QuietSpec {
  /** When it begins, such as `22:00`. */
  readonly from: string;
  /** When it ends: on the next day, if it is not later than `from`. */
  readonly to: string;
  /** The time zone of both; that of the file by default. */
  readonly timezone?: string;
  /** The days on which it begins; every day by default. */
  readonly days?: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Whether it is always quiet. */
export function isAlways({ from, to, days = DAYS }: QuietSpec): boolean {
  return from === to && new Set(days).size === DAYS.length;
}

/**
 * The times of a valid spec, in its zone. What clocks do not show, as they are set
 * forward, is the instant when they are; what they show twice is the first time.
 */
export function quietTimes(
  { from, to, days }: QuietSpec,
  zone: Zone,
): Quiet {
  const [fromMs, toMs] = [timeOf(from), timeOf(to)];
  const lengthMs = toMs > fromMs ? toMs - fromMs : toMs - fromMs + DAY_MS;
  const onDays = new Set(days ?? DAYS);

  /** When what began on a day ends, if it lasts at an instant. */
  function endOf(day: number, at: number): number | null {
    if (!onDays.has(nameOf(day))) return null;
    const begins = day * DAY_MS + fromMs;
    const end = zone.firstInstantOf(begins + lengthMs);
    return at < end && at >= zone.firstInstantOf(begins) ? end : null;
  }

  return {
    until(at) {
      let until: number | null = null;
      // A day later there is no other that follows at once, unless it is always.
      for (let i = 0; i <= DAYS.length; i++) {
        const now: number = until ?? at;
        const today = Math.floor(zone.shownAt(now) / DAY_MS);
        const end: number | null = endOf(today, now) ?? endOf(today - 1, now);
        if (end === null) break;
        until = end;
      }
      return until;
    },
  };
}

/** A time of day, in milliseconds. */
function timeOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours! * 60 + minutes!) * MINUTE_MS;
}

/** The name of a day, by its number since the epoch, which was a Thursday. */
function nameOf(day: number): string {
  return DAYS[(((day + 3) % 7) + 7) % 7]!;
}
