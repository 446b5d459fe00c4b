import { type CheckSpec, parseCheck } from "./check.ts";
import type { Fields } from "./names.ts";
import { MetricNames } from "../core/metric.ts";
import { ConfigError } from "./error.ts";
import { type ConfigIssue, inFile, join } from "../schema/issue.ts";
import { referenceIssues } from "./references.ts";
import type { ConfigSection } from "./section.ts";
import { type Document, readDocument } from "./document.ts";
import type { Kinds } from "../probes/kind.ts";
import { KINDS, LAZY_KINDS } from "../probes/table.ts";
import { includedSchema, topSchema } from "./file_schema.ts";
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
  const { plugins, include } = (document?.value ?? {}) as Partial<Top>;
  if (plugins !== undefined && kinds === undefined) {
    issues.push({
      path: "plugins",
      message:
        "only loadConfig() imports plugins; pass their kinds to parseConfig()",
    });
  }
  if (include !== undefined) {
    const message = "only loadConfig() reads other files";
    issues.push({ path: "include", message });
  }
  if (issues.some(({ path }) => path === "plugins" || path === "include")) {
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
      include: [],
      included: [],
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
  /** The paths that it includes, from the current folder. */
  readonly include: readonly string[];
  /** The files that these stand for. */
  readonly included: readonly Document[];
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
  const top = document &&
    validate(document.value, schema, "", issues) as Top | undefined;
  if (document === undefined || top === undefined) {
    throw new ConfigError(source, issues);
  }
  const { checks: written, include } = document.value as Partial<Top>;
  if (written === undefined && include === undefined) {
    const message = "expected a map of checks, got nothing";
    issues.push({ path: "checks", message });
  }
  const main = { ...document, valid: top };
  const parts = [main, ...validated(options, issues)];
  const checks = checksOf(parts, options, issues);
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
    include: options.include,
    kinds,
    checks,
  };
}

/** A file of a config with what is valid in it. */
interface Part extends Document {
  readonly valid: Pick<Top, "defaults" | "checks">;
}

/** Validates included files, and adds their problems to `issues`. */
function validated(
  { kinds, isComplete, included }: DocumentOptions,
  issues: ConfigIssue[],
): Part[] {
  const schema = includedSchema(kinds, isComplete);
  return included.map((document) => {
    const found: ConfigIssue[] = [];
    const valid = validate(document.value, schema, "", found) as
      | Top
      | undefined;
    for (const issue of found) issues.push(inFile(document.file, issue));
    return { ...document, valid: valid ?? {} };
  });
}

/**
 * The included file that a problem is in. A problem of a default is in the
 * included file only if that sets the default.
 */
function ownerOf(
  { path }: ConfigIssue,
  defaults: Fields,
  file: string | undefined,
): string | undefined {
  const [, key] = /^defaults\.(\w+)/.exec(path) ?? [];
  return key === undefined || Object.hasOwn(defaults, key) ? file : undefined;
}

/** Makes the checks of all files, the first of which has defaults for all. */
function checksOf(
  parts: readonly Part[],
  options: DocumentOptions,
  issues: ConfigIssue[],
): CheckSpec[] {
  const [main] = parts as [Part];
  const shared = fieldsOf(main).defaults;
  // Problems of the defaults are reported once, and not for each check.
  const isValid = issues.length === 0;
  const metrics = new MetricNames();
  /** The files that have the ids. */
  const owners = new Map<string, string>();
  const checks: CheckSpec[] = [];
  for (const part of parts) {
    const { valid, ids, file } = part;
    const { defaults, checks: fields } = fieldsOf(part);
    const context = {
      ...options,
      defaults: isValid ? { ...main.valid.defaults, ...valid.defaults } : {},
      writtenDefaults: { ...shared, ...defaults },
      metrics,
      file,
      defaultsFile: valid.defaults && "depends_on" in valid.defaults
        ? file
        : undefined,
    };
    for (const id of ids) {
      // A check that is not a map was reported with the rest of the file.
      if (valid.checks?.[id] === undefined) continue;
      const found: ConfigIssue[] = [];
      const check = parseCheck(id, fields[id]!, context, found);
      if (check !== undefined) checks.push(check);
      const owner = owners.get(id);
      if (owner !== undefined) {
        found.push({
          path: join("checks", id),
          message: `expected another id, as ${owner} has it, too`,
        });
      }
      owners.set(id, owner ?? file ?? options.source);
      for (const issue of found) {
        issues.push(inFile(ownerOf(issue, defaults, file), issue));
      }
    }
  }
  if (owners.size === 0 && issues.length === 0) {
    const message = "expected files with checks, got none";
    issues.push({ path: "include", message });
  }
  for (const issue of referenceIssues(checks, owners.keys())) {
    issues.push(issue);
  }
  return checks;
}

/** The defaults and the checks of a file, as they are written. */
function fieldsOf(
  { value }: Document,
): { readonly defaults: Fields; readonly checks: Record<string, Fields> } {
  const { defaults = {}, checks = {} } = (value ?? {}) as Partial<Top>;
  return { defaults, checks: checks as Record<string, Fields> };
}

/** A config after validation. Values that are not valid are missing. */
interface Top {
  readonly [section: string]: unknown;
  readonly token?: string;
  readonly concurrency?: number;
  readonly per_host?: number;
  readonly plugins?: readonly string[];
  readonly include?: readonly string[];
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
