import { oneLine } from "../../../core/text.ts";
import type { Status } from "../../../core/types.ts";
import type { ToldIncident } from "../../../core/notify/message.ts";
import type { Zone } from "../../../io/calendar/zone.ts";

/** What people call a status that is told. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  unhealthy: "down",
  unknown: "unknown",
  degraded: "degraded",
  healthy: "up",
};

/** What people call things. */
export interface Words {
  /** A check, in one line. */
  name(check: string): string;
  /**
   * A time, such as `03:12`; with the day if that is not today, such as
   * `2026-11-26 23:50`.
   */
  time(at: number): string;
  /** The time zone of these times. */
  readonly zone: string;
}

/** What words are made of. */
export interface WordsOptions {
  readonly incidents: readonly ToldIncident[];
  /** When they are read, in milliseconds of the epoch. */
  readonly now: number;
  readonly zone: Zone;
  /** What people call a check that is not among the incidents. */
  readonly nameOf?: ((check: string) => string) | undefined;
}

const MAX_NAME_LENGTH = 60;

const MINUTE_MS = 60_000;

/** Makes the words of a letter. */
export function wordsOf({ incidents, now, zone, nameOf }: WordsOptions): Words {
  const names = new Map(
    incidents.map(({ check, name }) => [check, name ?? check]),
  );
  // What fails at once did so in few minutes, and each takes its time to format.
  const minutes = new Map<number, string>();
  const minute = (at: number): string => {
    const start = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const shown = minutes.get(start) ?? zone.format(start);
    minutes.set(start, shown);
    return shown;
  };
  const today = minute(now).slice(0, 10);
  return {
    name: (check) =>
      oneLine(names.get(check) ?? nameOf?.(check) ?? check, MAX_NAME_LENGTH),
    time(at) {
      const shown = minute(at);
      return shown.startsWith(today) ? shown.slice(11) : shown;
    },
    zone: zone.name,
  };
}
