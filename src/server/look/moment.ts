/** What shows the time in one zone, in the order of ISO 8601. */
interface Clock {
  readonly day: Intl.DateTimeFormat;
  readonly minute: Intl.DateTimeFormat;
  readonly second: Intl.DateTimeFormat;
}

const clocks = new Map<string, Clock>();

function clockOf(timeZone: string): Clock {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    const format = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat("sv-SE", { ...options, timeZone });
    clock = {
      day: format({ dateStyle: "short" }),
      minute: format({ dateStyle: "short", timeStyle: "short" }),
      second: format({ timeStyle: "medium" }),
    };
    clocks.set(timeZone, clock);
  }
  return clock;
}

/** The day of a moment in a time zone, such as `2026-11-27`. */
export function dayOf(at: number, zone: string): string {
  return clockOf(zone).day.format(at);
}

/** The day and the minute of a moment in a time zone, such as `2026-11-27 03:00`. */
export function minuteOf(at: number, zone: string): string {
  return clockOf(zone).minute.format(at);
}

/** The time of day of a moment in a time zone, such as `03:00:05`. */
export function secondOf(at: number, zone: string): string {
  return clockOf(zone).second.format(at);
}
