import type { Schema, SchemaType } from "./schema.ts";

const TYPES: Readonly<Record<SchemaType, true>> = {
  string: true,
  integer: true,
  number: true,
  boolean: true,
  array: true,
  object: true,
  null: true,
};

const FORMATS: Readonly<Record<NonNullable<Schema["format"]>, true>> = {
  regex: true,
  uri: true,
  duration: true,
  timer: true,
};

const TYPE: Schema = { enum: Object.keys(TYPES) };
const STRING: Schema = { title: "a string", type: "string" };
const NUMBER: Schema = { title: "a number", type: "number" };
const COUNT: Schema = { title: "a whole number", type: "integer", minimum: 0 };
const LIST: Schema = { title: "a list", type: "array" };

/** The schemas of keywords whose values are not schemas themselves. */
const SIMPLE = {
  title: STRING,
  description: STRING,
  default: {},
  examples: LIST,
  contentEncoding: {
    title: '"base16" or "base64"',
    enum: ["base16", "base64"],
  },
  writeOnly: { title: "true or false", type: "boolean" },
  type: {
    title: "a type, or a list of types",
    anyOf: [TYPE, { type: "array", items: TYPE }],
  },
  enum: LIST,
  pattern: { title: "a regular expression", type: "string", format: "regex" },
  format: { enum: Object.keys(FORMATS) },
  minLength: COUNT,
  minimum: NUMBER,
  maximum: NUMBER,
  minItems: COUNT,
  minProperties: COUNT,
  required: { title: "a list of strings", type: "array", items: STRING },
} satisfies Partial<Record<keyof Schema, Schema>>;

/**
 * The schema of a {@linkcode Schema} that no compiler has checked. Keywords of
 * JSON Schema that a `Schema` does not have are refused.
 */
export const SCHEMA_SCHEMA: Schema = {
  title: "a schema",
  type: "object",
  // A getter, since these refer to the schema itself.
  get properties(): Record<keyof Schema, Schema> {
    return KEYWORDS;
  },
  additionalProperties: false,
};

const KEYWORDS: Record<keyof Schema, Schema> = {
  ...SIMPLE,
  items: SCHEMA_SCHEMA,
  properties: {
    title: "a map of schemas",
    type: "object",
    additionalProperties: SCHEMA_SCHEMA,
  },
  additionalProperties: {
    title: "false, or a schema",
    anyOf: [{ enum: [false] }, SCHEMA_SCHEMA],
  },
  anyOf: { title: "a list of schemas", type: "array", items: SCHEMA_SCHEMA },
  byType: {
    title: "a map of schemas",
    type: "object",
    additionalProperties: SCHEMA_SCHEMA,
  },
};
