import type { Incident } from "../../core/past/incident.ts";

/** An incident as the API has it. */
export interface IncidentJson extends Omit<Incident, "began" | "ended"> {
  readonly began: string;
  readonly ended: string | null;
  /** How long it lasted, in milliseconds; `null` while it lasts. */
  readonly durationMs: number | null;
}

/** An incident as the API has it. */
export function toIncidentJson(incident: Incident): IncidentJson {
  const { id, check, began, ended, ...others } = incident;
  return {
    id,
    check,
    began: new Date(began).toISOString(),
    ended: ended === null ? null : new Date(ended).toISOString(),
    durationMs: ended === null ? null : ended - began,
    ...others,
  };
}
