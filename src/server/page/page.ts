import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { type Rollup, WORST_FIRST } from "../../core/rollup.ts";
import { summary } from "../../core/summary.ts";
import { ago } from "./ago.ts";
import { icon } from "./icon.ts";
import { live } from "./live.js";
import { row, type RowContent } from "./row.ts";
import { STYLE } from "./style.ts";

/** What the page is made of. */
export interface PageContent {
  readonly title: string;
  readonly rollup: Rollup;
  readonly checks: readonly Pick<RowContent, "snapshot" | "history">[];
  /** The only group to show; all groups if it is undefined. */
  readonly group: string | undefined;
  /** The prefix of links. */
  readonly base: string;
  /** The nonce of the inline style and script. */
  readonly nonce: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/**
 * What a browser runs: the source of our functions. Bundlers that keep names add
 * calls of `__name` to them.
 */
const SCRIPT = `var __name=(f)=>f;(${live})(${summary},${ago},${icon})`
  .replaceAll(
    /\n\s*(?:\/\/.*)?/g,
    "\n",
  );

/** The status page. It works without its script, which only updates it. */
export function page(
  { title, rollup, checks, group, base, nonce, now }: PageContent,
): HtmlEscapedString | Promise<HtmlEscapedString> {
  const sentence = summary(rollup);
  const query = group === undefined ? "" : `&group=${encode(group)}`;
  const sections = new Map<string | null, (typeof checks)[number][]>();
  for (const check of checks) {
    const { group } = check.snapshot;
    const members = sections.get(group);
    if (members === undefined) sections.set(group, [check]);
    else members.push(check);
  }
  // deno-fmt-ignore
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<noscript><meta http-equiv="refresh" content="10"></noscript>
<title>${sentence} · ${title}</title>
<link rel="icon" href="${icon(rollup.status)}">
<style nonce="${nonce}">${raw(STYLE)}</style>
</head>
<body data-now="${new Date(now).toISOString()}" data-title=" · ${title}" data-base="${base}" data-events="events?rows${query}">
<header>
<p>${title}${group === undefined ? "" : html` / ${group} · <a href="?">all groups</a>`}</p>
<p class="alarm" role="status">Connection lost, reconnecting</p>
<h1 class="${rollup.status}" aria-live="polite">${sentence}</h1>
</header>
<form role="search" hidden>
<input type="search" placeholder="Filter by name, target or reason" aria-label="Filter checks">
${WORST_FIRST.map((status) => html`<button type="button" class="${status}" value="${status}" aria-pressed="false">${status} <span>${rollup.counts[status]}</span></button>`)}
</form>
<main>
${[...sections].map(([name, members]) => html`<section>
${name === null ? "" : html`<h2><a href="?group=${encode(name)}">${name}</a></h2>`}
<ul>
${raw(members.map((check) => row({ ...check, base, now })).join("\n"))}
</ul>
</section>
`)}${checks.length > 0 ? "" : html`<p class="none">No checks to show</p>`}</main>
<footer><a href="${base}checks">JSON</a><a href="${base}health">health</a><a href="${base}readyz?verbose">readyz</a><a href="${base}metrics">metrics</a></footer>
<script nonce="${nonce}">${raw(SCRIPT)}</script>
</body>
</html>
`;
}

/** Encodes a string for a query, even if it is not well-formed. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
