/**
 * An HTTP app that shows a fleet: a status page for people, JSON for programs,
 * and what orchestrators ask for.
 *
 * @module
 */

export { type AppOptions, createApp } from "./app.ts";
export type { ConfigLoad } from "./metrics.ts";
