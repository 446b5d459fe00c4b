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

/** How long something lasted, in words: `12 s`, `3 min`, `5 h 20 min`, `9 days`. */
export function lastingText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours < 48) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  return `${Math.round(hours / 24)} days`;
}
