/**
 * What receivers make of the event of a letter: a colour, or how urgent it is.
 *
 * @module
 */

import type { MessageEvent } from "../../../core/notify/message.ts";
import type { Status } from "../../../core/types.ts";
import type { Schema } from "../../../schema/schema.ts";
import type { Letter } from "../receiver.ts";

/** What a letter may be about. */
export const EVENTS: readonly MessageEvent[] = [
  "down",
  "degraded",
  "unknown",
  "reminder",
  "up",
  "test",
];

const STATUSES: Readonly<
  Record<Exclude<MessageEvent, "reminder">, Status>
> = {
  down: "unhealthy",
  degraded: "degraded",
  unknown: "unknown",
  up: "healthy",
  test: "healthy",
};

const WORST: readonly Status[] = ["unhealthy", "unknown", "degraded"];

/** The status whose colour a letter has: in a reminder, the worst. */
export function statusOf({ event, incidents }: Letter): Status {
  if (event !== "reminder") return STATUSES[event];
  const told = new Set(incidents.map(({ status }) => status));
  return WORST.find((status) => told.has(status)) ?? "unknown";
}

/** The colours of statuses, as on the pages. */
export const COLOURS: Readonly<Record<Status, number>> = {
  unhealthy: 0xc4232b,
  degraded: 0xd79a21,
  unknown: 0x8d97a1,
  healthy: 0x1a7f37,
};

/** How urgent letters are: one number if something is down, or one for each event. */
export type Priority = number | Partial<Readonly<Record<MessageEvent, number>>>;

/** How urgent letters of each event are by default. */
export type Priorities = Readonly<Record<MessageEvent, number>>;

/** What an option of priorities may be. */
export function prioritySchema(
  { minimum, maximum, defaults, meaning }: {
    readonly minimum: number;
    readonly maximum: number;
    readonly defaults: Priorities;
    /** What the numbers mean, such as `1 is the least`. */
    readonly meaning: string;
  },
): Schema {
  const number: Schema = {
    title: `a whole number from ${minimum} to ${maximum}`,
    type: "integer",
    minimum,
    maximum,
  };
  return {
    title: `${number.title}, or a map such as { down: ${maximum} }`,
    description:
      `How urgent it is that something is down, or a map by events: ${meaning}`,
    default: defaults,
    examples: [maximum, { down: maximum, up: minimum }],
    anyOf: [number, {
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      properties: Object.fromEntries(EVENTS.map((event) => [event, number])),
    }],
  };
}

/** How urgent a letter of an event is. A number alone is for what is down. */
export function priorityOf(
  event: MessageEvent,
  priority: Priority | undefined,
  defaults: Priorities,
): number {
  if (typeof priority !== "number") return priority?.[event] ?? defaults[event];
  return event === "down" || event === "reminder" ? priority : defaults[event];
}
