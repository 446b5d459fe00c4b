import { Cron } from "croner";
import { lowerFirst } from "../../core/text.ts";
import type { Zone } from "./zone.ts";

/** How long before clocks are set back the same hour may come again. */
const FOLD_MS = 3 * 3_600_000;

/** The nicknames of schedules (crontab(5)), without `@reboot`. */
const NICKNAMES: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/** Finds the runs of a schedule: the first one after an instant. */
export type NextRun = (after: number) => number;

/**
 * Reads a schedule as cron does: five fields, or a nickname such as `@daily`.
 *
 * Where the clocks of the zone change, it does what cron does (Vixie's, cronie's
 * and Debian's). A schedule whose minute or hour begins with `*` goes by what the
 * clocks show: there is no run in the hour that is skipped, and there are runs in
 * both of the hours that are shown twice. Of any other schedule, the runs in the
 * hour that is skipped are made at its end, and those in the hour that is shown
 * twice are made once, when it is shown first.
 *
 * @throws {RangeError} If it is not valid, or never runs.
 */
export function readCron(text: string, zone: Zone): NextRun {
  const fields = (NICKNAMES[text.toLowerCase()] ?? text).trim().split(/\s+/);
  const calendar = calendarOf(fields, text);
  if (calendar.nextRun(new Date(0)) === null) {
    throw new RangeError(
      `Expected a schedule that has a run, got ${JSON.stringify(text)}`,
    );
  }
  /** The next time that clocks show and the schedule has. */
  const following = (shown: number): number =>
    calendar.nextRun(new Date(shown))!.getTime();
  const isByClock = fields.slice(0, 2).some((field) => field.startsWith("*"));
  return isByClock
    ? (after) => nextByClock(after, zone, following)
    : (after) => nextFixed(after, zone, following);
}

/** The schedule in UTC, whose clocks are never set. */
function calendarOf(fields: readonly string[], text: string): Cron {
  if (fields.length !== 5) {
    throw new RangeError(
      `Expected five fields such as "0 3 * * *", or one of ${
        Object.keys(NICKNAMES).join(", ")
      }, got ${JSON.stringify(text)}`,
    );
  }
  try {
    return new Cron(fields.join(" "), { timezone: "UTC", mode: "5-part" });
  } catch (cause) {
    const why = (cause as Error).message.replace(/^CronPattern: /, "");
    throw new RangeError(
      `Expected a schedule such as "0 3 * * *", got ${JSON.stringify(text)}: ${
        lowerFirst(why)
      }`,
      { cause },
    );
  }
}

function nextFixed(
  after: number,
  zone: Zone,
  following: (shown: number) => number,
): number {
  let shown = zone.shownAt(after);
  while (true) {
    shown = following(shown);
    const at = zone.firstInstantOf(shown);
    if (at > after) return at;
  }
}

function nextByClock(
  after: number,
  zone: Zone,
  following: (shown: number) => number,
): number {
  const now = zone.shownAt(after);
  const offset = zone.offsetAt(after);
  const likely = following(now) - offset;
  // The usual case: nothing that was shown is shown again.
  const isPlain = zone.offsetAt(likely) === offset &&
    zone.offsetAt(after + FOLD_MS) >= offset;
  if (isPlain) return likely;
  // Where clocks are set back, this is by how much.
  const again = Math.min(now, zone.shownAt(after + FOLD_MS) - FOLD_MS);
  let best = Infinity;
  for (let shown = following(again);; shown = following(shown)) {
    const instants = zone.instantsOf(shown);
    const at = instants.find((at) => at > after);
    if (at !== undefined) best = Math.min(best, at);
    // Later ones are first shown later.
    if (best < Infinity && shown > now && instants.every((at) => at >= best)) {
      return best;
    }
  }
}
