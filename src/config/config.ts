import { type CheckSpec, parseCheck } from "./check.ts";
import type { Fields } from "./names.ts";
import { MetricNames } from "../core/metric.ts";
import { ConfigError } from "./error.ts";
import type { ConfigIssue } from "../schema/issue.ts";
import { referenceIssues } from "./references.ts";
import type { ConfigSection } from "./section.ts";
import { type Document, readDocument } from "./document.ts";
import type { Kinds } from "../probes/kind.ts";
import { KINDS, LAZY_KINDS } from "../probes/table.ts";
import { topSchema } from "./file_schema.ts";
import { validate } from "../schema/validate.ts";

/** The content of a config file. */
export interface Config<Sections = Readonly<Record<string, unknown>>> {
  /** The bearer token that the HTTP app asks for, if any. */
  readonly token?: string;
  /** The most attempts in flight at a time. */
  readonly concurrency: number;
  /** The most attempts in flight to one host and port. */
  readonly perHost: number;
  /**
   * The values of the sections of an agent by their keys, such as `listen`.
   * The ones that are off are absent.
   */
  readonly sections: Sections;
  /** The modules that have kinds beyond the built-in ones, as the file has them. */
  readonly plugins: readonly string[];
  /** The kinds that its checks may be of. */
  readonly kinds: Kinds;
  /** The checks, in the order of the file. */
  readonly checks: readonly CheckSpec[];
}

/** Options for {@linkcode parseConfig}. */
export interface ParseConfigOptions {
  /**
   * The name of the config in messages.
   *
   * @default {"config"}
   */
  source?: string;
  /** Returns the value of a variable. It defaults to `Deno.env.get`. */
  env?: (name: string) => string | undefined;
  /**
   * The kinds that checks may be of, those of the config's `plugins` included.
   * For {@linkcode parseConfig} they default to `KINDS`, and for
   * `loadConfig()` to all built-in ones.
   */
  kinds?: Kinds;
}

/**
 * Reads a config that may have the given sections.
 *
 * @throws {ConfigError} If there are problems, with all of them.
 */
export function parseConfig(
  text: string,
  sections: readonly ConfigSection[],
  options: ParseConfigOptions = {},
): Config {
  const issues: ConfigIssue[] = [];
  const { env = envOf, kinds, source = "config" } = options;
  const document = readDocument(text, env, issues);
  const { plugins } = (document?.value ?? {}) as { plugins?: unknown };
  if (plugins !== undefined && kinds === undefined) {
    issues.push({
      path: "plugins",
      message:
        "only loadConfig() imports plugins; pass their kinds to parseConfig()",
    });
    throw new ConfigError(source, issues);
  }
  return toConfig(
    document,
    sections,
    {
      kinds: kinds ?? KINDS,
      unloaded: kinds === undefined ? Object.keys(LAZY_KINDS) : [],
      isComplete: true,
      source,
    },
    issues,
  );
}

/** The value of a variable of the environment. */
export function envOf(name: string): string | undefined {
  return Deno.env.get(name);
}

/** Options for {@linkcode toConfig}. */
export interface DocumentOptions {
  /** The kinds that checks may be of. */
  readonly kinds: Kinds;
  /** The names of the other built-in kinds, which are not loaded. */
  readonly unloaded: readonly string[];
  /**
   * Whether these are all kinds. If a plugin is not valid, its kinds and their
   * defaults are not known, and are no problem of their own.
   */
  readonly isComplete: boolean;
  /** The name of the config in messages. */
  readonly source: string;
}

/**
 * Makes a config of a document.
 *
 * @throws {ConfigError} If there are problems, with all of them.
 */
export function toConfig(
  document: Document | undefined,
  sections: readonly ConfigSection[],
  { kinds, unloaded, isComplete, source }: DocumentOptions,
  issues: ConfigIssue[],
): Config {
  const schema = topSchema(sections, kinds, isComplete);
  const top = document &&
    validate(document.value, schema, "", issues) as Top | undefined;
  if (document === undefined || top === undefined) {
    throw new ConfigError(source, issues);
  }
  const { value } = document;
  // Problems of the defaults are reported once, and not for each check.
  const defaults = issues.length > 0 ? {} : top.defaults ?? {};
  const { defaults: writtenDefaults } = value as Partial<Top>;
  const context = {
    kinds,
    unloaded,
    isComplete,
    defaults,
    writtenDefaults: writtenDefaults ?? {},
    metrics: new MetricNames(),
  };
  const checks: CheckSpec[] = [];
  for (const id of document.ids) {
    // A check that is not a map was reported with the rest of the file.
    if (top.checks?.[id] === undefined) continue;
    const fields = (value as { checks: Record<string, Fields> }).checks[id]!;
    const check = parseCheck(id, fields, context, issues);
    if (check !== undefined) checks.push(check);
  }
  issues.push(...referenceIssues(checks, document.ids));
  if (issues.length > 0) {
    // A problem of a default may come up in many checks.
    const found = new Map(
      issues.map((issue) => [JSON.stringify(issue), issue]),
    );
    throw new ConfigError(source, [...found.values()]);
  }
  return {
    ...(top.token !== undefined && { token: top.token }),
    concurrency: top.concurrency ?? 256,
    perHost: top.per_host ?? 16,
    sections: valuesOf(top, sections),
    plugins: top.plugins ?? [],
    kinds,
    checks,
  };
}

/** A config after validation. Values that are not valid are missing. */
interface Top {
  readonly [section: string]: unknown;
  readonly token?: string;
  readonly concurrency?: number;
  readonly per_host?: number;
  readonly plugins?: readonly string[];
  readonly defaults?: Fields;
  readonly checks?: Readonly<Record<string, unknown>>;
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
