import type { Schema, SchemaType } from "./schema.ts";

const TYPES: Readonly<Record<SchemaType, string>> = {
  string: "a string",
  integer: "an integer",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "null",
};

const FORMATS: Readonly<Record<NonNullable<Schema["format"]>, string>> = {
  regex: "a regular expression",
  uri: "an absolute URL",
  duration: "a duration",
  timer: "a duration of 1ms or more",
};

/** What a schema expects, in words that follow "expected" in a message. */
export function inWords(schema: Schema): string {
  const { title, enum: values, anyOf, type, format } = schema;
  if (title !== undefined) return title;
  if (values !== undefined) {
    const words = values.map((value) => JSON.stringify(value));
    const last = words.splice(-2).join(" or ");
    return [...words, last].join(", ");
  }
  if (anyOf !== undefined) {
    return [...new Set(anyOf.map(inWords))].join(" or ");
  }
  const what = format !== undefined
    ? FORMATS[format]
    : type === undefined
    ? "a value"
    : [type].flat().map((type) => TYPES[type as SchemaType]).join(" or ");
  const limits = limitsOf(schema);
  return limits.length === 0 ? what : `${what} with ${limits.join(" and ")}`;
}

function limitsOf(schema: Schema): string[] {
  const { minimum, maximum, minLength, minItems, minProperties, pattern } =
    schema;
  return [
    ...(minimum === undefined ? [] : [`a minimum of ${minimum}`]),
    ...(maximum === undefined ? [] : [`a maximum of ${maximum}`]),
    ...(minLength === undefined ? [] : [`a length of ${minLength} or more`]),
    ...(minItems === undefined ? [] : [`${minItems} or more items`]),
    ...(minProperties === undefined ? [] : [`${minProperties} or more keys`]),
    ...(pattern === undefined ? [] : [`the pattern ${pattern}`]),
  ];
}
