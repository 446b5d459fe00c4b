import { html } from "hono/html";
import type { ClusterLog } from "../../core/cluster/status.ts";
import { clusterState, clusterTroubles } from "../../core/cluster/troubles.ts";
import type { NotifierStatus } from "../../core/notify/status.ts";
import { rollup } from "../../core/rollup.ts";
import { summary } from "../../core/people/summary.ts";
import { ago } from "../look/ago.ts";
import type { Base } from "../look/base.ts";
import { tones } from "../look/legend.ts";
import { nav } from "../look/nav.ts";
import { connect } from "../look/connect.js";
import { document, scriptOf } from "../look/document.ts";
import { clusterLive } from "../cluster/live.js";
import { clusterLines, LINES_STYLE } from "../cluster/lines.ts";
import { brand } from "../look/brand.ts";
import { flag, type Html } from "../look/html.ts";
import { grouped } from "../look/grouped.ts";
import { notifierTroubles } from "../notifications/trouble.ts";
import type { Site } from "../site.ts";
import { icon } from "../look/icon.ts";
import { type Filter, filterForm, matches } from "./filter.ts";
import { live } from "./live.js";
import type { RowContent } from "./row.ts";
import { countOf, section } from "./section.ts";
import { STYLE } from "./style.ts";
import { MOST_TROUBLES, troubles } from "./trouble.ts";

/** What the page is made of. */
export interface PageContent {
  readonly site: Site;
  readonly checks: readonly Omit<RowContent, "base" | "isHidden">[];
  /** Whether there are bars of days. */
  readonly hasDays: boolean;
  /** The only group to show; all groups if it is undefined. */
  readonly group: string | undefined;
  /** Which checks of those are shown. */
  readonly filter: Filter;
  /** How the notifiers do, if there are any. */
  readonly notifiers?: readonly NotifierStatus[] | undefined;
  /** What is known of other agents that share the checks, if there may be any. */
  readonly cluster?: ClusterLog | undefined;
  readonly links: Base;
  /** The nonce of the inline style and script. */
  readonly nonce: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** What a browser runs: the source of our functions. */
const SCRIPT = scriptWith("options");

/** The same where there is a cluster. */
const CLUSTER_SCRIPT = scriptWith(`(${clusterLive})(options)`);

function scriptWith(options: string): string {
  return scriptOf(
    `(${live})(${summary},(options)=>(${connect})(${icon},${ago},${options}),${MOST_TROUBLES})`,
  );
}

/** The status page. It works without its script, which only updates it. */
export function page(
  { site, checks, hasDays, group, filter, notifiers, cluster, ...about }:
    PageContent,
): Html {
  const { links: { base, home }, nonce, now } = about;
  const sum = countOf(checks);
  const sentence = summary(sum);
  const { status } = rollup(sum.counts);
  const query = group === undefined
    ? ""
    : `&group=${encodeURIComponent(group.toWellFormed())}`;
  const rows = checks.map((check): RowContent => ({
    ...check,
    base,
    isHidden: !matches(filter, check),
  }));
  // deno-fmt-ignore
  return document({
    headline: sentence,
    title: site.title, status, base, nonce, now,
    events: `events?rows${query}`,
    style: cluster === undefined ? STYLE : STYLE + LINES_STYLE,
    script: cluster === undefined ? SCRIPT : CLUSTER_SCRIPT,
    refresh: 30,
    header: html`${brand(site)}${nav({ base, home, current: "checks", hasCluster: cluster !== undefined })}${group === undefined ? "" : html`<p>${group} <a href="?">all groups</a></p>`}`,
    main: html`<section id="hero" aria-label="Summary">
<h1 id="headline" class="${status}" aria-live="polite">${sentence}</h1>
<p id="note" hidden=""></p>
${cluster === undefined ? "" : clusterLines(clusterTroubles(clusterState(cluster)), { base, now })}${troubles(rows)}
</section>
${filterForm(filter, countAll(rows), group)}
<div id="checks"${hasDays ? html` class="past"` : ""}>
${[...grouped(rows, ({ snapshot }) => snapshot.group)].map(([name, members]) => section(group === undefined ? name : null, members))}</div>
<p class="none" id="empty"${flag("hidden", checks.length > 0)}>No checks to show</p>
<p class="none" id="nothing"${flag("hidden", rows.length === 0 || rows.some(({ isHidden }) => !isHidden))}>No check matches the filter. <a href="?${query.slice(1)}">Show all</a></p>
${hasDays ? DAYS_LEGEND : LEGEND}`,
    footer: html`${notes(notifiers)}<a href="${base}checks">JSON</a><a href="${base}health">health</a><a href="${base}readyz?verbose">readyz</a><a href="${base}metrics">metrics</a>${notifiers === undefined ? "" : html`<a href="${base}notifications">notifications</a>`}`,
  });
}

// deno-fmt-ignore
const LEGEND = html`<p id="legend">The bars are the last 60 attempts, the newest at the right: ${tones([["p", "passed"], ["w", "with a warning"], ["f", "failed"], ["e", "could not tell"]])}</p>`;

// deno-fmt-ignore
const DAYS_LEGEND = html`<p id="legend">A bar is a day, today at the right: ${tones()}. The percentage is the uptime of these 90 days. Point at a check for its last 60 attempts.</p>`;

/** What is to be said of the notifiers, which events keep up to date. */
function notes(notifiers: readonly NotifierStatus[] = []): Html {
  const lines = notifierTroubles(notifiers);
  // deno-fmt-ignore
  return html`<ul id="told" aria-label="Notifications"${flag("hidden", lines.length === 0)}>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

/** Counts checks by their status, whether they are in maintenance or not. */
function countAll(checks: readonly RowContent[]): ReturnType<typeof rollup> {
  return rollup(
    countOf(checks.map((check) => ({ ...check, isInMaintenance: false })))
      .counts,
  );
}
