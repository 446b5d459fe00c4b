import type { ClusterLog } from "../../core/cluster/status.ts";
import type { NotificationLog } from "../../core/notify/status.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Archive } from "../../fleet/past/archive.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";
import { UptimeRatios } from "../../fleet/past/uptime_ratios.ts";
import { together } from "../../fleet/stats.ts";
import { processFigures } from "../../io/process_figures.ts";
import { patience } from "../../io/sleep.ts";
import { answer } from "../openapi/operation.ts";
import type { Route } from "../route.ts";
import { IncidentCounts } from "./incident_counts.ts";
import { type ConfigLoad, metrics, METRICS_TYPE } from "./metrics.ts";

/** What the metrics are made of. */
export interface MetricsSources {
  readonly fleet: Fleet;
  readonly configLoad: (() => ConfigLoad) | undefined;
  readonly lastAliveAt: (() => number | null) | undefined;
  readonly archive: Archive | undefined;
  readonly incidents: IncidentLog | undefined;
  readonly notifications: NotificationLog | undefined;
  readonly cluster: ClusterLog | undefined;
  /** A fleet whose attempts count as well, if there is one. */
  readonly beside: Fleet | undefined;
}

/**
 * How long the uptimes are waited for that are read just now. With some hundred
 * checks that is enough; with more, an answer has those that were read before.
 */
const UPTIMES_MS = 200;

/** The metrics for Prometheus. */
export function metricsRoute(
  sources: MetricsSources,
): Route {
  const { fleet, beside, configLoad, lastAliveAt } = sources;
  const { archive, incidents, notifications, cluster } = sources;
  const ratios = archive && new UptimeRatios(fleet, archive);
  const counts = incidents && IncidentCounts.of(incidents);
  return {
    path: "/metrics",
    operation: {
      path: "/metrics",
      operationId: "getMetrics",
      summary: "Metrics in the text format of Prometheus",
      responses: { 200: answer("The metrics", "text/plain") },
    },
    async handle(c) {
      if (ratios !== undefined) await patience(ratios.refresh(), UPTIMES_MS);
      const text = metrics({
        snapshots: fleet.list(),
        metricsOf: (id) => fleet.probe(id)?.metrics,
        incidents: counts,
        uptimes: ratios?.latest,
        notifiers: notifications?.list(),
        cluster,
        stats: beside === undefined
          ? fleet.stats()
          : together(fleet.stats(), beside.stats()),
        process: processFigures(),
        configLoad: configLoad?.(),
        lastAliveAt: lastAliveAt?.() ?? undefined,
      });
      return c.body(text, 200, { "content-type": METRICS_TYPE });
    },
  };
}
