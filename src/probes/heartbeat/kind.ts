import { TOKEN_PATTERN, TOKEN_WORDS } from "../../core/token.ts";
import {
  described,
  NON_EMPTY_STRING,
  POSITIVE_DURATION,
  TIME_ZONE,
} from "../../schema/values.ts";
import { wallTime } from "../../io/clock.ts";
import type { Schema } from "../../schema/schema.ts";
import type { Kind } from "../kind.ts";
import { heartbeat } from "./heartbeat.ts";
import { type HeartbeatOptions, readOptions } from "./options.ts";
import { loadSchedules } from "../../io/calendar/schedules.ts";

/** A duration that may be longer than a timer can wait. */
const { format: _, ...LONG_DURATION } = POSITIVE_DURATION;

/** How many runs of a schedule are shown. */
const RUNS = 3;

/** Tells of the next runs of a schedule: a zone is soon the wrong one. */
async function nextRuns(options: HeartbeatOptions): Promise<string[]> {
  if (options.schedule === undefined) return [];
  const { zone, load } = readOptions(options);
  const { next } = await load();
  const runs: string[] = [];
  for (let at = wallTime(); runs.length < RUNS; runs.push(zone.format(at))) {
    at = next(at);
  }
  return [`the next runs are at ${runs.join(", ")} (${zone.name})`];
}

/** The kind of `heartbeat` checks. */
export const heartbeatKind: Kind<HeartbeatOptions> = {
  make: heartbeat,
  passive: true,
  load: { schedule: loadSchedules },
  // The time zone of the file.
  defaults: { timezone: ["every"] },
  verify: async (options) => ({
    problems: [],
    missing: [],
    notes: await nextRuns(options),
  }),
  schema: {
    properties: {
      every: described(
        LONG_DURATION,
        "The most time from one ping to the next, without the grace",
      ),
      schedule: {
        ...described(
          { ...NON_EMPTY_STRING, title: 'a schedule such as "0 3 * * *"' },
          "When the job runs: five fields as cron has them, or a nickname",
        ),
        examples: ["0 3 * * *", "*/15 * * * *", "@daily"],
      },
      timezone: described(
        TIME_ZONE,
        "The time zone of the schedule; that of the file by default",
      ),
      grace: described(
        LONG_DURATION,
        "How late a ping may be; half the time to the next one by default, and 1h at most",
      ),
      max_runtime: described(
        LONG_DURATION,
        "How long a run may take from its start to its end",
      ),
      token: {
        title: TOKEN_WORDS,
        description: "A bearer token that allows pings of this check only",
        type: "string",
        pattern: TOKEN_PATTERN,
        writeOnly: true,
      } satisfies Schema,
    },
  },
};
