import type { Period } from "../../core/past/period.ts";
import {
  addSpans,
  NO_SPANS,
  percentText,
  type Spans,
  uptimeOf,
} from "../../core/past/uptime.ts";
import { lastingText } from "../../core/people/lasting.ts";
import { dayOf } from "./moment.ts";

/** How many days bars show. The last one is today. */
export const DAYS = 90;

const DAY_MS = 86_400_000;

/** How high a bar is; a day is 1 wide. */
const HEIGHT = 6;

/** The least height of what is to be seen. */
const LEAST = 1.8;

/** The parts of a bar from below, with their CSS classes and words. */
const PARTS = [
  ["unhealthy", "f", "down"],
  ["degraded", "w", "degraded"],
  ["unknown", "e", "unknown"],
  ["maintenance", "m", "in maintenance"],
] as const;

/** A day, as an archive has it. */
export type KnownDay = Pick<Period, "from" | "to" | "spans">;

/** What is known of a check on a day. */
export interface Day {
  readonly from: number;
  readonly spans: Spans;
  /** How long it is, or was until now. */
  readonly lengthMs: number;
}

/** The last days of a check, whose last one is that of `now`. */
export interface Days {
  /** By their place from 0 to 89; those of which nothing is known are missing. */
  readonly days: ReadonlyMap<number, Day>;
  /** All of them together. */
  readonly spans: Spans;
  /** How long they are together, from the first day that is known. */
  readonly lengthMs: number;
}

/** Puts the periods of days in their places. */
export function daysOf(periods: readonly KnownDay[], now: number): Days {
  const days = new Map<number, Day>();
  let spans = NO_SPANS;
  let first = now;
  for (const period of periods) {
    // A day may be an hour shorter or longer.
    const place = DAYS - 1 -
      Math.round((today(periods, now) - period.from) / DAY_MS);
    if (place < 0 || place >= DAYS) continue;
    const lengthMs = Math.min(period.to, now) - period.from;
    days.set(place, { from: period.from, spans: period.spans, lengthMs });
    spans = addSpans(spans, period.spans);
    first = Math.min(first, period.from);
  }
  return { days, spans, lengthMs: now - first };
}

/** When today began, as far as the periods tell. */
function today(periods: readonly KnownDay[], now: number): number {
  const last = periods.at(-1);
  if (last === undefined) return now;
  const ago = Math.floor((now - last.from) / DAY_MS);
  return last.from + ago * DAY_MS;
}

/** The share of days that a check was up, such as `99.95 %`; empty if unknown. */
export function uptimeOfDays({ spans, lengthMs }: Days): string {
  const { ratio } = uptimeOf(spans, lengthMs);
  return ratio === null ? "" : `${percentText(ratio, 2)} %`;
}

/** How a day was, such as `down 12 min, not watched 2 h`. */
function dayText({ spans, lengthMs }: Day): string {
  const parts = PARTS.filter(([part]) => spans[part] >= 500)
    .map(([part, , word]) => `${word} ${lastingText(spans[part])}`);
  const { notWatched } = uptimeOf(spans, lengthMs);
  if (notWatched * lengthMs >= 60_000) {
    parts.push(`not watched ${lastingText(notWatched * lengthMs)}`);
  }
  return parts.length > 0 ? parts.join(", ") : "no downtime";
}

/**
 * The last days as bars, today at the right. Days that were well are one dashed
 * line, as an element for each day of each check would be too many. From below, the
 * bar of another day shows how it was down, degraded, unknown and in maintenance,
 * as high as the square root of the time, so that a short time can be seen. What
 * was not watched is left out at its top.
 */
export function dayBars(days: Days, zone: string): string {
  const runs: [from: number, length: number][] = [];
  const others: string[] = [];
  for (let place = 0; place < DAYS; place++) {
    const day = days.days.get(place);
    if (day === undefined) continue;
    const run = runs.at(-1);
    if (!isWell(day)) others.push(otherDay(day, place, zone));
    else if (run !== undefined && run[0] + run[1] === place) run[1]++;
    else runs.push([place, 1]);
  }
  const well = runs.map(([from, length]) => `M${from} 3h${length}`).join("");
  const line = well === "" ? "" : `<path class="p l" d="${well}"/>`;
  return `<svg class="days" role="img" preserveAspectRatio="none" viewBox="0 0 ${DAYS} ${HEIGHT}"><title>${
    daysText(days)
  }</title><path class="s l" d="M0 3h${DAYS}"/>${line}${others.join("")}</svg>`;
}

/** The days that were not up all the time, newest first, in words. */
export function otherDays({ days }: Days, zone: string): string[] {
  return [...days.values()].filter((day) => !isWell(day)).toReversed()
    .map((day) => `${dayOf(day.from, zone)}: ${dayText(day)}`);
}

function isWell({ spans, lengthMs }: Day): boolean {
  return PARTS.every(([part]) => spans[part] === 0) &&
    uptimeOf(spans, lengthMs).notWatched < 0.01;
}

/** What the bars show. */
export function daysText(days: Days): string {
  if (days.days.size === 0) return `Nothing is known of the last ${DAYS} days`;
  const bad = [...days.days.values()].filter(({ spans }) =>
    spans.unhealthy > 0
  );
  const known = days.days.size === DAYS
    ? `${DAYS} days`
    : `${days.days.size} of ${DAYS} days known`;
  const uptime = uptimeOfDays(days);
  return [
    known,
    uptime && `${uptime} up`,
    bad.length > 0
      ? `down ${lastingText(days.spans.unhealthy)} on ${bad.length} ${
        bad.length === 1 ? "day" : "days"
      }`
      : "no downtime",
  ].filter(Boolean).join(", ");
}

function otherDay(day: Day, place: number, zone: string): string {
  const x = place + 0.375;
  const { notWatched } = uptimeOf(day.spans, day.lengthMs);
  let room = Math.max(LEAST, HEIGHT * (1 - notWatched));
  let y = HEIGHT;
  const parts: string[] = [];
  for (const [part, name] of PARTS) {
    const share = day.spans[part] / day.lengthMs;
    if (share === 0) continue;
    const seen = HEIGHT * Math.sqrt(Math.min(1, share));
    const height = Math.min(room, Math.max(LEAST, seen));
    if (height <= 0) continue;
    parts.push(`<path class="${name}" d="M${x} ${tidy(y)}v-${tidy(height)}"/>`);
    y -= height;
    room -= height;
  }
  if (room > 0.05 && day.spans.healthy > 0) {
    parts.push(`<path class="p" d="M${x} ${tidy(y)}v-${tidy(room)}"/>`);
  }
  return `<g><title>${dayOf(day.from, zone)}: ${dayText(day)}</title>${
    parts.join("")
  }</g>`;
}

function tidy(value: number): number {
  return Math.round(value * 100) / 100;
}
