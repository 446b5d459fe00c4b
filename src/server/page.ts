import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { formatDuration } from "../core/duration.ts";
import type { Rollup } from "../core/rollup.ts";
import { SIGNS, summary } from "../core/summary.ts";
import type { Snapshot } from "../core/types.ts";

/** What the page is made of. */
export interface PageContent {
  readonly title: string;
  readonly rollup: Rollup;
  readonly snapshots: readonly Snapshot[];
  /** What links start with. */
  readonly base: string;
  /** The nonce of the inline style. */
  readonly nonce: string;
}

/** The status page: a table that needs no script. */
export function page(
  { title, rollup, snapshots, base, nonce }: PageContent,
): HtmlEscapedString | Promise<HtmlEscapedString> {
  const sentence = summary(rollup, snapshots.length);
  // deno-fmt-ignore
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10">
<title>${sentence} · ${title}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="summary ${rollup.status}">${SIGNS[rollup.status]} ${sentence}</p>
<table>
<thead>
<tr>
<th scope="col">Status</th>
<th scope="col">Check</th>
<th scope="col">Target</th>
<th scope="col">Took</th>
<th scope="col">Since</th>
<th scope="col">Reason</th>
</tr>
</thead>
<tbody>
${snapshots.map((snapshot) => row(snapshot, base))}
</tbody>
</table>
<footer><a href="${base}checks">JSON</a> <a href="${base}health">health</a> <a href="${base}readyz?verbose">readyz</a></footer>
</main>
</body>
</html>
`;
}

function row(
  snapshot: Snapshot,
  base: string,
): HtmlEscapedString | Promise<HtmlEscapedString> {
  const { id, group, status, type, target, durationMs, since, reason } =
    snapshot;
  const link = `${base}checks/${encodeURIComponent(id.toWellFormed())}`;
  const took = durationMs === null ? "" : formatDuration(durationMs);
  // deno-fmt-ignore
  return html`<tr>
<td class="${status}">${SIGNS[status]} ${status}</td>
<td><a href="${link}">${id}</a> <small>${group ?? ""}</small></td>
<td><small>${type}</small> ${target}</td>
<td>${took}</td>
<td><time datetime="${since.toISOString()}">${clockTime(since)}</time></td>
<td>${reason?.message ?? ""}</td>
</tr>
`;
}

function clockTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const STYLE = `
:root { color-scheme: light dark; --healthy: #1a7f37; --degraded: #9a6700; --unhealthy: #cf222e; --unknown: #59636e; }
@media (prefers-color-scheme: dark) { :root { --healthy: #3fb950; --degraded: #d29922; --unhealthy: #f85149; --unknown: #9198a1; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); vertical-align: top; }
td:first-child { white-space: nowrap; font-weight: 600; }
.summary { font-size: 1.3rem; font-weight: 600; }
.healthy { color: var(--healthy); } .degraded { color: var(--degraded); } .unhealthy { color: var(--unhealthy); } .unknown { color: var(--unknown); }
small, footer { opacity: .75; }
footer { padding: 1rem 0; }
`;
