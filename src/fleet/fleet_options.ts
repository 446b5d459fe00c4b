import type { Duration } from "../core/duration.ts";
import type { Snapshot } from "../core/types.ts";
import type { Emit } from "./watch/emit.ts";

/** How many attempts a fleet makes at a time. */
export interface FleetLimits {
  /**
   * The most attempts in flight at a time.
   *
   * @default {256}
   */
  concurrency?: number;
  /**
   * The most attempts in flight to one host and port, so that a burst of our own
   * makes none of them slow. It is the first host of `net` in the probe's
   * permissions. The others wait, and their time starts when they do.
   *
   * @default {16}
   */
  perHost?: number;
}

/** Options for a `Fleet`. */
export interface FleetOptions extends FleetLimits {
  /**
   * Whether attempts are made when they are due. If not, only
   * `Fleet.attempt()` and `Fleet.attemptAll()` make them.
   *
   * @default {true}
   */
  background?: boolean;
  /** Called when the status of any check changes. */
  onChange?: (snapshot: Snapshot, previous: Snapshot) => void;
  /**
   * Called with what a callback or an observer threw.
   *
   * @default {reportError}
   */
  onError?: (error: unknown) => void;
}

/** Options for `Fleet.attempt()` and `Fleet.attemptAll()`. */
export interface AttemptOptions {
  /**
   * The age up to which a result is good enough, and no attempt is made. So is a
   * result of a `record`, which is then no longer stale.
   */
  maxAge?: Duration;
  /** Ends the wait. The attempt goes on. */
  signal?: AbortSignal;
}

/** Options for `Fleet.report()`. */
export interface ReportOptions {
  /**
   * When the attempt ended. It defaults to now. Results count in the order in
   * which they are reported: a time before the last result is taken for the time
   * of that one, and a time in the future for now. It is 1970 or later.
   */
  at?: Date;
  /** How long it took, in milliseconds. It is not known by default. */
  durationMs?: number;
  /**
   * Whether `Fleet.stats()` counts it: not if it is made of attempts that are
   * counted elsewhere.
   *
   * @default {true}
   */
  isCounted?: boolean;
}

/** Options for `Fleet.until()`. */
export interface UntilOptions {
  /** Which checks to wait for. It defaults to all of them. */
  ids?: Iterable<string>;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/** Options for `Fleet.observe()`. */
export interface ObserveOptions {
  /** Ends the observation. */
  signal?: AbortSignal;
}

/** Options for `Fleet.watch()`. */
export interface WatchOptions {
  /** Which snapshots to yield. It defaults to the `emit` of each check. */
  emit?: Emit;
  /** Ends the watch. */
  signal?: AbortSignal;
}
