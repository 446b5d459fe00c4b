import type { From } from "../core/cluster/vantage.ts";
import { OptionError, readOption } from "../core/option_error.ts";
import { withSecrets } from "../probes/define.ts";
import { type Fields, idProblem, keyOf, optionPath } from "./names.ts";
import { isOptionError, kindOptions, ownSchema } from "./kind_options.ts";
import { fromOf, fromProblems, type FromValue } from "./cluster/from.ts";
import { keepSource } from "./check_source.ts";
import { allVariables, secretVariables } from "./secret_variables.ts";
import { parsePolicy, type PolicyOptions } from "../core/policy.ts";
import {
  type Duration,
  formatDuration,
  parseDuration,
} from "../core/duration.ts";
import type { MetricNames } from "../core/metric.ts";
import { closest, thrownInWords } from "../core/text.ts";
import type { Caption, Probe } from "../core/types.ts";
import type { Kind, Kinds } from "../probes/kind.ts";
import { LAZY_KINDS } from "../probes/table.ts";
import { probeFault } from "./plugins/probe_fault.ts";
import { type ConfigIssue, join } from "../schema/issue.ts";
import { Expanded } from "../schema/variables.ts";
import {
  POLICY_PROPERTIES,
  policyOf,
  policyProperties,
} from "./policy_schema.ts";
import { captionOf } from "./site.ts";
import { checkSchema } from "./file_schema.ts";
import { shown, validate } from "../schema/validate.ts";

/** A check of a config. */
export interface CheckSpec {
  /** The name of the check. */
  readonly id: string;
  /** The probe that looks at the target. */
  readonly probe: Probe;
  /**
   * The group, what is for people, and the policy, with the defaults of the config
   * filled in.
   */
  readonly options: Readonly<PolicyOptions & Caption & { group?: string }>;
  /** The ids of other checks that it is made of. */
  readonly references?: readonly string[];
  /** The ids of the checks without which it cannot work. */
  readonly dependsOn?: readonly string[];
  /** Which agents of a cluster run it, if not any one of them. */
  readonly from?: From;
  /** In how many regions it has to fail to be unhealthy; more than half by default. */
  readonly need?: number;
}

/** The part of a config that its checks share. */
export interface CheckContext {
  /** The kinds that a check may be of. */
  readonly kinds: Kinds;
  /** The names of the other built-in kinds, which are not loaded. */
  readonly unloaded: readonly string[];
  /** Whether these are all kinds. If not, a check may be of another type. */
  readonly isComplete: boolean;
  /** The defaults of all checks, as they were validated. */
  readonly defaults: Fields;
  /** The defaults of all checks, with variables as they were written. */
  readonly writtenDefaults: Fields;
  /** Whether the file has a cluster. */
  readonly isShared: boolean;
  /** The metrics of the checks so far. */
  readonly metrics: MetricNames;
  /** The path of the file, if it is an included one. */
  readonly file: string | undefined;
  /** The same, if its defaults say what its checks depend on. */
  readonly defaultsFile: string | undefined;
}

/**
 * Makes a check of its fields in a config and the defaults. If there are
 * problems, adds them to `issues` and returns nothing.
 */
export function parseCheck(
  id: string,
  fields: Fields,
  context: CheckContext,
  issues: ConfigIssue[],
): CheckSpec | undefined {
  const { kinds, isComplete, defaults, writtenDefaults, metrics } = context;
  const { isShared } = context;
  const path = join("checks", id);
  const message = idProblem(id);
  if (message !== undefined) {
    issues.push({ path, message });
    return undefined;
  }
  const type = fields.type instanceof Expanded ? fields.type.text : fields.type;
  const kind = typeof type === "string" && Object.hasOwn(kinds, type)
    ? kinds[type]
    : undefined;
  if (kind === undefined) {
    const mayBeValid = !isComplete && typeof type === "string";
    if (!mayBeValid && (type !== null || fields.type === null)) {
      const message = wrongType(fields.type, context);
      issues.push({ path: join(path, "type"), message });
    }
    // The policy is the same for every kind.
    validate(fields, { properties: POLICY_PROPERTIES }, path, issues);
    return undefined;
  }
  const before = issues.length;
  const fromDefaults = usable(writtenDefaults, fields, kind);
  const schema = checkSchema(type as string, kind, fromDefaults);
  const valid = validate(fields, schema, path, issues) as Fields;
  if (issues.length > before || !hasValues(valid)) return undefined;
  const written = { ...fromDefaults, ...fields };
  const inherited = usable(defaults, valid, kind);
  for (const key of Object.keys(inherited)) {
    // `defaults` was validated by the schemas of all kinds with this key.
    const own = ownSchema(kind, key);
    if (own === undefined) continue;
    inherited[key] = validate(written[key], own, join("defaults", key), issues);
  }
  if (issues.length > before || !hasValues(inherited)) return undefined;
  const options = { ...inherited, ...valid };
  // If there are problems, the defaults are not known.
  if (kind.schema.required?.some((key) => !(key in options))) return undefined;
  const probe = make(kind, options, (option, problem) => {
    const key = keyOf(option);
    const isDefault = key in options && !(key in valid);
    issues.push({
      path: optionPath(isDefault ? "defaults" : path, option),
      // Variables are shown as they were written, whatever is in them.
      message: allVariables(written).redact(problem),
    });
  });
  const from = options.from as FromValue | undefined;
  const isDefault = !("from" in valid);
  const fromPath = join(isDefault ? "defaults" : path, "from");
  const place = { path: fromPath, type: type as string, kind, isDefault };
  issues.push(...fromProblems(from, { ...place, isShared }));
  if (issues.length > before) return undefined;
  const fault = probeFault(probe, type as string, metrics);
  if (fault !== undefined) {
    const message = allVariables(written).redact(fault);
    issues.push({ path: join(path, "type"), message });
    return undefined;
  }
  const secrets = secretVariables(written, schema);
  const references = (kind.references ?? []).flatMap((key) =>
    (options[key] ?? []) as readonly string[]
  );
  const isOwn = "depends_on" in valid;
  // A default is for all checks but those that it names.
  const dependsOn = ((options.depends_on ?? []) as readonly string[])
    .filter((other) => isOwn || other !== id);
  const check: CheckSpec = {
    id,
    probe: withSecrets(probe as Probe, secrets),
    options: { ...captionOf(kind, options), ...policyOf(options) },
    ...(references.length > 0 && { references }),
    ...(dependsOn.length > 0 && { dependsOn }),
    ...fromOf(from, kind),
  };
  const { file, defaultsFile } = context;
  keepSource(check, {
    kind,
    fields: options,
    own: valid,
    secrets,
    file,
    defaultsFile,
  });
  return check;
}

/** Whether no value is missing because a variable has none. */
function hasValues(value: unknown): boolean {
  return typeof value === "object" && value !== null
    ? Object.values(value).every(hasValues)
    : value !== undefined;
}

function wrongType(
  type: unknown,
  { kinds, unloaded }: Pick<CheckContext, "kinds" | "unloaded">,
): string {
  const text = type instanceof Expanded ? type.text : type;
  if (typeof text === "string" && unloaded.includes(text)) {
    return `only loadConfig() loads this kind; pass await builtInKinds() to parseConfig()`;
  }
  const all = new Set([...Object.keys(kinds), ...unloaded]);
  const names = [
    ...Object.keys(LAZY_KINDS).filter((name) => all.delete(name)),
    ...all,
  ];
  const meant = typeof type === "string" ? closest(type, names) : undefined;
  const expected = names.map((name) => JSON.stringify(name)).join(", ");
  return `expected one of ${expected}, got ${shown(type)}${
    meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`
  }`;
}

/** The defaults that apply to a check of a kind. */
function usable(
  defaults: Fields,
  fields: Fields,
  kind: Kind,
): Record<string, unknown> {
  const excluded = new Map(Object.entries(kind.defaults ?? {}));
  const policy = policyProperties(kind);
  return Object.fromEntries(
    Object.entries(defaults).filter(([key]) =>
      Object.hasOwn(policy, key) ||
      excluded.get(key)?.every((other) => !(other in fields))
    ),
  );
}

/**
 * Makes a probe of fields that meet the kind's schema. If one of them is still
 * not valid, the others are tried without it, so that every problem is found.
 */
function make(
  kind: Kind,
  fields: Fields,
  report: (option: string, problem: string) => void,
): unknown {
  try {
    // An error that names no option is a problem of the whole check.
    return readOption("", () => {
      mustEndInTime(kind, fields);
      return kind.make(kindOptions(kind, fields));
    });
  } catch (error) {
    if (!isOptionError(error)) {
      return void report("", `cannot make a probe: ${thrownInWords(error)}`);
    }
    report(error.option, error.problem);
    const key = keyOf(error.option);
    if (key in fields && !kind.schema.required?.includes(key)) {
      const { [key]: _, ...others } = fields;
      make(kind, others, (option, problem) => {
        // That an option is missing is the fault of this.
        if (option === "" || keyOf(option) in others) report(option, problem);
      });
    }
    return undefined;
  }
}

/**
 * Checks that no option takes as long as an attempt may take.
 *
 * @throws {OptionError} If one does.
 */
function mustEndInTime(kind: Kind, fields: Fields): void {
  for (const key of kind.durations ?? []) {
    const duration = key.split(".").reduce<unknown>(
      (value, name) => (value as Fields | undefined)?.[name],
      fields,
    );
    if (duration === undefined) continue;
    const ms = readOption(key, () => parseDuration(duration as Duration));
    const { timeoutMs } = parsePolicy(policyOf(fields));
    if (ms < timeoutMs) continue;
    const limit = formatDuration(timeoutMs);
    throw new OptionError(
      key,
      `expected less than timeout, which is ${limit}, got ${shown(duration)}`,
    );
  }
  for (const [key, takesMs] of Object.entries(kind.takesMs ?? {})) {
    const ms = takesMs(fields[key]);
    const { timeoutMs } = parsePolicy(policyOf(fields));
    if (ms < timeoutMs) continue;
    throw new OptionError(
      key,
      `expected an attempt that may end within timeout, which is ${
        formatDuration(timeoutMs)
      }, got one that takes ${formatDuration(ms)} at least`,
    );
  }
}
