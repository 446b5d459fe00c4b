/**
 * The probes beyond those of `@lifesign/lifesign`.
 *
 * @module
 */

export type { Outcome, Probe } from "../core/types.ts";
