import type { Incident, IncidentStep } from "../../core/past/incident.ts";

/** The incidents of a fleet. */
export interface IncidentLog {
  /** Those that last, and the last 100 that ended; newest first. */
  list(): readonly Incident[];
  /** The open incident of a check, if there is one. */
  openOf(check: string): Incident | undefined;
  /** Whether a maintenance window covers a check now. */
  isInMaintenance(check: string): boolean;
  /** Calls back with each step from now on, in order, in the middle of it. */
  observe(
    observer: (step: IncidentStep) => void,
    options?: { readonly signal?: AbortSignal },
  ): void;
}
