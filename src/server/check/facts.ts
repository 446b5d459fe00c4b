import { html } from "hono/html";
import { formatDuration } from "../../core/duration.ts";
import type { Snapshot } from "../../core/types.ts";
import { ago } from "../look/ago.ts";
import type { Html } from "../look/html.ts";
import { minuteOf, secondOf } from "../look/moment.ts";

/** What is known of a check now, beside its status. */
export function facts(
  snapshot: Snapshot,
  { home, hasRegions, zone, now }: {
    readonly home: string;
    /** Whether it is told elsewhere from where it is looked at. */
    readonly hasRegions: boolean;
    readonly zone: string;
    readonly now: number;
  },
): Html {
  const { id, group, name, type, target, since, checkedAt, nextAt } = snapshot;
  const { durationMs, failures, detail, agent, region } = snapshot;
  const isPing = type === "heartbeat";
  const items: [name: string, value: Html | string][] = [
    ["Target", target.startsWith(type) ? target : `${type} ${target}`],
  ];
  if (name !== undefined) items.push(["Id", id]);
  if (group !== null) {
    const href = `${home === "?" ? "" : home}?group=${
      encodeURIComponent(group.toWellFormed())
    }`;
    items.push(["Group", html`<a href="${href}">${group}</a>`]);
  }
  items.push(["Since", moment(since, zone, now)]);
  if (checkedAt !== null) {
    items.push([
      isPing ? "Last report" : "Last attempt",
      secondOfDay(checkedAt, zone),
    ]);
    if (durationMs !== null) items.push(["Took", formatDuration(durationMs)]);
  }
  if (nextAt !== null) {
    items.push([
      isPing ? "Ping expected by" : "Next attempt",
      secondOfDay(nextAt, zone),
    ]);
  }
  if (!hasRegions) {
    if (agent !== undefined) items.push(["Agent", agent]);
    if (region !== undefined) items.push(["Region", region]);
  }
  if (failures > 0) items.push(["Failures in a row", `${failures}`]);
  for (const [key, value] of Object.entries(detail ?? {})) {
    items.push([inWords(key), valueText(value, zone)]);
  }
  // deno-fmt-ignore
  return html`<dl id="facts">${items.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function moment(at: Date, zone: string, now: number): Html {
  return html`${
    minuteOf(at.getTime(), zone)
  }, <time datetime="${at.toISOString()}">${ago(now - at.getTime())}</time>`;
}

/** A moment in UTC, as probes write it. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

/** A value of the details for people, and a moment in the time zone of the page. */
function valueText(value: unknown, zone: string): string {
  if (typeof value === "number") return `${Math.round(value * 100) / 100}`;
  const text = `${value}`;
  const isMoment = MOMENT.test(text) && !Number.isNaN(Date.parse(text));
  return isMoment ? secondOfDay(new Date(text), zone) : text;
}

function secondOfDay(date: Date, zone: string): string {
  const at = date.getTime();
  return `${minuteOf(at, zone).slice(0, 10)} ${secondOf(at, zone)}`;
}

/** What a key such as `certDaysLeft` says: `Certificate days left`. */
function inWords(key: string): string {
  const words = key.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, " ").toLowerCase()
    .replaceAll(/\b(?:dns|http|ip|rtt|tls|ttl)\b/g, (it) => it.toUpperCase())
    .replace(/\bcert\b/, "certificate");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
