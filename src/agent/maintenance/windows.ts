import type { ConfigContent } from "../../config/section.ts";
import { formatDuration, parseDuration } from "../../core/duration.ts";
import { lowerFirst } from "../../core/text.ts";
import type { PlannedWindow } from "../../fleet/past/maintenance.ts";
import { readLocalTime } from "../../io/calendar/local_time.ts";
import { scheduleReader } from "../../io/calendar/schedules.ts";
import {
  nextOccurrences,
  onceFrom,
  recurring,
  type Window,
} from "../../io/calendar/window.ts";
import { Zone } from "../../io/calendar/zone.ts";
import { type ConfigIssue, join } from "../../schema/issue.ts";
import { unknownNames } from "../../schema/unknown_names.ts";
import type { MaintenanceSpec } from "./schema.ts";

/** The longest window. Nothing that lasts so long is maintenance. */
const MAX_MS = 366 * 86_400_000;

/** A window, and the time zone that it is written in. */
export interface ZonedWindow {
  readonly window: Window;
  readonly zone: Zone;
}

/**
 * Makes the window of a valid spec. The library of schedules must be loaded if it
 * recurs.
 *
 * @throws {RangeError} If it is not valid.
 */
export function windowOf(
  { start, every, duration, timezone }: MaintenanceSpec,
  zoneOfFile: string,
): ZonedWindow {
  const zone = new Zone(timezone ?? zoneOfFile);
  const ms = parseDuration(duration);
  const window = start !== undefined
    ? onceFrom(readLocalTime(start, zone), ms)
    : recurring(scheduleReader()!(every!, zone), ms);
  return { window, zone };
}

/** The windows of valid specs, likewise. */
export function plannedWindows(
  specs: readonly MaintenanceSpec[],
  zoneOfFile: string,
): PlannedWindow[] {
  return specs.map((spec) => {
    const { checks, groups, reason } = spec;
    return {
      window: windowOf(spec, zoneOfFile).window,
      reason,
      ...((checks ?? groups) !== undefined && {
        only: { checks: new Set(checks), groups: new Set(groups) },
      }),
    };
  });
}

/** How many times of a window are shown. */
const SHOWN = 3;

/** Says when the next times of windows are, after an instant. */
export function maintenanceNotes(
  specs: readonly MaintenanceSpec[],
  zoneOfFile: string,
  now: number,
): string[] {
  return specs.map((spec, i) => {
    const { window, zone } = windowOf(spec, zoneOfFile);
    const times = nextOccurrences(window, now, SHOWN).map(({ from, to }) =>
      `${zone.format(from)} to ${zone.format(to)}`
    );
    if (times.length === 0) return `maintenance[${i}] is over`;
    const verb = times.length === 1 ? "is" : "is next";
    return `maintenance[${i}] ${verb} from ${
      times.join(", from ")
    } (${zone.name})`;
  });
}

/** Finds what is wrong with those of the specs that meet the schema. */
export function maintenanceProblems(
  specs: readonly MaintenanceSpec[],
  content: ConfigContent,
  isValid: (path: string) => boolean,
): ConfigIssue[] {
  return specs.flatMap((spec, i) => {
    const path = join("maintenance", i);
    if (!isValid(path)) return [];
    return [
      ...problemsOf(spec, content).map(([key, message]) => ({
        path: key === "" ? path : `${path}.${key}`,
        message,
      })),
      ...unknownNames(`${path}.checks`, "check", spec.checks, content.ids),
      ...content.groups === null
        ? []
        : unknownNames(`${path}.groups`, "group", spec.groups, content.groups),
    ];
  });
}

type Problem = readonly [key: string, message: string];

function problemsOf(
  spec: MaintenanceSpec,
  { timezone }: ConfigContent,
): Problem[] {
  const { start, every, duration } = spec;
  const problems: Problem[] = [];
  const attempt = <T>(key: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push([key, lowerFirst(error.message)]);
      return undefined;
    }
  };
  if (start === undefined && every === undefined) {
    problems.push(["", "expected start or every"]);
  } else if (start !== undefined && every !== undefined) {
    problems.push(["every", "expected no start with it"]);
  }
  if (parseDuration(duration) > MAX_MS) {
    const expected = `expected at most ${formatDuration(MAX_MS)}`;
    problems.push(["duration", `${expected}, got ${JSON.stringify(duration)}`]);
  }
  const zone = attempt("timezone", () => new Zone(spec.timezone ?? timezone));
  if (zone !== undefined && start !== undefined) {
    attempt("start", () => readLocalTime(start, zone));
  }
  if (zone !== undefined && every !== undefined) {
    attempt("every", () => scheduleReader()?.(every, zone));
  }
  return problems;
}
