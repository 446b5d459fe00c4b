import { html } from "hono/html";
import type { RegionLook } from "../../core/cluster/status.ts";
import { formatDuration } from "../../core/duration.ts";
import type { Status } from "../../core/types.ts";
import type { Html } from "../look/html.ts";
import { minuteOf, secondOf } from "../look/moment.ts";

/** The classes of rows, as those of attempts have them. */
const CLASSES: Readonly<Record<Status, string>> = {
  healthy: "pass",
  degraded: "warn",
  unhealthy: "fail",
  unknown: "error",
};

/** How a check is from each of its regions. */
export function regionTable(
  regions: readonly RegionLook[],
  zone: string,
): Html | "" {
  if (regions.length === 0) return "";
  // deno-fmt-ignore
  return html`<section id="regions"><h2>From where</h2>
<div class="card scrolls" tabindex="0" role="group" aria-label="From where"><table>
<thead><tr><th scope="col">Region</th><th scope="col">Status</th><th scope="col">Took</th><th scope="col">Agent</th><th scope="col">Last attempt</th><th scope="col">Reason</th></tr></thead>
<tbody>
${regions.map(({ region, status, reason, agent, checkedAt, durationMs }) => html`<tr class="${CLASSES[status]}"><td>${region}</td><td>${status}</td><td>${durationMs === null ? "" : formatDuration(durationMs)}</td><td>${agent ?? "none"}</td><td>${checkedAt === null ? "" : `${minuteOf(checkedAt, zone).slice(5, 11)}${secondOf(checkedAt, zone)}`}</td><td>${reason?.message ?? ""}</td></tr>
`)}</tbody>
</table></div></section>`;
}
