import type {
  Incident,
  IncidentStep,
  Muted,
} from "../../core/past/incident.ts";

/** The incidents of a fleet. */
export interface IncidentLog {
  /** Those that last, and the last 100 that ended; newest first. */
  list(): readonly Incident[];
  /** The open incident of a check, if there is one. */
  openOf(check: string): Incident | undefined;
  /** Whether a maintenance window covers a check now. */
  isInMaintenance(check: string): boolean;
  /**
   * Why nobody is to be told of a check now, whatever its status is; `null` if
   * people are.
   */
  mutedBy(check: string): Muted | null;
  /** Whether a check depends on others. */
  dependsOnOthers(check: string): boolean;
  /** Calls back with each step from now on, in order, in the middle of it. */
  observe(
    observer: (step: IncidentStep) => void,
    options?: { readonly signal?: AbortSignal },
  ): void;
}
