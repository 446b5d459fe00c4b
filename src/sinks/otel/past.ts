import type { Attributes } from "@opentelemetry/api";
import type { Incident } from "../../core/past/incident.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Archive } from "../../fleet/past/archive.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";
import { UptimeRatios } from "../../fleet/past/uptime_ratios.ts";
import { sleep } from "../../io/sleep.ts";
import { nextTurn } from "../../io/turn.ts";
import { VERSION } from "../../version.ts";
import { type Api, attributesOf } from "./telemetry.ts";

/** How often the uptime is told, in milliseconds. */
const EVERY_MS = 60_000;

/** How many checks are told of in one turn of the event loop. */
const CHUNK = 200;

/**
 * Counts the incidents that begin, and tells of each check whether one lasts.
 * Returns what tells of those that lasted before, once the fleet has its checks.
 */
export function tellIncidents(
  fleet: Fleet,
  incidents: IncidentLog,
  { metrics }: Api,
): () => void {
  const meter = metrics.getMeter("lifesign", VERSION);
  const begun = meter.createCounter("lifesign.incidents", {
    description: "Incidents that began.",
    unit: "{incident}",
  });
  const open = meter.createGauge("lifesign.incident.open", {
    description: "Whether an incident lasts.",
  });
  /** The checks whose incident lasts: one of them may be removed. */
  const down = new Map<string, Attributes>();
  fleet.observe((step) => {
    if (step.type === "join") open.record(0, attributesOf(step.check));
  });
  function begin({ check: id }: Incident): void {
    const check = fleet.get(id);
    if (check === undefined) return;
    const attributes = attributesOf(check);
    down.set(id, attributes);
    open.record(1, attributes);
  }
  incidents.observe((step) => {
    if (step.type === "begin") {
      begin(step.incident);
      begun.add(1, down.get(step.incident.check));
    } else if (step.type === "end") {
      open.record(0, down.get(step.incident.check));
      down.delete(step.incident.check);
    }
  });
  return function resume() {
    for (const incident of incidents.list()) {
      if (incident.ended === null) begin(incident);
    }
  };
}

/** Tells the uptime of all checks now and then, until the signal aborts. */
export async function tellUptimes(
  fleet: Fleet,
  archive: Archive,
  { metrics }: Api,
  signal: AbortSignal,
): Promise<void> {
  const meter = metrics.getMeter("lifesign", VERSION);
  const gauge = meter.createGauge("lifesign.uptime.ratio", {
    description: "The share of the known time that a check was up.",
    unit: "1",
  });
  const ratios = new UptimeRatios(fleet, archive);
  while (!signal.aborted) {
    await ratios.refresh();
    let told = 0;
    for (const check of fleet.list()) {
      if (signal.aborted) return;
      for (const [window, found] of ratios.latest) {
        const ratio = found.get(check.id);
        if (ratio === undefined) continue;
        gauge.record(ratio, {
          ...attributesOf(check),
          "lifesign.window": window,
        });
      }
      if (++told % CHUNK === 0) await nextTurn();
    }
    await sleep(EVERY_MS, signal);
  }
}
