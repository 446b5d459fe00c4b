import { parseDuration } from "../core/duration.ts";
import { LONGEST_MS } from "../core/policy.ts";
import { withoutCredentials } from "../core/secrets.ts";
import { closest, oneLine } from "../core/text.ts";
import type { Schema, SchemaType } from "./schema.ts";
import { type ConfigIssue, join } from "./issue.ts";
import { Expanded } from "./variables.ts";
import { inWords } from "./words.ts";

/**
 * Validates a value by a schema and adds the problems to `issues`. Returns the
 * value with its variables replaced, and without what is not valid.
 */
export function validate(
  value: unknown,
  schema: Schema,
  path: string,
  issues: ConfigIssue[],
): unknown {
  // The variable without a value is a problem already.
  if (value instanceof Expanded && value.text === null) return undefined;
  if (schema.anyOf !== undefined) return anyOf(value, schema, path, issues);
  if (schema.byType !== undefined && TYPES.object(value)) {
    return byType(value as Record<string, unknown>, schema, path, issues);
  }
  const meant = value instanceof Expanded
    ? fromString(value.text!, schema)
    : typeof value === "bigint" && isOnlyNumber(schema)
    ? Number(value)
    : value;
  const expected = expectedOf(meant, schema);
  if (expected !== undefined) {
    issues.push({ path, message: complaint(value, schema, expected) });
    return undefined;
  }
  if (Array.isArray(meant)) {
    const { items = {} } = schema;
    return meant.map((item, i) => validate(item, items, join(path, i), issues));
  }
  if (typeof meant === "object" && meant !== null) {
    return object(meant as Record<string, unknown>, schema, path, issues);
  }
  return meant;
}

/** A variable is a string, unless only a number or a boolean is valid here. */
function fromString(value: string, schema: Schema): unknown {
  const meanings: unknown[] = [value];
  if (/^-?\d+(?:\.\d+)?$/.test(value)) meanings.push(Number(value));
  if (/^(?:true|false)$/.test(value)) meanings.push(value === "true");
  return meanings.find((meaning) =>
    expectedOf(meaning, schema) === undefined
  ) ?? value;
}

/** Whether neither a string nor any value is valid. A string has all digits. */
function isOnlyNumber({ type }: Schema): boolean {
  return type !== undefined && ![type].flat().includes("string");
}

/** What is expected instead of a value, `undefined` if the value is valid. */
function expectedOf(value: unknown, schema: Schema): string | undefined {
  if (!isOfType(value, schema) || !isInRange(value, schema)) {
    return inWords(schema);
  }
  return typeof value === "string" && schema.format !== undefined
    ? FORMATS[schema.format](value, schema)
    : undefined;
}

function anyOf(
  value: unknown,
  schema: Schema,
  path: string,
  issues: ConfigIssue[],
): unknown {
  let likely: ConfigIssue[] | undefined;
  for (const alternative of schema.anyOf ?? []) {
    const found: ConfigIssue[] = [];
    const result = validate(value, alternative, path, found);
    if (found.length === 0) return result;
    // The problems inside of a map or a list say more.
    if (found.some((issue) => issue.path !== path)) likely ??= found;
  }
  likely ??= [{ path, message: complaint(value, schema) }];
  for (const issue of likely) issues.push(issue);
  return undefined;
}

/** Validates a map by the schema of its type. */
function byType(
  value: Record<string, unknown>,
  schema: Schema,
  path: string,
  issues: ConfigIssue[],
): unknown {
  const { byType = {}, ...others } = schema;
  const { type } = value;
  const name = type instanceof Expanded ? type.text : type;
  if (typeof name === "string" && Object.hasOwn(byType, name)) {
    return validate(value, byType[name]!, path, issues);
  }
  const names = Object.keys(byType);
  const title = `one of ${names.map((it) => JSON.stringify(it)).join(", ")}`;
  validate(type, { title, enum: names }, join(path, "type"), issues);
  validate(value, others, path, issues);
  return undefined;
}

function object(
  value: Record<string, unknown>,
  schema: Schema,
  path: string,
  issues: ConfigIssue[],
): unknown {
  const { properties = {}, additionalProperties, required = [] } = schema;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    const at = join(path, key);
    const property = Object.hasOwn(properties, key)
      ? properties[key]
      : additionalProperties;
    if (property === false) {
      const meant = closest(key, Object.keys(properties));
      issues.push({
        path: at,
        message: meant === undefined
          ? `unknown key; expected one of ${Object.keys(properties).join(", ")}`
          : `unknown key; did you mean ${JSON.stringify(meant)}?`,
      });
    } else {
      result[key] = validate(item, property ?? {}, at, issues);
    }
  }
  for (const key of required) {
    if (Object.hasOwn(value, key)) continue;
    const message = complaint(undefined, properties[key] ?? {});
    issues.push({ path: join(path, key), message });
  }
  return result;
}

function isOfType(value: unknown, { type, enum: values }: Schema): boolean {
  if (values !== undefined && !values.includes(value as never)) return false;
  if (type === undefined) return true;
  return [type].flat().some((type) => TYPES[type as SchemaType](value));
}

const TYPES: Readonly<Record<SchemaType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => Number.isFinite(value) || typeof value === "bigint",
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  object: (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value),
  null: (value) => value === null,
};

function isInRange(value: unknown, schema: Schema): boolean {
  switch (typeof value) {
    case "number":
      return value >= (schema.minimum ?? -Infinity) &&
        value <= (schema.maximum ?? Infinity);
    case "string":
      return value.length >= (schema.minLength ?? 0) &&
        (schema.pattern === undefined ||
          new RegExp(schema.pattern, "u").test(value));
    case "object":
      return value === null ||
        (Array.isArray(value)
          ? value.length >= (schema.minItems ?? 0)
          : Object.keys(value).length >= (schema.minProperties ?? 0));
    default:
      return true;
  }
}

/** What is expected instead of a string, if it is not of a format. */
type Format = (value: string, schema: Schema) => string | undefined;

const FORMATS: Readonly<Record<NonNullable<Schema["format"]>, Format>> = {
  regex(value, schema) {
    try {
      new RegExp(value, "u");
      return undefined;
    } catch {
      return inWords(schema);
    }
  },
  uri: (value, schema) => URL.canParse(value) ? undefined : inWords(schema),
  duration: (value, schema) => notInTime(value, schema, 0),
  timer: (value, schema) => notInTime(value, schema, 1),
};

function notInTime(
  value: string,
  schema: Schema,
  minMs: number,
): string | undefined {
  try {
    const ms = parseDuration(value);
    if (ms < minMs) return `a duration of ${minMs}ms or more`;
    return ms > LONGEST_MS ? "at most 24 days" : undefined;
  } catch {
    return inWords(schema);
  }
}

function complaint(
  value: unknown,
  schema: Schema,
  expected: string = inWords(schema),
): string {
  if (isSecret(schema)) {
    return `expected ${expected}, got ${shownSecret(value, schema)}`;
  }
  const meant = closestOf(value, schema);
  return `expected ${expected}, got ${shown(value)}` +
    (meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`);
}

/** The value of an enum that a misspelt string likely stands for. */
function closestOf(
  value: unknown,
  { enum: values = [] }: Schema,
): string | undefined {
  return typeof value === "string"
    ? closest(value, values.filter((each) => typeof each === "string"))
    : undefined;
}

/** Whether a value, or each value in it, is likely secret. */
function isSecret(
  { writeOnly, items, additionalProperties, anyOf = [] }: Schema,
): boolean {
  return writeOnly || items?.writeOnly ||
    additionalProperties && additionalProperties.writeOnly ||
    anyOf.some(isSecret);
}

/** What a message says of a value that may be secret. */
function shownSecret(value: unknown, schema: Schema): string {
  const written = value instanceof Expanded ? value.source : value;
  if (["number", "bigint"].includes(typeof written)) return "a number";
  if (typeof written !== "string" || /^(?:\$\{\w+\})*$/.test(written)) {
    return shown(value);
  }
  return [schema.type].flat().includes("string")
    ? "another string"
    : "a string";
}

/**
 * A value as a message quotes it: with variables as they were written, and
 * without the credentials of URLs.
 */
export function shown(value: unknown): string {
  if (value instanceof Expanded) return shown(value.source);
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : "a list";
  }
  if (typeof value === "object" && value !== null) {
    return Object.keys(value).length === 0 ? "an empty map" : "a map";
  }
  return oneLine(
    typeof value === "string"
      ? JSON.stringify(withoutCredentials(value))
      : String(value),
    80,
  );
}
