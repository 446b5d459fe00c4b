import type { Sighting } from "../../core/notify/sighting.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";
import { wallTime } from "../../io/clock.ts";

/**
 * How a check is now. Nothing, if this is not known of an attempt of its own since
 * the start, or if it is not settled, or held back: the incident of a check that is
 * unhealthy begins once what it depends on was tried.
 */
export function sightingOf(
  id: string,
  fleet: Fleet,
  incidents: IncidentLog,
): Sighting | undefined {
  const check = fleet.get(id);
  if (check === undefined || check.stale || check.verdict === null) {
    return undefined;
  }
  const { status, name, link } = check;
  const incident = incidents.openOf(id);
  const isHeld = status === "unhealthy" && incident === undefined;
  if (isHeld || status === "unknown" && !isSettledUnknown(id, fleet)) {
    return undefined;
  }
  return {
    check: id,
    ...(name !== undefined && { name }),
    group: check.group,
    type: check.type,
    target: check.target,
    ...(link !== undefined && { link }),
    status,
    since: check.since.getTime(),
    reason: check.reason,
    incident: incident === undefined
      ? null
      : { id: incident.id, began: incident.began },
    muted: incidents.mutedBy(id),
    at: wallTime(),
  };
}

/** Whether attempts that could not tell made it unknown. */
function isSettledUnknown(id: string, fleet: Fleet): boolean {
  const errors = fleet.record(id)?.errors ?? 0;
  return errors >= (fleet.policy(id)?.retries ?? Infinity);
}
