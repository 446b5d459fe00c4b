import type {
  Message,
  ToldIncident,
} from "../../../../src/core/notify/message.ts";
import { Zone } from "../../../../src/io/calendar/zone.ts";
import { makeLetter } from "../../../../src/sinks/notify/letter/letter.ts";
import type { LetterOptions } from "../../../../src/sinks/notify/letter/letter.ts";
import type { Letter } from "../../../../src/sinks/notify/receiver.ts";

const MINUTE_MS = 60_000;

/** When messages of tests are made: 04:14 in Berlin. */
export const AT: number = Date.parse("2026-11-27T03:14:00Z");

/** An incident that began two minutes before {@linkcode AT}. */
export function incidentOf(changes: Partial<ToldIncident> = {}): ToldIncident {
  const reason = changes.reason ?? {
    code: "refused",
    message: "10.0.0.5:443 refused the connection",
  };
  const check = changes.check ?? "web";
  return {
    id: `${check}-1`,
    check,
    group: "edge",
    type: "tcp",
    target: "10.0.0.5:443",
    status: "unhealthy",
    firstReason: reason,
    reason,
    began: AT - 2 * MINUTE_MS,
    ended: null,
    end: null,
    because: null,
    key: `${check}-1`,
    ...changes,
  };
}

/** The same incident, over after 14 minutes. */
export function overOf(changes: Partial<ToldIncident> = {}): ToldIncident {
  return incidentOf({
    began: AT - 14 * MINUTE_MS,
    ended: AT,
    end: "recovered",
    ...changes,
  });
}

/** A message about incidents. */
export function messageOf(
  event: Message["event"],
  incidents: readonly ToldIncident[],
  changes: Partial<Message> = {},
): Message {
  return { id: "m1", event, at: AT, incidents, closed: [], ...changes };
}

/** A letter that is sent when its message is made, to people in Berlin. */
export function letterOf(
  message: Message,
  options: Partial<LetterOptions> = {},
): Letter {
  return makeLetter(message, {
    now: message.at,
    zone: new Zone("Europe/Berlin"),
    siteUrl: "https://status.example/",
    agent: "lifesign/0.2.0",
    ...options,
  });
}
