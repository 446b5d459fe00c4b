import type { Schema } from "../../schema/schema.ts";
import {
  described,
  NON_EMPTY_STRING,
  POSITIVE_DURATION,
  TIME_ZONE,
} from "../../schema/values.ts";

/** A maintenance window, as a config file has it. */
export interface MaintenanceSpec {
  /** When it begins, if it comes once. */
  readonly start?: string;
  /** When it begins, as cron has it, if it comes again and again. */
  readonly every?: string;
  /** How long it lasts. */
  readonly duration: string;
  /** The time zone of `start` and `every`; that of the file by default. */
  readonly timezone?: string;
  /** The ids of its checks. Without these and without groups, it is for all. */
  readonly checks?: readonly string[];
  /** The groups whose checks it is for. */
  readonly groups?: readonly string[];
  /** Why, for people. */
  readonly reason?: string;
}

/** A duration that may be longer than a timer can wait. */
const { format: _, ...LONG_DURATION } = POSITIVE_DURATION;

/** What the key `maintenance` may be. */
export const MAINTENANCE: Schema = {
  title: "a list of maintenance windows",
  description:
    "When nobody is told of incidents, and time does not count in the uptime",
  examples: [
    [{ every: "0 3 * * sun", duration: "2h", groups: ["shop"] }],
    [{ start: "2026-11-29T22:00", duration: "30m", reason: "New disks" }],
  ],
  type: "array",
  items: {
    title: "a maintenance window",
    type: "object",
    additionalProperties: false,
    required: ["duration"],
    properties: {
      start: {
        ...NON_EMPTY_STRING,
        title: 'a date and a time such as "2026-11-29T22:00"',
        description:
          "When it begins, as the clocks of the time zone show it, or with an offset",
        examples: ["2026-11-29T22:00", "2026-11-29T22:00:00+01:00"],
      },
      every: {
        ...NON_EMPTY_STRING,
        title: 'a schedule such as "0 3 * * sun"',
        description:
          "When it begins, again and again: five fields as cron has them, or a nickname",
        examples: ["0 3 * * sun", "@daily"],
      },
      duration: described(LONG_DURATION, "How long it lasts, in real time"),
      timezone: described(
        TIME_ZONE,
        "The time zone of start and every; that of the file by default",
      ),
      checks: {
        title: "a list of ids of checks",
        description:
          "The checks that it is for; all, if it has no groups either",
        type: "array",
        items: NON_EMPTY_STRING,
        minItems: 1,
      },
      groups: {
        title: "a list of groups",
        description: "The groups whose checks it is for",
        type: "array",
        items: NON_EMPTY_STRING,
        minItems: 1,
      },
      reason: described(NON_EMPTY_STRING, "Why, for people"),
    },
  },
};
