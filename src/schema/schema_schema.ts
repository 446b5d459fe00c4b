import type { Schema, SchemaType } from "./schema.ts";

const TYPE: Schema = {
  enum: [
    "string",
    "integer",
    "number",
    "boolean",
    "array",
    "object",
    "null",
  ] satisfies SchemaType[],
};
const STRING: Schema = { title: "a string", type: "string" };
const NUMBER: Schema = { title: "a number", type: "number" };
const COUNT: Schema = { title: "a whole number", type: "integer", minimum: 0 };
const LIST: Schema = { title: "a list", type: "array" };

const properties: Record<string, Schema> = {
  title: STRING,
  description: STRING,
  default: {},
  examples: LIST,
  writeOnly: { title: "true or false", type: "boolean" },
  type: { anyOf: [TYPE, { type: "array", items: TYPE }] },
  enum: LIST,
  pattern: { title: "a regular expression", type: "string", format: "regex" },
  format: { enum: ["regex", "uri"] },
  minLength: COUNT,
  minimum: NUMBER,
  maximum: NUMBER,
  minItems: COUNT,
  minProperties: COUNT,
  required: { ...LIST, title: "a list of strings", items: STRING },
};

/**
 * The schema of a {@linkcode Schema}, for those that were not checked by a
 * compiler. Keywords of JSON Schema that we do not know are refused.
 */
export const SCHEMA_SCHEMA: Schema = {
  title: "a schema",
  type: "object",
  properties,
  additionalProperties: false,
};

// These hold schemas in turn.
Object.assign(properties, {
  items: SCHEMA_SCHEMA,
  properties: {
    title: "a map of schemas",
    type: "object",
    additionalProperties: SCHEMA_SCHEMA,
  },
  additionalProperties: { anyOf: [{ enum: [false] }, SCHEMA_SCHEMA] },
  anyOf: { ...LIST, title: "a list of schemas", items: SCHEMA_SCHEMA },
});
