import type { Schema } from "./schema.ts";

/** A JSON Schema (2020-12), as other programs read it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One variable, and everything that does not begin one. */
const VARIABLE = "\\$\\{[A-Za-z_]\\w*(?::-[^{}]*)?\\}";
const OTHER = "[^$]|\\${2,}\\{|\\$(?!\\$*\\{)";

/**
 * The schema of a string with variables, whose value is not known yet. The
 * schemas that this module makes refer to it as `#/$defs/variables`.
 */
export const WITH_VARIABLES: JsonSchema = {
  // As a title, editors would show it with every key.
  $comment: "A string with ${NAME} or ${NAME:-default} in it",
  type: "string",
  pattern: `^(?:${OTHER})*${VARIABLE}(?:${OTHER}|${VARIABLE})*$`,
};

/** Refers to {@linkcode WITH_VARIABLES}. */
export const VARIABLES_REF: JsonSchema = { $ref: "#/$defs/variables" };

/** The keywords that do not restrict a value. */
const ANNOTATIONS = [
  "title",
  "description",
  "default",
  "examples",
  "writeOnly",
] as const;

/** Converts the schemas of properties. */
export function toJsonSchemas(
  properties: Readonly<Record<string, Schema>>,
): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(properties).map((
      [key, schema],
    ) => [key, toJsonSchema(schema)]),
  );
}

/**
 * Converts a schema to one that other programs understand. A string with
 * variables may stand for every value that is not a list or a map.
 */
export function toJsonSchema(schema: Schema): JsonSchema {
  const annotations = annotationsOf(schema);
  if (schema.byType !== undefined) {
    const { byType, properties = {} } = schema;
    const schemaOf = (type: string): JsonSchema =>
      beside(properties, toJsonSchema(byType[type]!), byType[type]!);
    return {
      ...annotations,
      ...byTypes(Object.keys(byType), properties, schemaOf),
    };
  }
  if (schema.anyOf !== undefined) {
    const alternatives: JsonSchema[] = schema.anyOf.map(restrictionsOf);
    if (schema.anyOf.some(isScalar)) alternatives.push(VARIABLES_REF);
    return { ...annotations, anyOf: alternatives };
  }
  return isScalar(schema) && !takesAnyString(schema)
    ? { ...annotations, anyOf: [restrictionsOf(schema), VARIABLES_REF] }
    : { ...annotations, ...restrictionsOf(schema) };
}

/**
 * The schema of a map that depends on the value of its key `type`, beside the
 * properties that it has whatever that is.
 */
export function byTypes(
  types: readonly string[],
  { type, ...properties }: Readonly<Record<string, Schema>>,
  schemaOf: (type: string) => JsonSchema,
): JsonSchema {
  return {
    type: "object",
    properties: {
      type: toJsonSchema({ ...type, enum: types }),
      ...toJsonSchemas(properties),
    },
    required: ["type"],
    allOf: types.map((type) => ({
      if: {
        type: "object",
        properties: { type: { const: type } },
        required: ["type"],
      },
      then: schemaOf(type),
    })),
  };
}

/** The schema of one type, in which shared properties are said only to be known. */
function beside(
  shared: Readonly<Record<string, Schema>>,
  json: JsonSchema,
  { properties = {} }: Schema,
): JsonSchema {
  return {
    ...json,
    properties: Object.fromEntries(
      Object.entries(json.properties as JsonSchema).map(([key, property]) =>
        properties[key] === shared[key] ? [key, true] : [key, property]
      ),
    ),
  };
}

/** The keywords of a schema that do not restrict a value. */
export function annotationsOf(schema: Schema): JsonSchema {
  return Object.fromEntries(
    ANNOTATIONS.filter((name) => schema[name] !== undefined)
      .map((name) => [name, schema[name]]),
  );
}

/** The keywords of a schema that restrict a value. */
function restrictionsOf(schema: Schema): JsonSchema {
  const { format, items, properties, additionalProperties, ...others } = schema;
  const rest: Record<string, unknown> = { ...others };
  for (const name of ANNOTATIONS) delete rest[name];
  return {
    ...rest,
    // To others, a `uri` is ASCII only and a `duration` is that of ISO 8601.
    ...(format === "regex" && { format }),
    ...(items && { items: toJsonSchema(items) }),
    ...(properties && { properties: toJsonSchemas(properties) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: additionalProperties &&
        toJsonSchema(additionalProperties),
    }),
  };
}

/** Whether a string with variables may stand for the value. */
function isScalar({ type, enum: values }: Schema): boolean {
  const types = [type ?? []].flat();
  return values !== undefined ||
    types.some((type) => !["array", "object", "null"].includes(type));
}

function takesAnyString(schema: Schema): boolean {
  return [schema.type].flat().includes("string") &&
    schema.enum === undefined && schema.pattern === undefined &&
    schema.format === undefined && schema.minLength === undefined;
}
