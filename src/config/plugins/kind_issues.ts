import { thrownInWords } from "../../core/text.ts";
import { type ConfigIssue, join } from "../../schema/issue.ts";
import { SCHEMA_SCHEMA } from "../../schema/schema_schema.ts";
import type { Schema } from "../../schema/schema.ts";
import { shown, validate } from "../../schema/validate.ts";
import { POLICY_PROPERTIES } from "../policy_schema.ts";

/** The keys of a check that are not options of its kind. */
const TAKEN: Readonly<Record<string, unknown>> = {
  type: true,
  ...POLICY_PROPERTIES,
};

const STRINGS: Schema = {
  title: "a list of strings",
  type: "array",
  items: { title: "a string", type: "string" },
};

const FUNCTIONS: Schema = { title: "a map of functions", type: "object" };

/** The parts of a kind that are data, not functions. */
const DATA: Schema = {
  title: "a kind with a schema and make()",
  type: "object",
  properties: {
    schema: SCHEMA_SCHEMA,
    defaults: {
      title: "a map of lists",
      type: "object",
      additionalProperties: STRINGS,
    },
    durations: STRINGS,
    env: STRINGS,
    references: STRINGS,
    passive: { title: "true or false", type: "boolean" },
    target: {
      title: "a target syntax",
      type: "object",
      properties: { prefixes: STRINGS, forms: STRINGS },
      required: ["prefixes", "forms"],
    },
    load: FUNCTIONS,
    takesMs: FUNCTIONS,
  },
  required: ["schema"],
};

/** Finds the problems of a kind that a plugin exports under a name. */
export function kindIssues(
  name: string,
  kind: unknown,
  plugin: string,
): ConfigIssue[] {
  const path = join(plugin, name);
  try {
    return issuesOf(name, kind, path);
  } catch (error) {
    // A getter and a Proxy run code of the plugin.
    return [{ path, message: `reading it throws ${thrownInWords(error)}` }];
  }
}

function issuesOf(name: string, kind: unknown, path: string): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const expect = (key: string, expected: string, value: unknown): void => {
    const got = typeof value === "function" ? "a function" : shown(value);
    issues.push({
      path: `${path}${key}`,
      message: `expected ${expected}, got ${got}`,
    });
  };
  if (!/^[a-z][a-z\d_]*$/.test(name)) {
    expect("", 'a name such as "redis_queue"', name);
  }
  const before = issues.length;
  const problem = schemaProblem(kind);
  if (problem !== undefined) {
    issues.push({ path: `${path}.schema`, message: problem });
    return issues;
  }
  validate(kind, DATA, path, issues);
  if (issues.length > before) return issues;
  const { make, verify, schema, defaults = {}, target } = kind as {
    readonly make?: unknown;
    readonly verify?: unknown;
    readonly schema: Schema;
    readonly defaults?: Readonly<Record<string, unknown>>;
    readonly target?: Readonly<Record<string, unknown>>;
  };
  const maps = kind as Readonly<
    Record<"load" | "takesMs", Readonly<Record<string, unknown>> | undefined>
  >;
  if (typeof make !== "function") expect(".make", "a function", make);
  if (verify !== undefined && typeof verify !== "function") {
    expect(".verify", "a function", verify);
  }
  if (target !== undefined && typeof target.parse !== "function") {
    expect(".target.parse", "a function", target.parse);
  }
  for (const name of ["load", "takesMs"] as const) {
    for (const [option, value] of Object.entries(maps[name] ?? {})) {
      if (typeof value !== "function") {
        expect(`.${name}.${option}`, "a function", value);
      }
    }
  }
  const { properties } = schema;
  if (properties === undefined) {
    expect(".schema.properties", "a map of schemas", properties);
    return issues;
  }
  for (const key of Object.keys(properties)) {
    if (!Object.hasOwn(TAKEN, key)) continue;
    issues.push({
      path: join(`${path}.schema.properties`, key),
      message: "every check has this key already",
    });
  }
  for (const key of [...Object.keys(defaults), ...schema.required ?? []]) {
    if (Object.hasOwn(properties, key)) continue;
    issues.push({
      path: `${path}.schema.properties`,
      message: `expected an option ${JSON.stringify(key)}, got none`,
    });
  }
  return issues;
}

/** Why the schema of a kind cannot be a part of a JSON Schema, if it cannot. */
function schemaProblem(kind: unknown): string | undefined {
  const { schema } = (kind ?? {}) as { readonly schema?: unknown };
  try {
    JSON.stringify(schema);
    return undefined;
  } catch (error) {
    const words = thrownInWords(error);
    return words.includes("circular")
      ? "expected a schema that does not contain itself"
      : `expected a schema that is JSON, got ${words}`;
  }
}
