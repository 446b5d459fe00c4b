import { html, raw } from "hono/html";
import { knownShare, percentText } from "../../core/past/uptime.ts";
import { dayBars } from "../look/days.ts";
import type { Html } from "../look/html.ts";
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
  // deno-fmt-ignore
  return html`<section><h2>Uptime</h2>
<div class="card"><dl class="tiles">${uptimes.map(tile)}</dl>
${raw(dayBars(days, zone))}
<p class="legend">A bar is a day, today at the right: <i class="p"></i> up <i class="w"></i> degraded <i class="f"></i> down <i class="m"></i> maintenance <i class="e"></i> could not tell <i class="n"></i> not watched</p></div></section>`;
}

function tile({ name, uptime }: UptimeOf): Html {
  const { ratio } = uptime;
  const known = Math.round(knownShare(uptime) * 100);
  const text = ratio === null ? "unknown" : `${percentText(ratio, 2)} %`;
  const note = ratio === null
    ? "nothing is known"
    : known === 100
    ? ""
    : `of the ${known} % that is known`;
  // deno-fmt-ignore
  return html`<div><dt>${WORDS[name]}</dt><dd>${text}<small>${note}</small></dd></div>`;
}
