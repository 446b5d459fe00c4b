import type { NextRun } from "../../io/calendar/cron.ts";

/** The longest grace that is a default. */
const HOUR_MS = 3_600_000;

/** How early a ping may be that still counts for the coming run. */
const EARLY_MS = 5 * 60_000;

/** The times of a heartbeat; all are in milliseconds. */
export interface Timing {
  /** Tells apart timings that make a ping due at different times. */
  readonly key: string;
  /** How long a run may take that has started, if that is limited. */
  readonly maxRuntimeMs: number | undefined;
  /** Whether a ping is due some time after the last one, whatever the clock says. */
  readonly isRelative: boolean;
  /** When a ping is due, one having come at `at`. */
  next(at: number): number;
  /** How late a ping may be that is due then. */
  graceOf(due: number): number;
  /** How early a ping may be that is due then. */
  earlinessOf(due: number): number;
}

/** What makes a {@linkcode Timing}. */
export interface TimingOptions {
  /** The grace; it defaults to half the time to the next ping, at most an hour. */
  readonly graceMs: number | undefined;
  readonly maxRuntimeMs: number | undefined;
}

/** A ping is due some time after the last one. */
export function everyTiming(
  everyMs: number,
  { graceMs = Math.min(everyMs / 2, HOUR_MS), maxRuntimeMs }: TimingOptions,
): Timing {
  return {
    key: `${everyMs}`,
    maxRuntimeMs,
    isRelative: true,
    next: (at) => at + everyMs,
    graceOf: () => graceMs,
    // The next one is due after this one in any case.
    earlinessOf: () => 0,
  };
}

/** A ping is due at the runs of a schedule. */
export function scheduleTiming(
  key: string,
  next: NextRun,
  { graceMs, maxRuntimeMs }: TimingOptions,
): Timing {
  const graceOf = (due: number): number =>
    graceMs ?? Math.min((next(due) - due) / 2, HOUR_MS);
  return {
    key,
    maxRuntimeMs,
    isRelative: false,
    next,
    graceOf,
    earlinessOf: (due) => Math.min(graceOf(due), EARLY_MS),
  };
}
