import type { Kinds } from "../probes/kind.ts";
import type { ConfigIssue } from "../schema/issue.ts";
import { shown, validate } from "../schema/validate.ts";
import { TIME_ZONE } from "../schema/values.ts";
import type { CheckSpec } from "./check.ts";
import type { Document } from "./document.ts";
import { ConfigError } from "./error.ts";
import { topSchema, withAdvice } from "./file_schema.ts";
import {
  checksOf,
  type DocumentOptions,
  type Part,
  type Top,
  validated,
} from "./parts.ts";
import type { ConfigContent, ConfigSection } from "./section.ts";
import { groupIssues, type SiteConfig, siteOf } from "./site.ts";

/** The content of a config file. */
export interface Config<Sections = Readonly<Record<string, unknown>>>
  extends SiteConfig {
  /** The bearer token that the HTTP app asks for, if any. */
  readonly token?: string;
  /** The most attempts in flight at a time. */
  readonly concurrency: number;
  /** The most attempts in flight to one host and port. */
  readonly perHost: number;
  /** The time zone of schedules, of maintenance and of days. */
  readonly timezone: string;
  /**
   * The values of the sections of an agent by their keys, such as `listen`.
   * The ones that are off are absent.
   */
  readonly sections: Sections;
  /** The modules that have kinds beyond the built-in ones, as the file has them. */
  readonly plugins: readonly string[];
  /** The paths of the files that it includes, which may have `*` and `?`. */
  readonly include: readonly string[];
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

/** The value of a variable of the environment. */
export function envOf(name: string): string | undefined {
  return Deno.env.get(name);
}

/**
 * Makes a config of a document.
 *
 * @throws {ConfigError} If there are problems, with all of them.
 */
export function toConfig(
  document: Document | undefined,
  sections: readonly ConfigSection[],
  options: DocumentOptions,
  issues: ConfigIssue[],
): Config {
  const { kinds, isComplete, source } = options;
  const schema = topSchema(sections, kinds, isComplete);
  const found: ConfigIssue[] = [];
  const top = document &&
    validate(document.value, schema, "", found) as Top | undefined;
  issues.push(...found.map(withAdvice));
  if (document === undefined || top === undefined) {
    throw new ConfigError(source, issues);
  }
  const { checks: written, include } = document.value as Partial<Top>;
  if (written === undefined && include === undefined) {
    const message = "expected a map of checks, got nothing";
    issues.push({ path: "checks", message });
  }
  const { timezone } = top;
  if (timezone !== undefined && !isTimeZone(timezone)) {
    const message = `expected ${TIME_ZONE.title}, got ${shown(timezone)}`;
    issues.push({ path: "timezone", message });
  }
  const main = { ...document, valid: top };
  const parts = [main, ...validated(options, issues)];
  const checks = checksOf(parts, options, issues);
  const content = contentOf(parts, checks, top);
  issues.push(...groupIssues(top.public?.groups, content));
  const isValid = (part: string): boolean =>
    issues.every(({ path }) =>
      !path.startsWith(part) || /^[^.[]/.test(path.slice(part.length))
    );
  for (const { key, problems } of sections) {
    if (problems === undefined || top[key] === undefined) continue;
    issues.push(...problems(top[key], content, isValid));
  }
  if (issues.length > 0) {
    // A problem of a default may come up in many checks.
    const found = new Map(
      issues.map((issue) => [JSON.stringify(issue), issue]),
    );
    throw new ConfigError(source, [...found.values()]);
  }
  return {
    ...(top.token !== undefined && { token: top.token }),
    ...siteOf(top),
    concurrency: top.concurrency ?? 256,
    perHost: top.per_host ?? 16,
    timezone: top.timezone ?? "UTC",
    sections: valuesOf(top, sections),
    plugins: top.plugins ?? [],
    include: options.include,
    kinds,
    checks,
  };
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }) !== null;
  } catch {
    return false;
  }
}

function same(value: unknown): unknown {
  return value;
}

/** What the rest of a file has, for the problems of its sections. */
function contentOf(
  parts: readonly Part[],
  checks: readonly CheckSpec[],
  { timezone = "UTC" }: Top,
): ConfigContent {
  const ids = new Set(parts.flatMap(({ ids }) => ids));
  const groups = checks.flatMap(({ options: { group } }) => group ?? []);
  // The group of a check that is not valid is not known.
  const isComplete = checks.length === ids.size;
  return { ids, groups: isComplete ? new Set(groups) : null, timezone };
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
