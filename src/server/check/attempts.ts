import { html } from "hono/html";
import { formatDuration } from "../../core/duration.ts";
import type { PastAttempt } from "../../fleet/history.ts";
import type { Html } from "../look/html.ts";
import { minuteOf, secondOf } from "../look/moment.ts";
import { VERDICT_WORDS } from "../page/strip.ts";

/** How many attempts are shown at once. */
const SHOWN = 12;

/** The last attempts as a table, newest first. */
export function attemptTable(
  attempts: readonly PastAttempt[],
  zone: string,
): Html {
  const newest = attempts.toReversed();
  const older = newest.slice(SHOWN);
  // deno-fmt-ignore
  return html`${table(newest.slice(0, SHOWN), zone)}
${older.length === 0 ? "" : html`<details id="older"><summary>${older.length} older attempts</summary>${table(older, zone)}</details>`}`;
}

function table(attempts: readonly PastAttempt[], zone: string): Html {
  // deno-fmt-ignore
  return html`<table>
<thead><tr><th scope="col">Time</th><th scope="col">Result</th><th scope="col">Took</th><th scope="col">Reason</th></tr></thead>
<tbody>
${attempts.map(({ at, verdict, durationMs, reason }) => html`<tr class="${verdict}"><td><time data-at datetime="${new Date(at).toISOString()}">${minuteOf(at, zone).slice(5, 11)}${secondOf(at, zone)}</time></td><td>${VERDICT_WORDS[verdict]}</td><td>${durationMs === null ? "" : formatDuration(durationMs)}</td><td>${reason?.message ?? ""}</td></tr>
`)}</tbody>
</table>`;
}
