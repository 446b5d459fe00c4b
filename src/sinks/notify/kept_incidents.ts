import type { Incident } from "../../core/past/incident.ts";
import type { Incidents } from "../../fleet/past/incidents.ts";
import type { Kept } from "../../fleet/past/kept.ts";

/** What the names of kept incidents begin with. */
const PREFIX = "incident/";

/** Keeps the incidents that last, and takes over those from before. */
export function keepIncidents(incidents: Incidents, kept: Kept): void {
  const before: Incident[] = [];
  for (const [name, value] of [...kept.list(PREFIX)]) {
    const incident = readIncident(value);
    if (incident !== undefined) before.push(incident);
    else kept.put(name, null);
  }
  incidents.resume(before);
  incidents.observe((step) => {
    if (step.type === "maintenance") return;
    const { incident } = step;
    kept.put(
      PREFIX + incident.id,
      step.type === "end" ? null : JSON.stringify(incident),
    );
  });
}

/** Reads an incident; `undefined` if it is damaged. */
function readIncident(value: string): Incident | undefined {
  try {
    const incident: Incident | null = JSON.parse(value);
    const { id, check, began, firstReason, lastReason } = incident ?? {};
    const isWhole = typeof id === "string" && typeof check === "string" &&
      Number.isFinite(began) &&
      [firstReason, lastReason].every((reason) =>
        typeof reason?.message === "string"
      );
    return isWhole ? incident! : undefined;
  } catch {
    return undefined;
  }
}
