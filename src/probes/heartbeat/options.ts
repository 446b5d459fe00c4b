import {
  type Duration,
  formatDuration,
  parseDuration,
} from "../../core/duration.ts";
import { OptionError, readOption } from "../../core/option_error.ts";
import { checkToken } from "../../core/token.ts";
import { loadSchedules, scheduleReader } from "../../io/calendar/schedules.ts";
import { everyTiming, scheduleTiming, type Timing } from "./timing.ts";
import { Zone } from "../../io/calendar/zone.ts";

/** Options for `heartbeat()`: it has either `every` or `schedule`. */
export interface HeartbeatOptions {
  /** The most time from one ping to the next, without the grace. */
  every?: Duration;
  /**
   * When the job runs, as cron has it: five fields such as `"0 3 * * *"`, or a
   * nickname such as `"@daily"`.
   */
  schedule?: string;
  /**
   * The time zone of the schedule, such as `"Europe/Berlin"`.
   *
   * @default {"UTC"}
   */
  timezone?: string;
  /**
   * How late a ping may be. It defaults to half the time to the next ping, and an
   * hour at most.
   */
  grace?: Duration;
  /** How long a run may take from its start to its end. */
  maxRuntime?: Duration;
  /** A bearer token that allows pings of this check, and nothing else. */
  token?: string;
}

/** What the options of a heartbeat say. */
export interface Rhythm {
  /** For people, such as `every 1h`. */
  readonly target: string;
  readonly zone: Zone;
  /** When pings are due, if the library that reads schedules is loaded. */
  readonly timing: Timing | undefined;
  /** The same, once it is loaded. */
  load(): Promise<Timing>;
}

/** The longest time that dates of the next years can tell. */
const MAX_MS = 400 * 86_400_000;

/**
 * Reads the options of a heartbeat.
 *
 * @throws {OptionError} If one is not valid. If the library that reads schedules
 * is not loaded, that the schedule is not valid is found later.
 */
export function readOptions(options: HeartbeatOptions): Rhythm {
  const { every, schedule, timezone, token } = options;
  if (token !== undefined) checkToken(token);
  const limits = {
    graceMs: positive("grace", options.grace),
    maxRuntimeMs: positive("maxRuntime", options.maxRuntime),
  };
  const everyMs = positive("every", every);
  const zone = readOption("timezone", () => new Zone(timezone ?? "UTC"));
  if (schedule === undefined) {
    if (everyMs === undefined) {
      throw new OptionError("every", "expected this, or a schedule");
    }
    if (timezone !== undefined) {
      throw new OptionError("timezone", "expected a schedule with it");
    }
    const timing = everyTiming(everyMs, limits);
    const target = `every ${formatDuration(everyMs)}`;
    return { target, zone, timing, load: () => Promise.resolve(timing) };
  }
  if (everyMs !== undefined) {
    throw new OptionError("schedule", "expected no every with it");
  }
  if (typeof schedule !== "string") {
    throw new OptionError(
      "schedule",
      `expected a string, got ${typeof schedule}`,
    );
  }
  const key = `${schedule} ${zone.name}`;
  const read = (): Timing | undefined => {
    const reader = scheduleReader();
    return reader &&
      readOption(
        "schedule",
        () => scheduleTiming(key, reader(schedule, zone), limits),
      );
  };
  const timing = read();
  return {
    target: key,
    zone,
    timing,
    load: () => loadSchedules().then(() => timing ?? read()!),
  };
}

function positive(
  option: string,
  duration: Duration | undefined,
): number | undefined {
  if (duration === undefined) return undefined;
  const ms = readOption(option, () => parseDuration(duration));
  if (ms > 0 && ms <= MAX_MS) return ms;
  const limit = ms > 0 ? `at most ${formatDuration(MAX_MS)}` : "more than 0";
  throw new OptionError(
    option,
    `expected ${limit}, got ${JSON.stringify(duration)}`,
  );
}
