import { html, raw } from "hono/html";
import { summary } from "../../core/people/summary.ts";
import type { Status } from "../../core/types.ts";
import { lastingText } from "../../core/people/lasting.ts";
import { ago } from "../look/ago.ts";
import { brand } from "../look/brand.ts";
import { document, scriptOf } from "../look/document.ts";
import type { Html } from "../look/html.ts";
import { icon } from "../look/icon.ts";
import { tones } from "../look/legend.ts";
import { minuteOf } from "../look/moment.ts";
import { poll } from "../look/poll.js";
import { INCIDENT_STYLE } from "../incidents/style.ts";
import type { PublicCheck, PublicIncident, PublicStatus } from "./status.ts";

/** What the public page is made of. */
export interface PublicPageContent {
  readonly title: string;
  /** An image as a `data:` URI. */
  readonly logo: string | undefined;
  readonly status: PublicStatus;
  /** Whether there are bars of days. */
  readonly hasDays: boolean;
  /** The prefix of the links to what is below the page. */
  readonly base: string;
  readonly zone: string;
  /** The nonce of the inline style and script. */
  readonly nonce: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** How many incidents are shown at once. */
const SHOWN = 10;

/** What people call a status. */
const WORDS: Readonly<Record<Status, string>> = {
  healthy: "up",
  degraded: "degraded",
  unhealthy: "down",
  unknown: "unknown",
};

const STYLE = `
${INCIDENT_STYLE}
body { max-width: 54rem; }
main section:not(#hero) { margin-top: 1.6rem; }
main h2 { padding: 0 .2rem .45rem; }
summary { padding: .7rem .2rem; color: var(--quiet); cursor: pointer; }
ul { list-style: none; padding: 0; }
ul li { padding: .8rem 1.2rem; display: grid; grid-template-columns: minmax(0, 1fr) max-content; gap: .4rem 1rem; }
ul li + li { border-top: 1px solid var(--line); }
ul a, ul span { overflow-wrap: anywhere; }
ul li b { font-weight: 400; color: var(--status); }
ul li.healthy b { color: var(--quiet); }
ul .name { font-weight: 500; }
ul li:not(.healthy) .name { font-weight: 600; }
.days { grid-column: 1 / -1; display: block; width: 100%; height: 30px; }
.days path { stroke-width: .75; fill: none; } .days .l { stroke-width: 6; stroke-dasharray: .75 .25; } .days .p { opacity: .75; }
.scale { grid-column: 1 / -1; display: flex; justify-content: space-between; color: var(--quiet); font-size: .8rem; }
.incidents .name { font-weight: 600; }
@media (min-width: 30rem) { .incidents li { grid-template-columns: 1.3rem minmax(0, 1fr) max-content; } .when { grid-column: 3; grid-template-columns: max-content 5.5rem; } }
.lost main section:not(#hero) { filter: saturate(.15); }`;

const SCRIPT = scriptOf(`(${poll})(${icon})`);

/** The page for people who have no token. */
export function publicPage(content: PublicPageContent): Html {
  const { title, logo, status: all, hasDays, base, nonce, now } = content;
  const { zone } = content;
  const { counts, status } = all.rollup;
  const headline = summary({ counts, maintenance: all.maintenance });
  const list = (incidents: readonly PublicIncident[]): Html =>
    html`<ol class="incidents">${
      incidents.map((it) => incident(it, zone, now))
    }</ol>`;
  // deno-fmt-ignore
  return document({
    headline, title, status, base, nonce, now,
    style: STYLE,
    script: SCRIPT,
    refresh: 30,
    feed: `${base}incidents.atom`,
    header: brand({ title, logo, description: undefined }),
    main: html`<section id="hero" aria-label="Summary"><h1 id="headline" class="${status}" aria-live="polite">${headline}</h1></section>
${all.groups.map(({ name, checks }) => html`<section>${name === null ? "" : html`<h2>${name}</h2>`}
<ul class="card">
${checks.map(check)}</ul></section>`)}
${all.groups.length > 0 ? "" : html`<p class="none">Nothing to show</p>`}
<section><h2>Incidents</h2>
${all.incidents.length === 0 ? html`<p class="card none">None in the last 90 days</p>` : html`${list(all.incidents.slice(0, SHOWN))}${all.incidents.length <= SHOWN ? "" : html`<details><summary>${all.incidents.length - SHOWN} older ones</summary>${list(all.incidents.slice(SHOWN))}</details>`}`}</section>
<p id="legend">${hasDays ? html`A bar is a day, today at the right: ${tones()}. The percentage is the uptime of these 90 days. ` : ""}Times are in ${zone}.</p>`,
    footer: html`<a href="${base}status.json">JSON</a><a href="${base}incidents.atom">Atom feed</a>`,
  });
}

function check(
  { name, status, isInMaintenance, days }: PublicCheck,
): Html {
  const word = isInMaintenance ? "in maintenance" : WORDS[status];
  const tone = isInMaintenance ? "maintenance" : status;
  // deno-fmt-ignore
  return html`<li class="${tone}"><span class="name">${name}</span><b>${word}</b>${days === undefined ? "" : html`${raw(days.bars)}<span class="scale"><span>90 days ago</span><span>${days.uptime}</span><span>today</span></span>`}</li>
`;
}

function incident(
  { id, name, began, ended }: PublicIncident,
  zone: string,
  now: number,
): Html {
  const lasts = ended === null;
  // deno-fmt-ignore
  return html`<li id="${id}" class="${lasts ? "unhealthy alarm" : "over"}"><b>${lasts ? "lasts" : "over"}</b><div class="name">${name}</div><span class="when"><time data-at datetime="${new Date(began).toISOString()}">${minuteOf(began, zone)}</time> <span>${lasts ? ago(now - began) : lastingText(ended - began)}</span></span></li>
`;
}
