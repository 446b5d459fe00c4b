import type { Incident } from "../../core/past/incident.ts";
import type { Archive, IncidentQuery } from "../../fleet/past/archive.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";

/** Where incidents are found. */
export interface IncidentSources {
  readonly archive: Archive | undefined;
  readonly incidents: IncidentLog | undefined;
}

/** The most incidents, unless more are asked for. */
const LIMIT = 100;

/**
 * Finds incidents, newest first: what is kept, and what the log has beyond that, as
 * an archive is written a little later.
 */
export async function findIncidents(
  { archive, incidents }: IncidentSources,
  query: IncidentQuery = {},
): Promise<readonly Incident[]> {
  let kept: readonly Incident[] = [];
  try {
    kept = await archive?.incidents(query) ?? [];
  } catch {
    // The archive says itself what is wrong with it; the log has the last ones.
  }
  const found = new Map(kept.map((incident) => [incident.id, incident]));
  for (const incident of incidents?.list() ?? []) {
    if (isWanted(incident, query)) found.set(incident.id, incident);
  }
  return [...found.values()]
    .sort((a, b) => b.began - a.began || (a.id < b.id ? 1 : -1))
    .slice(0, query.limit ?? LIMIT);
}

function isWanted(
  { check, began, ended }: Incident,
  { checks, from = -Infinity, to = Infinity }: IncidentQuery,
): boolean {
  return (checks?.includes(check) ?? true) && began < to &&
    (ended ?? Infinity) >= from;
}
