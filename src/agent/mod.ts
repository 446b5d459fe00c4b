/**
 * Runs a config as an agent: its checks, its sinks and its HTTP app.
 *
 * @module
 */

export { type Agent, type AgentOptions, startAgent } from "./agent.ts";
export type { Reloaded } from "./reloaded.ts";
export { ListenError } from "./serve.ts";
export type {
  ClusterLog,
  MemberStatus,
  RegionLook,
  Standing,
  Uncovered,
} from "../core/cluster/status.ts";
export type { RegionState } from "../core/cluster/regions.ts";
export type { Reason, Status } from "../core/types.ts";
export type { HandChange } from "../core/past/by_hand.ts";
export type { Incident, IncidentStep, Muted } from "../core/past/incident.ts";
export type { IncidentLog } from "../fleet/past/incident_log.ts";
export type {
  Maintenance,
  MaintenanceLog,
  PlannedMaintenance,
} from "../fleet/past/maintenance_log.ts";
