import { parsePolicy, type PolicyOptions } from "../core/policy.ts";
import { closest } from "../core/text.ts";
import type { Probe } from "../core/types.ts";
import type { Kind } from "../probes/kind.ts";
import { KINDS } from "../probes/table.ts";
import { ConfigError, type ConfigIssue, join } from "./error.ts";
import { expand, Expanded, type Lookup } from "./expand.ts";
import { parseYaml } from "./yaml.ts";
import { redacted, redactor } from "./redact.ts";
import { checkSchema, TOP_SCHEMA } from "./schema.ts";
import { validate } from "./validate.ts";

/** A check, as a config has it. */
export interface CheckSpec {
  /** Its name. */
  readonly id: string;
  /** How it looks at its target. */
  readonly probe: Probe;
  /** Its group and policy, with the config's defaults filled in. */
  readonly options: Readonly<PolicyOptions & { group?: string }>;
}

/** Where something listens. */
export interface ListenAddress {
  /** A name or an address. */
  readonly hostname: string;
  /** The port; 0 for any that is free. */
  readonly port: number;
}

/** What a config file says. */
export interface Config {
  /** Where the HTTP app listens; `false` for not at all. */
  readonly listen: ListenAddress | false;
  /** How many attempts may be in flight at a time. */
  readonly concurrency: number;
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
}

/**
 * Reads a config from YAML (1.2, core schema). Variables, `${NAME}` and
 * `${NAME:-default}`, are expanded in texts, after the YAML is parsed.
 *
 * @throws {ConfigError} If anything is wrong, with everything that is.
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
  { source = "config", env = (name) => Deno.env.get(name) }:
    ParseConfigOptions = {},
): Config {
  const issues: ConfigIssue[] = [];
  const fail = (): never => {
    throw new ConfigError(source, issues);
  };
  const { value, variables } = read(text, env, issues) ?? fail();
  const top = validate(value, TOP_SCHEMA, "", issues) as Top | undefined;
  if (top === undefined) return fail();
  const redact = redactor(variables);
  const checks: CheckSpec[] = [];
  for (const id of Object.keys(top.checks ?? {})) {
    // What is no map was complained of with the rest of the file.
    if (top.checks?.[id] === undefined) continue;
    const fields = (value as { checks: Record<string, Fields> }).checks[id]!;
    const check = parseCheck(id, fields, top.defaults ?? {}, issues);
    if (check === undefined) continue;
    const { probe } = check;
    checks.push(
      variables.size === 0 ? check : {
        ...check,
        probe: redacted(probe, redact),
      },
    );
  }
  const listen = parseListen(top.listen ?? "127.0.0.1:8686", issues);
  if (issues.length > 0 || listen === undefined) {
    throw new ConfigError(
      source,
      issues.map((issue) => ({ ...issue, message: redact(issue.message) })),
    );
  }
  return { listen, concurrency: top.concurrency ?? 256, checks };
}

/** Options, by their names. */
type Fields = Readonly<Record<string, unknown>>;

/** What is left of a config after validation: some may be missing. */
interface Top {
  readonly listen?: string | false;
  readonly concurrency?: number;
  readonly defaults?: Fields;
  readonly checks?: Readonly<Record<string, unknown>>;
}

function read(
  text: string,
  env: Lookup,
  issues: ConfigIssue[],
): ReturnType<typeof expand> | undefined {
  try {
    const expansion = expand(parseYaml(text), env);
    issues.push(...expansion.issues);
    return expansion;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    issues.push({
      path: "",
      message: error instanceof SyntaxError
        ? error.message
        : `expected a config of sane size, got ${error.message}`,
    });
    return undefined;
  }
}

function parseCheck(
  id: string,
  fields: Fields,
  defaults: Fields,
  issues: ConfigIssue[],
): CheckSpec | undefined {
  const path = join("checks", id);
  if (id.trim() === "") {
    issues.push({ path, message: "expected an id, got an empty one" });
    return undefined;
  }
  const type = fields.type instanceof Expanded ? fields.type.text : fields.type;
  const kind = KINDS.get(type as string);
  if (kind === undefined) {
    if (type === null && fields.type instanceof Expanded) return undefined;
    issues.push({ path: join(path, "type"), message: wrongType(type) });
    return undefined;
  }
  const found: ConfigIssue[] = [];
  const valid = validate(
    fields,
    checkSchema(type as string, kind),
    path,
    found,
  ) as Fields;
  const complete = { ...usable(defaults, valid, kind), ...valid };
  const check = found.length === 0
    ? make(id, complete, kind, path, found)
    : undefined;
  issues.push(...found);
  return check;
}

function wrongType(type: unknown): string {
  const names = [...KINDS.keys()];
  const meant = typeof type === "string" ? closest(type, names) : undefined;
  const expected = names.map((name) => JSON.stringify(name)).join(", ");
  return `expected one of ${expected}, got ${
    type === undefined ? "nothing" : JSON.stringify(type)
  }${meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`}`;
}

/** The defaults that a check of this kind can have. */
function usable(defaults: Fields, fields: Fields, { schema }: Kind): Fields {
  const { address, ...others } = defaults;
  const has = "address" in schema.properties && address !== undefined &&
    // These say where to connect, too.
    fields.unix === undefined && fields.proxy === undefined;
  return has ? defaults : others;
}

/** Makes a check of valid fields; what it throws belongs to the check. */
function make(
  id: string,
  fields: Fields,
  kind: Kind,
  path: string,
  issues: ConfigIssue[],
): CheckSpec | undefined {
  const options = camelCased(fields);
  try {
    parsePolicy(options);
    const probe = kind.make(options);
    return { id, probe, options: policyOf(options) };
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    // A policy's complaint starts with the option's name.
    const [, name, rest] = /^([a-z][\w.]*): (.*)$/s.exec(error.message) ??
      [undefined, undefined, error.message];
    issues.push({
      path: name === undefined ? path : `${path}.${snakeCased(name)}`,
      message: rest!.charAt(0).toLowerCase() + rest!.slice(1),
    });
    return undefined;
  }
}

const POLICY_OPTIONS = [
  "group",
  "interval",
  "timeout",
  "retries",
  "rise",
  "initialDelay",
  "startPeriod",
  "startInterval",
  "backoff",
] as const;

function policyOf(options: Fields): CheckSpec["options"] {
  return Object.fromEntries(
    POLICY_OPTIONS.filter((name) => options[name] !== undefined)
      .map((name) => [name, options[name]]),
  );
}

/** The library's names of options; names inside of values are the user's. */
function camelCased(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map((
      [key, value],
    ) => [key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), value]),
  );
}

function snakeCased(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function parseListen(
  listen: string | false,
  issues: ConfigIssue[],
): ListenAddress | false | undefined {
  if (listen === false) return false;
  const colon = listen.lastIndexOf(":");
  const port = Number(listen.slice(colon + 1));
  if (port > 65535) {
    issues.push({
      path: "listen",
      message: `expected a port up to 65535, got ${port}`,
    });
    return undefined;
  }
  const hostname = listen.slice(0, colon).replace(/^\[|\]$/g, "");
  return { hostname, port };
}
