import type { Schema } from "../../schema/schema.ts";
import {
  BOOLEAN,
  described,
  DURATION,
  NON_EMPTY_STRING,
  POSITIVE_DURATION,
  TIME_ZONE,
} from "../../schema/values.ts";
import type { Receiver } from "./receiver.ts";
import { RECEIVERS } from "./receivers/table.ts";

/** The days of a week, in their order. */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const TIME: Schema = {
  title: 'a time of day such as "22:00"',
  examples: ["22:00"],
  type: "string",
  pattern: "^(?:[01]\\d|2[0-3]):[0-5]\\d$",
};

const NAMES: Schema = { type: "array", items: NON_EMPTY_STRING, minItems: 1 };
const IDS: Schema = {
  ...NAMES,
  title: "a list of ids of checks such as [web]",
};

const STATUSES: Schema = {
  enum: ["degraded", "unknown", "unhealthy", "agent"],
};

const QUIET: Schema = {
  title: 'a map such as { from: "22:00", to: "07:00" }',
  description: "When it keeps quiet; what happens meanwhile is told at the end",
  examples: [{ from: "22:00", to: "07:00" }],
  type: "object",
  additionalProperties: false,
  required: ["from", "to"],
  properties: {
    from: described(TIME, "When it begins, as the clocks show it"),
    to: described(TIME, "When it ends, on the next day if that is earlier"),
    timezone: described(
      TIME_ZONE,
      "The time zone of from and to; that of the file by default",
    ),
    days: {
      title: `a list of days such as [${DAYS.slice(0, 5).join(", ")}]`,
      description: "The days on which it begins; every day by default",
      type: "array",
      items: { enum: DAYS },
      minItems: 1,
    },
  },
};

/** The keys of every notifier. */
export const SHARED: Readonly<Record<string, Schema>> = {
  on: {
    title: "a list of statuses such as [unhealthy]",
    description:
      "The statuses to tell of; agent is an agent of the cluster that is gone",
    default: ["unhealthy"],
    type: "array",
    items: STATUSES,
    minItems: 1,
  },
  after: described(
    DURATION,
    "How long it must have been so; what is over before is never told",
    0,
  ),
  remind: {
    title: 'a duration such as "4h", or false',
    description: "How often to tell again while it lasts",
    default: false,
    examples: ["4h", false],
    anyOf: [{ enum: [false] }, POSITIVE_DURATION],
  },
  resolved: described(
    BOOLEAN,
    "Whether to tell when it is over, if its beginning was told",
    true,
  ),
  gather: {
    ...DURATION,
    description:
      "What happens within this time of the first becomes one message: 30s by default, and 0 for one check alone that depends on no other",
  },
  quiet: QUIET,
  limit: {
    title: "a whole number of 1 or more",
    description:
      "The most messages in an hour; what is beyond waits, and is told in one",
    type: "integer",
    minimum: 1,
    default: 20,
  },
  checks: described(
    IDS,
    "The checks to tell of, beside those of the groups; all, if there are neither",
  ),
  groups: described(
    { ...NAMES, title: "a list of groups such as [shop]" },
    "The groups to tell of, beside the checks",
  ),
  self: described(
    IDS,
    "The checks that tell whether the agent's own network works: while all of them fail, nothing is sent",
  ),
};

/** What a notifier of a type may be. */
function notifierSchema(
  { type, properties, required = [] }: Receiver,
): Schema {
  return {
    title: "a notifier such as { type: log }",
    type: "object",
    properties: { type: { enum: [type] }, ...properties, ...SHARED },
    required: ["type", ...required],
    additionalProperties: false,
  };
}

/** What a notifier may be. */
export const NOTIFIER: Schema = {
  title: "a notifier such as { type: log }",
  type: "object",
  properties: {
    type: { description: "Where its messages go" },
    ...SHARED,
  },
  byType: Object.fromEntries(
    Object.entries(RECEIVERS).map((
      [type, receiver],
    ) => [type, notifierSchema(receiver)]),
  ),
};

/** What the key `notify` may be. */
export const NOTIFY: Schema = {
  title: "a map of notifiers by their names",
  description: "Whom to tell when checks fail and recover, by names",
  examples: [{ team: { type: "log" } }],
  type: "object",
  additionalProperties: NOTIFIER,
};
