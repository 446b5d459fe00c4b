import type { Status } from "../types.ts";

/**
 * How a check was for how long, in milliseconds. Time in a maintenance window is
 * in `maintenance` alone, whatever the status was. Time in which the agent did
 * not run is in none.
 */
export type Spans = Readonly<Record<Status | "maintenance", number>>;

/** The shares of a range of time, which add up to 1. */
export interface Uptime {
  /** Healthy or degraded. */
  readonly up: number;
  /** Unhealthy. */
  readonly down: number;
  /** The agent could not tell. */
  readonly unknown: number;
  /** In a maintenance window. */
  readonly maintenance: number;
  /** The agent did not run, or did not have the check. */
  readonly notWatched: number;
  /** `up` of `up` and `down`; `null` if both are 0. */
  readonly ratio: number | null;
}

/** The spans of no time. */
export const NO_SPANS: Spans = {
  unknown: 0,
  healthy: 0,
  degraded: 0,
  unhealthy: 0,
  maintenance: 0,
};

/** The spans of two ranges of time together. */
export function addSpans(a: Spans, b: Spans): Spans {
  return {
    unknown: a.unknown + b.unknown,
    healthy: a.healthy + b.healthy,
    degraded: a.degraded + b.degraded,
    unhealthy: a.unhealthy + b.unhealthy,
    maintenance: a.maintenance + b.maintenance,
  };
}

/**
 * The shares of a window of time that some spans have. Spans that are longer than
 * the window, as the clock was set in it, are all of it.
 */
export function uptimeOf(spans: Spans, windowMs: number): Uptime {
  const { unknown, healthy, degraded, unhealthy, maintenance } = spans;
  const up = healthy + degraded;
  const watched = up + unhealthy + unknown + maintenance;
  const whole = Math.max(watched, windowMs);
  const share = (ms: number): number => whole > 0 ? ms / whole : 0;
  return {
    up: share(up),
    down: share(unhealthy),
    unknown: share(unknown),
    maintenance: share(maintenance),
    notWatched: whole > 0 ? share(whole - watched) : 1,
    ratio: up + unhealthy > 0 ? up / (up + unhealthy) : null,
  };
}

/**
 * How much of the time outside of maintenance is known to be up or down, from 0
 * to 1: the time that `ratio` is of.
 */
export function knownShare({ up, down, maintenance }: Uptime): number {
  const planned = 1 - maintenance;
  return planned > 0 ? Math.min(1, (up + down) / planned) : 0;
}

/** The most decimal places that a percentage needs: 1 ms of 2 years is 1.6e-9 %. */
const MAX_PLACES = 9;

/**
 * A share as a percentage without its sign, such as `"99.95"`. It is rounded down,
 * so that no target is met that was missed, and has more decimal places than asked
 * for where it would be 100 without being all, or 0 without being nothing.
 */
export function percentText(share: number, places: number): string {
  const percent = share * 100;
  let needed = places;
  let units = unitsOf(percent, needed);
  while (
    needed < MAX_PLACES && share > 0 && share < 1 &&
    (units === 0 || Number(percent.toFixed(needed)) === 100)
  ) units = unitsOf(percent, ++needed);
  const text = (units / 10 ** needed).toFixed(needed);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** How many units of the last place there are, rounded down. */
function unitsOf(percent: number, places: number): number {
  // 0.07 * 100 is a little more than 7, and other shares a little less.
  return Math.floor(percent * 10 ** places * (1 + 1e-14));
}

/**
 * The uptime for people, such as `"99.95 %"`, or `"99.95 % of 98 % known"` if not
 * all of the time outside of maintenance is known, or `"unknown"`.
 */
export function uptimeText(uptime: Uptime): string {
  if (uptime.ratio === null) return "unknown";
  const known = percentText(knownShare(uptime), 0);
  const ratio = `${percentText(uptime.ratio, 2)} %`;
  return known === "100" ? ratio : `${ratio} of ${known} % known`;
}
