import type { Incident } from "../../core/past/incident.ts";
import type { Period } from "../../core/past/period.ts";
import type { PastAttempt } from "../history.ts";

/** How long the periods of an archive are. A day is one of the agent's time zone. */
export type Step = "5m" | "hour" | "day";

/** A range of time, in milliseconds of the epoch; the end is not in it. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Which incidents are asked for. */
export interface IncidentQuery extends Partial<Range> {
  /** Only those of these checks. */
  readonly checks?: readonly string[];
  /**
   * The most incidents, of which the newest are given.
   *
   * @default {100}
   */
  readonly limit?: number;
}

/** What of periods is asked for. */
export interface PeriodsOptions {
  /**
   * Whether they have latencies: without, they are read several times as fast.
   *
   * @default {true}
   */
  readonly latency?: boolean;
  /**
   * Whether those of a check that lie in the range wholly may be one period, and
   * others left out. It is only so without latencies, and then saves most of the
   * time.
   *
   * @default {false}
   */
  readonly merged?: boolean;
}

/**
 * What is kept of the past of checks, removed ones included. Everything rejects
 * while it cannot be read, for example because its disk is gone.
 */
export interface Archive {
  /**
   * Periods of checks, oldest first, up to now. A period in which nothing is known
   * is left out. The first and the last one may reach beyond the range. How far
   * each step goes back is a matter of what is kept.
   */
  periods(
    checks: readonly string[],
    step: Step,
    range: Range,
    options?: PeriodsOptions,
  ): Promise<ReadonlyMap<string, readonly Period[]>>;
  /**
   * Attempts at a check, oldest first. Only the newest ones if there are more than
   * the limit, which is 100,000 by default.
   */
  attempts(
    check: string,
    range: Range,
    limit?: number,
  ): Promise<readonly PastAttempt[]>;
  /** Incidents that lasted at any time in the range, newest first. */
  incidents(query?: IncidentQuery): Promise<readonly Incident[]>;
}
