import { html, raw } from "hono/html";
import type { RegionLook } from "../../core/cluster/status.ts";
import type { Snapshot } from "../../core/types.ts";
import { incidentList } from "../incidents/list.ts";
import { ago } from "../look/ago.ts";
import type { Base } from "../look/base.ts";
import { brand } from "../look/brand.ts";
import { connect } from "../look/connect.js";
import { document, scriptOf } from "../look/document.ts";
import type { Html } from "../look/html.ts";
import { icon } from "../look/icon.ts";
import { nav } from "../look/nav.ts";
import type { Site } from "../site.ts";
import { attemptTable } from "./attempts.ts";
import { chart } from "./chart.ts";
import { facts } from "./facts.ts";
import { live } from "./live.js";
import type { CheckPast } from "./past.ts";
import { CHART_RANGES } from "./points.ts";
import { regionTable } from "./regions.ts";
import { STYLE } from "./style.ts";
import { uptimes } from "./uptimes.ts";

/** What the page of a check is made of. */
export interface CheckPageContent {
  readonly id: string;
  /** What is known now; nothing if it was removed. */
  readonly snapshot: Snapshot | undefined;
  readonly isInMaintenance: boolean;
  readonly past: CheckPast;
  /** What people call a check. */
  readonly nameOf: (check: string) => string;
  /** How it is from each of its regions, if it has any. */
  readonly regions: readonly RegionLook[];
  readonly site: Site;
  /** Whether there is a page of the agents that share the checks. */
  readonly hasCluster: boolean;
  readonly links: Base;
  /** The nonce of the inline style and script. */
  readonly nonce: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** What a browser runs: the source of our functions. */
const SCRIPT = scriptOf(
  `(${live})((options)=>(${connect})(${icon},${ago},options))`,
);

/** The page of a check. It works without its script, which only updates it. */
export function checkPage(content: CheckPageContent): Html {
  const { id, snapshot, isInMaintenance, past, regions, nameOf } = content;
  const { site, hasCluster, links: { base, home }, nonce, now } = content;
  const { zone } = site;
  const name = nameOf(id);
  const status = snapshot?.status ?? "unknown";
  const headline = snapshot === undefined
    ? `${name} was removed`
    : isInMaintenance
    ? `${name} is in maintenance`
    : `${name} is ${status}`;
  const encoded = encodeURIComponent(id.toWellFormed());
  // deno-fmt-ignore
  return document({
    headline,
    title: site.title, status, base, nonce, now,
    ...(snapshot !== undefined && { events: `events?beat&check=${encoded}`, script: SCRIPT }),
    style: STYLE,
    refresh: 30,
    header: html`${brand(site, home)}${nav({ base, home, current: undefined, hasCluster })}`,
    main: html`<section id="hero" aria-label="Summary" data-seen="${snapshot === undefined ? "" : `${snapshot.attempts}/${snapshot.transitions}`}">
<h1 id="headline" class="${status}${isInMaintenance ? " maintenance" : ""}" aria-live="polite">${headline}</h1>
<p id="note" hidden=""></p>
${snapshot === undefined ? "" : html`${words(snapshot)}${facts(snapshot, { home, hasRegions: regions.length > 0, zone, now })}`}
</section>
${past.isUnreadable ? html`<p class="none">The history cannot be read now.</p>` : ""}
${regionTable(regions, zone)}
${uptimes(past, zone)}
${responseTimes(content)}
${past.incidents.length === 0 ? "" : html`<section id="incidents"><h2>Incidents</h2>
${incidentList({ incidents: past.incidents, nameOf, hasChecks: false, base, zone, now })}</section>`}
${past.attempts.length === 0 ? "" : html`<section><h2>Last attempts</h2>
<div class="card scrolls" tabindex="0" role="group" aria-label="Last attempts">${attemptTable(past.attempts, zone)}</div></section>`}
`,
    footer: html`<a href="${encoded}?format=json">JSON</a>${past.days === undefined ? "" : html`<a href="${encoded}/history?format=csv">history as CSV</a>`}<a href="${base}badge/${encoded}.svg">badge</a>`,
  });
}

/** Why a check is as it is, and what it is about. */
function words({ reason, stale, description, link }: Snapshot): Html {
  const notes = [
    reason?.message,
    stale && "No attempt since the restart",
  ].filter((note) => typeof note === "string");
  // deno-fmt-ignore
  return html`${notes.map((note) => html`<p class="why">${note}</p>`)}${description === undefined && link === undefined ? "" : html`<p class="about">${description ?? ""} ${link === undefined ? "" : html`<a href="${link}" rel="noreferrer">${link}</a>`}</p>`}`;
}

function responseTimes({ past, site }: CheckPageContent): Html | "" {
  const { points, range } = past;
  const drawn = chart(points, range, site.zone);
  if (drawn === "" && range.name === undefined) return "";
  // deno-fmt-ignore
  const ranges = CHART_RANGES.map(({ name }) => html`<a href="?range=${name}"${name === range.name ? raw(' aria-current="true"') : ""}>${name}</a>`);
  // deno-fmt-ignore
  return html`<section><h2>Response time</h2>${range.name === undefined ? "" : html`<nav class="ranges" aria-label="Range">${ranges}</nav>`}
<div class="card">${drawn === "" ? html`<p class="none">Not enough response times in this range yet</p>` : drawn}</div></section>`;
}
