/**
 * An HTTP app that shows a fleet: a status page, JSON, server-sent events,
 * health and readiness for orchestrators, metrics and badges.
 *
 * @module
 */

export { type AppOptions, createApp } from "./app.ts";
export type { ConfigLoad } from "./metrics.ts";
