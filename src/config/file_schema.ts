import { isDeepStrictEqual } from "node:util";
import { listed } from "../core/text.ts";
import { TOKEN_PATTERN, TOKEN_WORDS } from "../core/token.ts";
import type { Kind, Kinds } from "../probes/kind.ts";
import type { ConfigIssue } from "../schema/issue.ts";
import type { Schema } from "../schema/schema.ts";
import { described, TIME_ZONE } from "../schema/values.ts";
import { INCLUDE } from "./files/include.ts";
import { PLUGINS } from "./plugins/schema.ts";
import { POLICY_PROPERTIES, policyProperties } from "./policy_schema.ts";
import type { ConfigSection } from "./section.ts";
import { captionProperties, SITE_PROPERTIES } from "./site.ts";

/** The keys of a config file that are the same in every file. */
const PROPERTIES: Readonly<Record<string, Schema>> = {
  token: {
    title: TOKEN_WORDS,
    description:
      "The bearer token that the HTTP app requires, except for /livez",
    examples: ["${LIFESIGN_TOKEN}"],
    type: "string",
    pattern: TOKEN_PATTERN,
    writeOnly: true,
  },
  concurrency: {
    title: "a whole number of 1 or more",
    description: "The most attempts in flight at a time",
    type: "integer",
    minimum: 1,
    default: 256,
  },
  per_host: {
    title: "a whole number of 1 or more",
    description: "The most attempts in flight to one host and port",
    type: "integer",
    minimum: 1,
    default: 16,
  },
  timezone: described(
    TIME_ZONE,
    "The time zone of schedules, of maintenance and of days",
    "UTC",
  ),
  ...SITE_PROPERTIES,
  plugins: PLUGINS,
  include: INCLUDE,
};

/** What to write instead of top-level keys that there were. */
const REMOVED: Readonly<Record<string, string>> = {
  state: 'write "history: lifesign.db", which keeps the state, too',
};

/** Says of a top-level key that there was what to write instead. */
export function withAdvice(issue: ConfigIssue): ConfigIssue {
  const { path, message } = issue;
  return Object.hasOwn(REMOVED, path) && message.startsWith("unknown key")
    ? { path, message: `unknown key; ${REMOVED[path]}` }
    : issue;
}

const CHECKS: Schema = {
  title: "a map of checks",
  description: "The checks by their ids",
  type: "object",
  minProperties: 1,
  // Each is validated by itself, by the schema of its type.
  additionalProperties: { title: "a check", type: "object" },
};

/**
 * The schema of a config file, without what depends on the types of checks.
 * `defaults` may have any key if there may be more kinds than the given ones.
 */
export function topSchema(
  sections: readonly ConfigSection[],
  kinds: Kinds,
  isComplete = true,
): Schema {
  return {
    title: "a map with checks",
    type: "object",
    properties: {
      ...Object.fromEntries(
        sections.flatMap(({ key, schema }) => schema ? [[key, schema]] : []),
      ),
      ...PROPERTIES,
      ...sharedProperties(kinds, isComplete),
    },
    additionalProperties: false,
  };
}

/** The schema of a file that a config file includes, likewise. */
export function includedSchema(kinds: Kinds, isComplete: boolean): Schema {
  return {
    title: "a map with checks",
    type: "object",
    properties: sharedProperties(kinds, isComplete),
    additionalProperties: false,
  };
}

/** The keys of every file with checks. */
function sharedProperties(
  kinds: Kinds,
  isComplete: boolean,
): Record<string, Schema> {
  return {
    defaults: {
      title: "a map of defaults",
      description: "Options of every check that does not have its own",
      type: "object",
      additionalProperties: isComplete ? false : {},
      properties: { ...POLICY_PROPERTIES, ...defaultsOf(kinds) },
    },
    checks: CHECKS,
  };
}

/** The options of kinds that `defaults` may set, as any of the kinds has them. */
function defaultsOf(kinds: Kinds): Record<string, Schema> {
  const types = new Map<string, string[]>();
  for (const [type, { defaults = {} }] of Object.entries(kinds)) {
    for (const key of Object.keys(defaults)) {
      types.set(key, [...types.get(key) ?? [], type]);
    }
  }
  return Object.fromEntries(Array.from(types, ([key, types]) => {
    const checks = listed(types, "and");
    const description = `The ${key} of ${checks} checks`;
    const schemas = types.map((type) => kinds[type]!.schema.properties[key]!);
    return [key, { ...anyOf(schemas), description }];
  }));
}

/** A schema for what meets any of some schemas. */
function anyOf(schemas: readonly Schema[]): Schema {
  const different: Schema[] = [];
  for (const { description: _, ...schema } of schemas) {
    if (different.some((other) => isDeepStrictEqual(other, schema))) continue;
    different.push(schema);
  }
  if (different.length === 1) return schemas[0]!;
  const titles = different.map(({ title }) => title ?? "a value");
  return { title: [...new Set(titles)].join(" or "), anyOf: different };
}

/** The schema of a check of a kind. It needs no option that has a default. */
export function checkSchema(
  type: string,
  kind: Kind,
  defaults: Readonly<Record<string, unknown>> = {},
): Schema {
  const { schema } = kind;
  const { required = [] } = schema;
  return {
    ...schema,
    required: required.filter((key) => !Object.hasOwn(defaults, key)),
    title: "a check",
    type: "object",
    properties: {
      type: { enum: [type] },
      ...schema.properties,
      ...policyProperties(kind),
      ...captionProperties(kind),
    },
    additionalProperties: false,
  };
}
