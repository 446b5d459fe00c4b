import type { OptionError } from "../core/option_error.ts";
import type { Probe } from "../core/types.ts";
import type { Schema } from "../schema/schema.ts";
import type { TargetSyntax } from "./target_syntax.ts";

/** The name of an option in a config file: `max_body` for `maxBody`. */
export type SnakeCase<Name extends string> = Name extends
  `${infer First}${infer Rest}`
  ? First extends Lowercase<First> ? `${First}${SnakeCase<Rest>}`
  : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : Name;

/**
 * The schema of options: it has a property for each option, so that the
 * compiler finds an option without a schema and a schema without an option.
 */
export interface OptionsSchema<Options> extends Schema {
  /** The schema of each option, by its name in snake_case. */
  readonly properties: {
    readonly [Name in keyof Options & string as SnakeCase<Name>]-?: Schema;
  };
}

/**
 * A kind of probe that a config file can name as the `type` of a check. It
 * carries everything that is special about it.
 *
 * `Options` are those of the factory, in camelCase. In a file they are named
 * in snake_case.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pass, probe } from "@lifesign/lifesign";
 * import { type Kind, KINDS, parseConfig } from "@lifesign/lifesign/config";
 *
 * interface FileOptions {
 *   path: string;
 *   minBytes?: number;
 * }
 *
 * const file: Kind<FileOptions> = {
 *   schema: {
 *     properties: {
 *       path: { title: "a path", type: "string", minLength: 1 },
 *       min_bytes: { title: "a number of bytes", type: "integer", minimum: 0 },
 *     },
 *     required: ["path"],
 *   },
 *   make: ({ path, minBytes = 1 }) =>
 *     probe(() => pass({ minBytes }), {
 *       type: "file",
 *       target: path,
 *       permissions: [{ name: "read", path }],
 *     }),
 * };
 *
 * const { checks } = parseConfig(
 *   "checks: { backup: { type: file, path: /backup.tar, min_bytes: 100 } }",
 *   { kinds: { ...KINDS, file } },
 * );
 * assertEquals(checks[0]?.probe.target, "/backup.tar");
 * ```
 */
// Options that have met the schema have the type that goes with it.
// deno-lint-ignore no-explicit-any
export interface Kind<Options = any> {
  /** What the options may be, by their names in snake_case. */
  readonly schema: OptionsSchema<Options>;
  /**
   * Makes a probe of options that have met the schema: those in
   * `schema.properties`, and no other keys of the check, such as `interval`.
   * The probe's `type` is the name of the kind. Each of its permissions has a
   * value, such as the `host` of `net`; without one, `net` is for any host.
   *
   * @throws {OptionError} If an option is still not valid. It becomes a problem
   * of the config file, and so does whatever else it throws.
   */
  make(options: Options): Probe;
  /**
   * Options, by their names in snake_case, that the `defaults` of a config
   * file may set for all checks that have them, each with the options that it
   * cannot be combined with: a check with one of these does not get it. A value
   * has to meet the schema of every kind whose checks get it. A required option
   * may come from `defaults`, too.
   *
   * @default {{}}
   */
  readonly defaults?: Readonly<Record<string, readonly string[]>>;
  /**
   * Options, by their names in snake_case, with durations that have to be shorter
   * than the `timeout` of the check, such as what an attempt takes at least. An
   * option in a map is named as in `latency.warn`.
   *
   * @default {[]}
   */
  readonly durations?: readonly string[];
  /**
   * How many milliseconds an attempt takes at least because of an option, by the
   * option's name in snake_case: that has to be less than the `timeout` of the
   * check. Without the option, the value is `undefined`.
   *
   * @default {{}}
   */
  readonly takesMs?: Readonly<Record<string, (value: unknown) => number>>;
  /**
   * Whether its probes are passive, and have a `follow`: its checks have no
   * policy in a file, such as `interval` and `retries`.
   *
   * @default {false}
   */
  readonly passive?: boolean;
  /**
   * Options, by their names in snake_case, that are lists of the ids of other
   * checks. A config is refused if there is no such check, or if checks refer to
   * each other in a circle.
   *
   * @default {[]}
   */
  readonly references?: readonly string[];
  /**
   * Loads what {@linkcode Kind.make} needs for an option, by the option's name
   * in snake_case, such as a module. `loadConfig()` awaits it if a check has the
   * option, before it makes the probes.
   *
   * @default {{}}
   */
  readonly load?: Readonly<Record<string, () => Promise<unknown>>>;
  /**
   * Finds the problems of options that only the files of this machine tell,
   * such as a missing certificate. `lifesign validate` calls it with the same
   * options as `make`. A problem of the check is also whatever it throws, and
   * that it does not end within 30 s.
   */
  verify?(options: Options): Promise<Verification>;
  /**
   * How a target of this kind is written on the command line: of a plugin's
   * kind with `--plugin`.
   */
  readonly target?: TargetSyntax<Options>;
  /**
   * Variables of the environment that its probes read if they may.
   * `lifesign permissions` allows them if there is a check of this kind.
   *
   * @default {[]}
   */
  readonly env?: readonly string[];
}

/** What {@linkcode Kind.verify} found. */
export interface Verification {
  /** What is not valid. */
  readonly problems: readonly OptionError[];
  /** The permissions that are missing to verify the rest. */
  readonly missing: readonly Deno.PermissionDescriptor[];
  /**
   * What else a person should see, such as the next runs of a schedule.
   *
   * @default {[]}
   */
  readonly notes?: readonly string[];
}

/** Kinds by their names, which are the `type` of a check. */
export type Kinds = Readonly<Record<string, Kind>>;
