import { html } from "hono/html";
import type { Incident } from "../../core/past/incident.ts";
import type { Base } from "../look/base.ts";
import { brand } from "../look/brand.ts";
import { document, scriptOf } from "../look/document.ts";
import type { Html } from "../look/html.ts";
import { icon } from "../look/icon.ts";
import { poll } from "../look/poll.js";
import { nav } from "../look/nav.ts";
import type { Site } from "../site.ts";
import { incidentList } from "./list.ts";
import { INCIDENT_STYLE } from "./style.ts";

/** What the page of incidents is made of. */
export interface IncidentsPageContent {
  /** Newest first. */
  readonly incidents: readonly Incident[];
  /** The query of the page with older ones, if there are more. */
  readonly older: string | undefined;
  /** What people call a check. */
  readonly nameOf: (check: string) => string;
  readonly site: Site;
  /** Whether there is a page of the agents that share the checks. */
  readonly hasCluster: boolean;
  readonly links: Base;
  /** The nonce of the inline style. */
  readonly nonce: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** What a browser runs: the source of our functions. */
const SCRIPT = scriptOf(`(${poll})(${icon})`);

const STYLE = `
main section:not(#hero) { margin-top: 1.6rem; }
main h2 { padding: 0 .2rem .45rem; }
#older { padding: 1rem .2rem 0; color: var(--quiet); }
${INCIDENT_STYLE}`;

/** The page of incidents. */
export function incidentsPage(content: IncidentsPageContent): Html {
  const { incidents, older, nameOf, site, hasCluster, nonce, now } = content;
  const { base, home } = content.links;
  const lasting = incidents.filter(({ ended }) => ended === null);
  const over = incidents.filter(({ ended }) => ended !== null);
  const headline = headlineOf(lasting);
  const status = lasting.some(({ muted }) => muted === null)
    ? "unhealthy"
    : "healthy";
  const list = (incidents: readonly Incident[]): Html =>
    incidentList({
      incidents,
      nameOf,
      hasChecks: true,
      base,
      zone: site.zone,
      now,
    });
  // deno-fmt-ignore
  return document({
    headline,
    title: site.title, status, base, nonce, now,
    style: STYLE,
    script: SCRIPT,
    refresh: 30,
    feed: `${base}incidents.atom`,
    header: html`${brand(site, home)}${nav({ base, home, current: "incidents", hasCluster })}`,
    main: html`<section id="hero"><h1 id="headline" class="${status}">${headline}</h1></section>
${lasting.length === 0 ? "" : html`<section><h2>Now</h2>
${list(lasting)}</section>`}
${over.length === 0 ? "" : html`<section><h2>Before</h2>
${list(over)}</section>`}
${incidents.length > 0 ? "" : html`<p class="none">No incidents to show</p>`}
${older === undefined ? "" : html`<p id="older"><a href="${older}">Older incidents</a></p>`}
<p id="legend">An incident is the time in which a check was down. Times are in ${site.zone}.</p>`,
    footer: html`<a href="${base}incidents?format=json">JSON</a><a href="${base}incidents.atom">Atom feed</a>`,
  });
}

function headlineOf(lasting: readonly Incident[]): string {
  if (lasting.length === 0) return "No open incidents";
  const told = lasting.filter(({ muted }) => muted === null).length;
  const muted = lasting.length - told;
  if (told === 0) return `${muted} muted ${nounOf(muted)}`;
  return `${told} open ${nounOf(told)}${
    muted > 0 ? ` and ${muted} muted` : ""
  }`;
}

function nounOf(count: number): string {
  return count === 1 ? "incident" : "incidents";
}
