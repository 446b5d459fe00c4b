import { html } from "hono/html";
import type { Incident, Muted } from "../../core/past/incident.ts";
import { lastingText } from "../../core/people/lasting.ts";
import { linkTo } from "../link.ts";
import { ago } from "../look/ago.ts";
import type { Html } from "../look/html.ts";
import { minuteOf } from "../look/moment.ts";

/** What a list of incidents is made of. */
export interface IncidentListContent {
  readonly incidents: readonly Incident[];
  /** What people call a check. */
  readonly nameOf: (check: string) => string;
  /** Whether each says which check it is of. */
  readonly hasChecks: boolean;
  /** The prefix of links. */
  readonly base: string;
  readonly zone: string;
  readonly now: number;
}

/** Incidents, with when and why, newest first. */
export function incidentList(content: IncidentListContent): Html {
  // deno-fmt-ignore
  return html`<ol class="incidents">
${content.incidents.map((incident) => item(incident, content))}</ol>`;
}

function item(
  incident: Incident,
  { nameOf, hasChecks, base, zone, now }: IncidentListContent,
): Html {
  const { check, began, ended, end, firstReason, lastReason, muted } = incident;
  const lasts = ended === null;
  const status = muted !== null
    ? "unhealthy maintenance"
    : lasts
    ? "unhealthy alarm"
    : "over";
  const notes = [
    lastReason.message !== firstReason.message &&
    html`${lasts ? "now" : "at last"}: ${lastReason.message}`,
    muted !== null && mutedText(muted, nameOf, base),
    end === "removed" && "The check was removed.",
  ].filter((note) => note !== false);
  // deno-fmt-ignore
  return html`<li id="${incident.id}" class="${status}"><b>${lasts ? "lasts" : "over"}</b><div>${hasChecks ? html`<a href="${base}${linkTo(check)}">${nameOf(check)}</a> ` : ""}<span>${firstReason.message}</span>${notes.map((note) => html`<small>${note}</small>`)}</div><span class="when"><time data-at datetime="${iso(began)}">${minuteOf(began, zone)}</time> <span>${lasts ? html`<time datetime="${iso(began)}">${ago(now - began)}</time>` : lastingText(ended - began)}</span></span></li>
`;
}

/** Why nobody is told of an incident. */
export function mutedText(
  muted: Muted,
  nameOf: (check: string) => string,
  base: string,
): Html | string {
  switch (muted.by) {
    case "maintenance":
      return "Muted: in maintenance.";
    case "dependency":
      return html`Muted: because of <a href="${base}${linkTo(muted.check)}">${
        nameOf(muted.check)
      }</a>.`;
    default:
      return muted satisfies never;
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
