/**
 * Tells people when checks fail and recover: by chat, e-mail, webhooks and paging
 * services.
 *
 * @module
 */

export { type Notifications, notify, type NotifyOptions } from "./notify.ts";
export type { NotifierOptions } from "./options.ts";
export type { QuietSpec } from "./quiet.ts";
export type {
  NotificationLog,
  NotifierStatus,
} from "../../core/notify/status.ts";
export type { Kept } from "../../fleet/past/kept.ts";
export type { IncidentLog } from "../../fleet/past/incident_log.ts";
export type {
  Incident,
  IncidentStep,
  Muted,
} from "../../core/past/incident.ts";
export type { Level, Say } from "../../core/say.ts";
