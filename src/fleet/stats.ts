import { added, type Distribution, Histogram } from "../core/histogram.ts";
import { VERDICTS } from "../core/outcome.ts";
import type { Verdict } from "../core/types.ts";
import type { AttemptResult } from "./attempt.ts";

/** What a fleet has done since it was made, in numbers. */
export interface FleetStats {
  /**
   * Attempts that ended and results that were reported, by their verdicts. What
   * other agents have found is not counted.
   */
  readonly attempts: Readonly<Record<Verdict, number>>;
  /** Attempts in flight. */
  readonly inFlight: number;
  /** Slots that were skipped because the attempt before took too long. */
  readonly skipped: number;
  /** How long attempts took, in milliseconds. */
  readonly durationMs: Distribution;
  /** How long after they were due attempts began, in milliseconds. */
  readonly lagMs: Distribution;
}

/** From the answers of a local target to the default timeout and beyond. */
const BOUNDS_MS = [
  1,
  2.5,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  2500,
  5000,
  10_000,
  30_000,
] as const;

/** The numbers of a fleet. */
export class Stats {
  readonly #attempts: Record<Verdict, number> = {
    pass: 0,
    warn: 0,
    fail: 0,
    error: 0,
  };
  readonly #durationMs = new Histogram(BOUNDS_MS);
  readonly #lagMs = new Histogram(BOUNDS_MS);
  #skipped = 0;

  /** Counts an attempt that began so long after it was due. */
  began(lagMs: number): void {
    this.#lagMs.observe(lagMs);
  }

  /** Counts an attempt that ended, or a result that was reported. */
  ended({ outcome, durationMs, isCounted = true }: AttemptResult): void {
    if (!isCounted) return;
    this.#attempts[outcome.verdict]++;
    if (durationMs !== null) this.#durationMs.observe(durationMs);
  }

  /** Counts skipped slots. */
  skipped(slots: number): void {
    this.#skipped += slots;
  }

  /** The numbers up to now. */
  take(inFlight: number): FleetStats {
    return {
      attempts: { ...this.#attempts },
      inFlight,
      skipped: this.#skipped,
      durationMs: this.#durationMs.distribution,
      lagMs: this.#lagMs.distribution,
    };
  }
}

/** What two fleets have done together. */
export function together(one: FleetStats, other: FleetStats): FleetStats {
  const attempts = { ...one.attempts };
  for (const verdict of VERDICTS) attempts[verdict] += other.attempts[verdict];
  return {
    attempts,
    inFlight: one.inFlight + other.inFlight,
    skipped: one.skipped + other.skipped,
    durationMs: added(one.durationMs, other.durationMs),
    lagMs: added(one.lagMs, other.lagMs),
  };
}
