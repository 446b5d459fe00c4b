import type { MessageEvent } from "../../../core/notify/message.ts";
import type { Status } from "../../../core/types.ts";
import type { Letter, LetterIncident } from "../receiver.ts";

/** A letter for programs. Times are in ISO 8601. Fields may be added. */
export type LetterJson = {
  readonly event: MessageEvent;
  readonly title: string;
  readonly text: string;
  /** The program that sends it, such as `lifesign/0.2.0`. */
  readonly agent: string;
  /** When the message was made. */
  readonly time: string;
  /** The same however often it is sent. */
  readonly id: string;
  readonly url: string | null;
  readonly incidents: readonly IncidentJson[];
};

/** An incident for programs. */
export type IncidentJson = {
  /** The same from first to last. */
  readonly id: string;
  /** The id of the first incident of the message that told its beginning. */
  readonly key: string;
  readonly check: string;
  readonly name: string | null;
  readonly group: string | null;
  readonly type: string;
  readonly target: string;
  readonly status: Status;
  readonly reason: { readonly code: string; readonly message: string };
  readonly began: string;
  readonly ended: string | null;
  readonly end: "recovered" | "removed" | null;
  readonly durationMs: number;
  readonly because: string | null;
  readonly url: string | null;
};

/** Makes what webhooks and commands get of a letter. */
export function letterJson(letter: Letter): LetterJson {
  const { event, title, text, agent, at, id, url, incidents } = letter;
  return {
    event,
    title,
    text,
    agent,
    time: isoTime(at),
    id,
    url,
    incidents: incidents.map(incidentJson),
  };
}

/** Makes what programs get of an incident. */
export function incidentJson(incident: LetterIncident): IncidentJson {
  const { began, ended, reason } = incident;
  return {
    id: incident.id,
    key: incident.key,
    check: incident.check,
    name: incident.name ?? null,
    group: incident.group,
    type: incident.type,
    target: incident.target,
    status: incident.status,
    reason: { code: reason.code, message: reason.message },
    began: isoTime(began),
    ended: ended === null ? null : isoTime(ended),
    end: incident.end,
    durationMs: incident.durationMs,
    because: incident.because,
    url: incident.url,
  };
}

/** A time in milliseconds of the epoch as programs read it. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}
