/**
 * The probes beyond those of `@lifesign/lifesign`.
 *
 * @module
 */

export { quorum, type QuorumOptions } from "./quorum/quorum.ts";
export type { Outcome, Probe } from "../core/types.ts";
