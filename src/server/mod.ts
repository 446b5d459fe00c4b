/**
 * An HTTP app that shows a fleet: a status page, JSON, server-sent events,
 * health and readiness for orchestrators, metrics and badges.
 *
 * @module
 */

export { type AppOptions, createApp } from "./app.ts";
export type { PublicOptions } from "./public/routes.ts";
export type { ConfigLoad } from "./metrics/metrics.ts";
export type {
  ClusterLog,
  MemberStatus,
  RegionLook,
  Standing,
  Uncovered,
} from "../core/cluster/status.ts";
export type { RegionState } from "../core/cluster/regions.ts";
export { LatencyHistogram } from "../core/past/latency.ts";
export type { HandChange } from "../core/past/by_hand.ts";
export type { Incident, IncidentStep, Muted } from "../core/past/incident.ts";
export type { Period } from "../core/past/period.ts";
export type { Spans } from "../core/past/uptime.ts";
export type { PastAttempt } from "../fleet/history.ts";
export type {
  Archive,
  IncidentQuery,
  PeriodsOptions,
  Range,
  Step,
} from "../fleet/past/archive.ts";
export type { IncidentLog } from "../fleet/past/incident_log.ts";
export type {
  Maintenance,
  MaintenanceLog,
  PlannedMaintenance,
} from "../fleet/past/maintenance_log.ts";
