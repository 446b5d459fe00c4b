import type { Duration } from "../core/duration.ts";
import type { Snapshot } from "../core/types.ts";
import type { Emit } from "./emit.ts";

/** Options for a `Fleet`. */
export interface FleetOptions {
  /**
   * How many attempts may be in flight at a time.
   *
   * @default {256}
   */
  concurrency?: number;
  /**
   * Whether checks are tried when they are due; if not, only by
   * `Fleet.attempt()` and `Fleet.attemptAll()`.
   *
   * @default {true}
   */
  background?: boolean;
  /** Called on each change of status of any check. */
  onChange?: (snapshot: Snapshot, previous: Snapshot) => void;
  /**
   * Called with what a callback threw.
   *
   * @default {reportError}
   */
  onError?: (error: unknown) => void;
}

/** Options for `Fleet.attempt()` and `Fleet.attemptAll()`. */
export interface AttemptOptions {
  /** A result no older than this is kept, and not tried for again. */
  maxAge?: Duration;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/** Options for `Fleet.report()`. */
export interface ReportOptions {
  /**
   * When the attempt ended. It defaults to now. Results count in the order in
   * which they are reported: a time before the last result is taken for the time
   * of that one, and a time in the future for now.
   */
  at?: Date;
  /** How long it took, in milliseconds. It is not known by default. */
  durationMs?: number;
}

/** Options for `Fleet.until()`. */
export interface UntilOptions {
  /** Which checks to wait for. It defaults to all of them. */
  ids?: Iterable<string>;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/** Options for `Fleet.observe()`. */
export interface ObserveOptions {
  /** Ends the observing. */
  signal?: AbortSignal;
}

/** Options for `Fleet.watch()`. */
export interface WatchOptions {
  /** What is told of each check. It defaults to what its own `emit` says. */
  emit?: Emit;
  /** Ends the watching. */
  signal?: AbortSignal;
}
