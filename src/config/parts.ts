import { type CheckSpec, parseCheck } from "./check.ts";
import { MetricNames } from "../core/metric.ts";
import type { Kinds } from "../probes/kind.ts";
import { type ConfigIssue, inFile, join } from "../schema/issue.ts";
import { validate } from "../schema/validate.ts";
import type { Document } from "./document.ts";
import { includedSchema } from "./file_schema.ts";
import type { Fields } from "./names.ts";
import { referenceIssues } from "./references.ts";
import type { PublicConfig, SiteConfig } from "./site.ts";

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

/** A config after validation. Values that are not valid are missing. */
export interface Top extends Omit<SiteConfig, "public"> {
  readonly [section: string]: unknown;
  readonly public?: Partial<PublicConfig>;
  readonly token?: string;
  readonly concurrency?: number;
  readonly per_host?: number;
  readonly timezone?: string;
  readonly plugins?: readonly string[];
  readonly include?: readonly string[];
  readonly defaults?: Fields;
  readonly checks?: Readonly<Record<string, unknown>>;
}

/** A file of a config with what is valid in it. */
export interface Part extends Document {
  readonly valid: Pick<Top, "timezone" | "defaults" | "checks">;
}

/** Validates included files, and adds their problems to `issues`. */
export function validated(
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
export function checksOf(
  parts: readonly Part[],
  options: DocumentOptions,
  issues: ConfigIssue[],
): CheckSpec[] {
  const [main] = parts as [Part];
  const { timezone } = main.valid;
  const zone: Fields = timezone === undefined ? {} : { timezone };
  const shared = { ...zone, ...fieldsOf(main).defaults };
  // Problems of the defaults are reported once, and not for each check.
  const isValid = issues.length === 0;
  const isShared = Object.hasOwn((main.value ?? {}) as object, "cluster");
  const metrics = new MetricNames();
  /** The files that have the ids. */
  const owners = new Map<string, string>();
  const checks: CheckSpec[] = [];
  for (const part of parts) {
    const { valid, ids, file } = part;
    const { defaults, checks: fields } = fieldsOf(part);
    const context = {
      ...options,
      defaults: isValid
        ? { ...zone, ...main.valid.defaults, ...valid.defaults }
        : {},
      writtenDefaults: { ...shared, ...defaults },
      isShared,
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
