/**
 * Reads lifesign.yaml.
 *
 * @module
 */

export type { CheckSpec } from "./check.ts";
export {
  type Config,
  type ListenAddress,
  parseConfig,
  type ParseConfigOptions,
} from "./config.ts";
export { ConfigError } from "./error.ts";
export { type ConfigIssue } from "../schema/issue.ts";
export { loadConfig } from "./load.ts";
export type { Kind, Kinds, OptionsSchema, SnakeCase } from "../probes/kind.ts";
export type { TargetSyntax } from "../probes/target_syntax.ts";
export { KINDS } from "../probes/table.ts";
export type { Schema, SchemaType } from "../schema/schema.ts";
export type { Json } from "../core/json.ts";
export type { Probe } from "../core/types.ts";
export type { PolicyOptions } from "../core/policy.ts";
