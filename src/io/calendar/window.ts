import type { NextRun } from "./cron.ts";

/** A time of a window, in milliseconds of the epoch; the end is not in it. */
export interface Occurrence {
  readonly from: number;
  readonly to: number;
}

/** A time that comes once, or again and again. */
export interface Window {
  /** The first of its times that ends after an instant; `null` if none does. */
  after(at: number): Occurrence | null;
}

/** A window that comes once. */
export function onceFrom(from: number, durationMs: number): Window {
  const to = from + durationMs;
  return { after: (at) => at < to ? { from, to } : null };
}

/**
 * A window that begins with each run of a schedule, and lasts so long in real
 * time, whatever the clocks show. Its times may overlap.
 */
export function recurring(next: NextRun, durationMs: number): Window {
  return {
    after(at) {
      const from = next(at - durationMs);
      return { from, to: from + durationMs };
    },
  };
}

/** How many times of a window may overlap until its end is not looked for. */
const MAX_OVERLAPS = 300;

/**
 * The next times of a window that end after an instant, at most so many. Those
 * that overlap, or follow each other at once, are one. If there are too many of
 * these, there are no later ones.
 */
export function nextOccurrences(
  window: Window,
  at: number,
  count: number,
): Occurrence[] {
  const found: Occurrence[] = [];
  let next = window.after(at);
  while (next !== null && found.length < count) {
    let { from, to } = next;
    let overlaps = 0;
    for (next = window.after(to); next !== null && next.from <= to;) {
      to = next.to;
      next = ++overlaps < MAX_OVERLAPS ? window.after(to) : null;
    }
    found.push({ from, to });
  }
  return found;
}
