import type { Incident } from "../../core/past/incident.ts";
import type { Incidents } from "../../fleet/past/incidents.ts";
import type { Kept } from "../../fleet/past/kept.ts";

/** What the names of kept incidents begin with. */
const PREFIX = "incident/";

/** Keeps the incidents that last, and takes over those from before. */
export function keepIncidents(incidents: Incidents, kept: Kept): void {
  incidents.resume(
    Array.from(kept.list(PREFIX), ([, value]) => JSON.parse(value) as Incident),
  );
  incidents.observe((step) => {
    if (step.type === "maintenance") return;
    const { incident } = step;
    kept.put(
      PREFIX + incident.id,
      step.type === "end" ? null : JSON.stringify(incident),
    );
  });
}
