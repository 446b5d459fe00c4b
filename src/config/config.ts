import { type CheckSpec, type Fields, parseCheck } from "./check.ts";
import { MetricNames } from "../core/metric.ts";
import { ConfigError } from "./error.ts";
import type { ConfigIssue } from "../schema/issue.ts";
import type { ConfigSection } from "./section.ts";
import { expand, type Expansion, type Lookup } from "../schema/variables.ts";
import type { Kinds } from "../probes/kind.ts";
import { redacted, redactor } from "../probes/redact.ts";
import { KINDS } from "../probes/table.ts";
import { topSchema } from "./file_schema.ts";
import { keysOf } from "./key_order.ts";
import { validate } from "../schema/validate.ts";
import { parseYaml } from "./yaml.ts";

/** What a config file says. */
export interface Config {
  /** The bearer token that the HTTP app asks for, if any. */
  readonly token?: string;
  /** How many attempts may be in flight at a time. */
  readonly concurrency: number;
  /**
   * The values of the sections of an agent by their keys, such as `listen`.
   * The ones that are off are absent.
   */
  readonly sections: Readonly<Record<string, unknown>>;
  /** The checks, in the order of the file. */
  readonly checks: readonly CheckSpec[];
}

/** Options for {@linkcode parseConfig}. */
export interface ParseConfigOptions {
  /**
   * What the config is called in messages.
   *
   * @default {"config"}
   */
  source?: string;
  /** Gives a variable's value. It defaults to `Deno.env.get`. */
  env?: (name: string) => string | undefined;
  /** The kinds that checks may be of. They default to the built-in ones. */
  kinds?: Kinds;
}

/**
 * Reads a config that may have some sections.
 *
 * @throws {ConfigError} If anything is wrong, with every problem.
 */
export function parseConfig(
  text: string,
  sections: readonly ConfigSection[],
  options: ParseConfigOptions = {},
): Config {
  const {
    source = "config",
    env = (name) => Deno.env.get(name),
    kinds = KINDS,
  } = options;
  const issues: ConfigIssue[] = [];
  const expansion = read(text, env, issues);
  const top = expansion &&
    validate(expansion.value, topSchema(sections, kinds), "", issues) as
      | Top
      | undefined;
  if (expansion === undefined || top === undefined) {
    throw new ConfigError(source, issues);
  }
  const { value, variables } = expansion;
  // What is wrong with the defaults is said once, and not of each check.
  const defaults = issues.length > 0 ? {} : top.defaults ?? {};
  const redact = redactor(variables);
  const context = { kinds, defaults, metrics: new MetricNames() };
  const checks: CheckSpec[] = [];
  for (const id of expansion.ids) {
    // What is no map was complained of with the rest of the file.
    if (top.checks?.[id] === undefined) continue;
    const fields = (value as { checks: Record<string, Fields> }).checks[id]!;
    const check = parseCheck(id, fields, context, issues);
    if (check === undefined) continue;
    const probe = variables.size === 0
      ? check.probe
      : redacted(check.probe, redact);
    checks.push({ ...check, probe });
  }
  if (issues.length > 0) {
    const told = new Map<string, ConfigIssue>();
    for (const { path, message } of issues) {
      const issue = { path, message: redact(message) };
      // What is wrong with a default may come up in many checks.
      told.set(JSON.stringify(issue), issue);
    }
    throw new ConfigError(source, [...told.values()]);
  }
  return {
    ...(top.token !== undefined && { token: top.token }),
    concurrency: top.concurrency ?? 256,
    sections: valuesOf(top, sections),
    checks,
  };
}

/** What is left of a config after validation: some may be missing. */
interface Top {
  readonly [section: string]: unknown;
  readonly token?: string;
  readonly concurrency?: number;
  readonly defaults?: Fields;
  readonly checks?: Readonly<Record<string, unknown>>;
}

/** A config with its variables expanded. */
interface Read extends Expansion {
  /** The ids of its checks, in the order of the file. */
  readonly ids: readonly string[];
}

function read(
  text: string,
  env: Lookup,
  issues: ConfigIssue[],
): Read | undefined {
  try {
    const value = withoutExtensions(parseYaml(text));
    const { checks } = (value ?? {}) as { readonly checks?: unknown };
    const ids = typeof checks === "object" && checks !== null
      ? keysOf(checks)
      : [];
    return { ...expand(value, env, issues), ids };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const { name, message } = error;
    issues.push({
      path: "",
      message: name === "RangeError"
        ? `expected a config of sane size, got ${message}`
        : message,
    });
    return undefined;
  }
}

function same(value: unknown): unknown {
  return value;
}

/** The values of the sections that are on. */
function valuesOf(
  top: Top,
  sections: readonly ConfigSection[],
): Config["sections"] {
  const values: Record<string, unknown> = {};
  for (const { key, schema, parse = same } of sections) {
    const value = schema && parse(top[key]);
    if (value !== undefined) values[key] = value;
  }
  return values;
}

/**
 * A config without the top-level keys that begin with `x-`. They hold what
 * other keys repeat by aliases, and their variables need not be set.
 */
function withoutExtensions(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !key.startsWith("x-")),
  );
}
