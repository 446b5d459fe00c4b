/**
 * Reads lifesign.yaml.
 *
 * @module
 */

import type { Config, ParseConfigOptions } from "../config/config.ts";
import { loadConfig as load, type LoadConfigOptions } from "../config/load.ts";
import { parseConfig as parse } from "../config/parse.ts";
import { KINDS } from "../probes/built_in.ts";
import { SECTIONS, type SectionValues } from "./sections.ts";

export type { CheckSpec } from "../config/check.ts";
export type { Config, ParseConfigOptions } from "../config/config.ts";
export type { PublicConfig, SiteConfig } from "../config/site.ts";
export type { LoadConfigOptions } from "../config/load.ts";
export { ConfigError } from "../config/error.ts";
export type {
  Kind,
  Kinds,
  OptionsSchema,
  SnakeCase,
  Verification,
} from "../probes/kind.ts";
export { OptionError } from "../core/option_error.ts";
export type { TargetSyntax } from "../probes/target_syntax.ts";
export { builtInKinds, KINDS } from "../probes/built_in.ts";
export type { Schema, SchemaType } from "../schema/schema.ts";
export type { Json } from "../core/json.ts";
export type { PolicyOptions } from "../core/policy.ts";
export type { From } from "../core/cluster/vantage.ts";
export type { Caption, DetailMetric, Probe } from "../core/types.ts";
export type { ConfigIssue } from "../schema/issue.ts";
export type { SectionValues } from "./sections.ts";
export type {
  ClusterLogin,
  ClusterTls,
  ClusterValue,
} from "../sinks/cluster/value.ts";
export type { HistoryValue } from "../sinks/history/section.ts";
export type { AliveValue } from "../sinks/alive/value.ts";
export type { ListenAddress } from "./serve.ts";
export type { NotifierSpec, SharedSpec } from "../sinks/notify/spec.ts";
export type { QuietSpec } from "../sinks/notify/quiet.ts";
export type { MaintenanceSpec } from "./maintenance/schema.ts";

/**
 * Reads a config from YAML (1.2, core schema). Variables, `${NAME}` and
 * `${NAME:-default}`, are expanded in strings, after the YAML is parsed. It
 * imports nothing: pass the kinds if the config has others than `tcp`, `http` and
 * `command`, from `builtInKinds()` or of plugins. What is wrong
 * with an expression of `assert` is then said by the first attempt, unless
 * `loadConfig()` has loaded the library for them.
 *
 * @throws {ConfigError} If anything is wrong, with every problem.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseConfig } from "@lifesign/lifesign/config";
 *
 * const { checks } = parseConfig(`
 * checks:
 *   postgres: { type: tcp, port: 5432, interval: 30s }
 * `);
 *
 * assertEquals(checks[0]?.probe.target, "127.0.0.1:5432");
 * ```
 */
export function parseConfig(
  text: string,
  options: ParseConfigOptions = {},
): Config<SectionValues> {
  return parse(text, SECTIONS, options) as Config<SectionValues>;
}

/**
 * Reads a config from a file, and imports its plugins. That takes permission:
 * to read the file of a plugin, or to import from its host.
 *
 * Rejects with a {@linkcode ConfigError} if the file cannot be read, is larger
 * than 10 MiB, is not UTF-8, or if anything in it is wrong.
 *
 * @example
 * ```ts
 * import { assert, assertRejects } from "@std/assert";
 * import { ConfigError, loadConfig } from "@lifesign/lifesign/config";
 *
 * const error = await assertRejects(() => loadConfig("no.yaml"), ConfigError);
 * assert(error.message.includes("no.yaml"));
 * ```
 */
export async function loadConfig(
  path: string,
  options: LoadConfigOptions = {},
): Promise<Config<SectionValues>> {
  const config = await load(path, SECTIONS, options) as Config<SectionValues>;
  return { ...config, kinds: { ...options.kinds ?? KINDS, ...config.kinds } };
}
