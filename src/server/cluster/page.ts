import { html, raw } from "hono/html";
import type {
  ClusterLog,
  MemberStatus,
  Uncovered,
} from "../../core/cluster/status.ts";
import {
  clusterState,
  clusterTroubles,
  configNote,
  runs,
} from "../../core/cluster/troubles.ts";
import { formatDuration } from "../../core/duration.ts";
import { linkTo } from "../link.ts";
import { ago } from "../look/ago.ts";
import type { Base } from "../look/base.ts";
import { brand } from "../look/brand.ts";
import { document, scriptOf } from "../look/document.ts";
import type { Html } from "../look/html.ts";
import { icon } from "../look/icon.ts";
import { nav } from "../look/nav.ts";
import { poll } from "../look/poll.js";
import type { Site } from "../site.ts";
import { headlineOf } from "./headline.ts";
import { clusterLines, LINES_STYLE } from "./lines.ts";

/** What the page of a cluster is made of. */
export interface ClusterPageContent {
  readonly cluster: ClusterLog;
  /** What people call a check. */
  readonly nameOf: (check: string) => string;
  readonly site: Site;
  readonly links: Base;
  /** The nonce of the inline style. */
  readonly nonce: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** How often the page is loaded again. */
const REFRESH_MS = 5000;

/** The most checks that are listed as run by nobody. */
const MAX_UNCOVERED = 100;

/** What a browser runs: the source of our functions. */
const SCRIPT = scriptOf(`(${poll})(${icon},${REFRESH_MS})`);

const STYLE = `
main section:not(#hero) { margin-top: 1.6rem; }
main h2 { padding: 0 .2rem .45rem; }
dt, th, td small { color: var(--quiet); font-size: .8rem; font-weight: 400; }
dd { margin: 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.2rem, 1fr)); gap: .8rem 1.4rem; border-top: 1px solid var(--line); padding: 1rem 1.2rem 1.1rem; }
.why { padding: 0 1.2rem .8rem; color: var(--quiet); }
.scrolls { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: baseline; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 1.2rem; }
td:first-child { font-weight: 600; }
td:last-child { width: 100%; }
.number { text-align: right; }
tbody tr:last-child td { border-bottom: 0; }
tr.gone td { color: var(--quiet); } tr.gone .state { color: var(--unhealthy); font-weight: 600; }
tr.leaving .state { color: var(--degraded); font-weight: 600; }
@media (max-width: 38rem) { dl { grid-template-columns: repeat(2, minmax(0, 1fr)); padding-left: .9rem; } .why { padding: 0 .9rem .8rem; } }
${LINES_STYLE}`;

/** The page of a cluster, as one agent sees it. */
export function clusterPage(content: ClusterPageContent): Html {
  const { cluster, site, links: { base, home }, nonce, now } = content;
  const members = cluster.members();
  const state = clusterState(cluster);
  const { headline, status } = headlineOf(state);
  const note = configNote(members);
  // deno-fmt-ignore
  return document({
    headline,
    title: site.title, status, base, nonce, now,
    style: STYLE,
    script: SCRIPT,
    refresh: 30,
    header: html`${brand(site, home)}${nav({ base, home, current: "cluster", hasCluster: true })}`,
    main: html`<section id="hero" aria-label="Summary"><h1 id="headline" class="${status}">${headline}</h1>
${clusterLines(clusterTroubles(state), { base, now })}
${note === undefined ? "" : html`<p class="why">${note}</p>`}
${facts(cluster, now)}
</section>
<section><h2>Agents</h2>
<div class="card scrolls" tabindex="0" role="group" aria-label="Agents">${memberTable(cluster, members, now)}</div></section>
${state.uncovered.length === 0 ? "" : html`<section><h2>Run by nobody</h2>
<div class="card scrolls" tabindex="0" role="group" aria-label="Run by nobody">${uncoveredTable(state.uncovered, content)}</div></section>`}
<p id="legend">As agent ${cluster.self} sees it.</p>`,
    footer: html`<a href="${base}cluster?format=json">JSON</a><a href="${home}">all checks</a>`,
  });
}

function facts(
  { name, self, isConnected, connectedSince, teller, owned, takeovers }:
    ClusterLog,
  now: number,
): Html {
  const since = html`<time datetime="${
    new Date(connectedSince).toISOString()
  }">${ago(now - connectedSince)}</time>`;
  const items: readonly (readonly [string, Html | string])[] = [
    ["Cluster", name],
    ["This agent", self],
    ["Server", html`${isConnected ? "connected" : "not reached"} ${since}`],
    ["Sends messages", teller ?? "nobody"],
    ["Checks run here", `${owned}`],
    ["Taken over since the start", `${takeovers}`],
  ];
  // deno-fmt-ignore
  return html`<dl>${items.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function memberTable(
  { self, teller }: ClusterLog,
  members: readonly MemberStatus[],
  now: number,
): Html {
  const all = members.reduce((sum, member) => sum + (runs(member) ?? 0), 0);
  const row = (member: MemberStatus): Html => {
    const { id, region, labels, state, seenAt, lagMs } = member;
    const owned = runs(member);
    const roles = [id === self ? "this one" : "", id === teller ? "tells" : ""]
      .filter(Boolean).join(", ");
    const others = Object.entries(labels).map(([key, value]) =>
      `${key}=${value}`
    ).join(", ");
    const share = owned === null || all === 0
      ? ""
      : `${Math.round(owned / all * 100)} %`;
    // deno-fmt-ignore
    return html`<tr class="${state}"><td>${id}${roles === "" ? "" : html` <small>${roles}</small>`}</td><td class="state">${state}</td><td>${region ?? ""}</td><td class="number">${owned ?? ""}</td><td class="number">${share}</td><td>${seenText(now - seenAt)}</td><td class="number">${lagMs === null ? "" : formatDuration(Math.round(lagMs))}</td><td>${member.config.slice(0, 12)}</td><td>${member.version ?? ""}</td><td>${others}</td></tr>
`;
  };
  // deno-fmt-ignore
  return html`<table>
<thead><tr><th scope="col">Agent</th><th scope="col">State</th><th scope="col">Region</th>${raw('<th scope="col" class="number">Checks</th><th scope="col" class="number">Share</th><th scope="col">Seen</th><th scope="col" class="number">Lag</th>')}<th scope="col">Config</th><th scope="col">Version</th><th scope="col">Labels</th></tr></thead>
<tbody>
${members.map(row)}</tbody>
</table>`;
}

/** How long ago an agent was heard of. */
function seenText(ms: number): string {
  return ago(ms).replace("for ", "") + " ago";
}

function uncoveredTable(
  uncovered: readonly Uncovered[],
  { nameOf, links: { base } }: ClusterPageContent,
): Html {
  const more = uncovered.length - MAX_UNCOVERED;
  // deno-fmt-ignore
  return html`<table>
<thead><tr><th scope="col">Check</th><th scope="col">Region</th></tr></thead>
<tbody>
${uncovered.slice(0, MAX_UNCOVERED).map(({ check, region }) => html`<tr><td><a href="${base}${linkTo(check)}">${nameOf(check)}</a></td><td>${region ?? "anywhere"}</td></tr>
`)}${more > 0 ? html`<tr><td>and ${more} more</td><td></td></tr>` : ""}</tbody>
</table>`;
}
