import { html, raw } from "hono/html";
import { knownShare, percentText } from "../../core/past/uptime.ts";
import { dayBars, otherDays } from "../look/days.ts";
import type { Html } from "../look/html.ts";
import { tones } from "../look/legend.ts";
import type { CheckPast, UptimeOf } from "./past.ts";

/** The ranges of uptime in words. */
const WORDS: Readonly<Record<string, string>> = {
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
};

/** The uptime in each range, and a bar for each day. */
export function uptimes({ uptimes, days }: CheckPast, zone: string): Html | "" {
  if (days === undefined) return "";
  const others = otherDays(days, zone);
  // deno-fmt-ignore
  return html`<section><h2>Uptime</h2>
<div class="card"><dl class="tiles">${uptimes.map(tile)}</dl>
${raw(dayBars(days, zone))}
<p class="legend">A bar is a day, today at the right: ${tones()}</p>
${others.length === 0 ? "" : html`<details id="days"><summary>${others.length} ${others.length === 1 ? "day that was" : "days that were"} not up all the time</summary><ul>${others.map((day) => html`<li>${day}</li>`)}</ul></details>`}</div></section>`;
}

function tile({ name, uptime }: UptimeOf): Html {
  const { ratio } = uptime;
  const known = percentText(knownShare(uptime), 0);
  const text = ratio === null ? "unknown" : `${percentText(ratio, 2)} %`;
  const note = ratio === null
    ? "nothing is known"
    : known === "100"
    ? ""
    : `of the ${known} % that is known`;
  // deno-fmt-ignore
  return html`<div><dt>${WORDS[name]}</dt><dd>${text}<small>${note}</small></dd></div>`;
}
