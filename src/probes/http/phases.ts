import type { Detail, DetailMetric } from "../../core/types.ts";
import { monotonicTime } from "../../io/clock.ts";

/**
 * The phases of an attempt, as blackbox_exporter names them. To connect includes
 * to look up the name, which `Deno.connect` does not tell apart.
 */
const PHASES = ["connect", "tls", "processing", "transfer"] as const;

/** A phase of an attempt. */
type Phase = typeof PHASES[number];

/** How long the phases of an attempt took. After redirects it is their sum. */
export class Phases {
  readonly #ms: Partial<Record<Phase, number>> = {};
  #startedAt = monotonicTime();

  /** Ends a phase, which began where the one before ended. */
  end(phase: Phase): void {
    const now = monotonicTime();
    this.#ms[phase] = (this.#ms[phase] ?? 0) + now - this.#startedAt;
    this.#startedAt = now;
  }

  /** The durations in milliseconds, such as `connectMs`. */
  get detail(): Detail {
    const detail: Record<string, number> = {};
    for (const phase of PHASES) {
      const ms = this.#ms[phase];
      if (ms !== undefined) detail[`${phase}Ms`] = Math.round(ms * 1000) / 1000;
    }
    return detail;
  }
}

/** The metrics of the phases. */
export const PHASE_METRICS: readonly DetailMetric[] = PHASES.map((phase) => ({
  name: "probe_http_duration_seconds",
  help: "How long each phase of the last attempt took.",
  labels: { phase },
  key: `${phase}Ms`,
  value: (ms) => Number(ms) / 1000,
}));
