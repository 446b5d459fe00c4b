import type { Schema } from "../schema/schema.ts";
import type { Kinds } from "../probes/kind.ts";
import { KINDS } from "../probes/table.ts";
import type { ConfigSection } from "./section.ts";
import { checkSchema, topSchema } from "./file_schema.ts";

/** A part of a JSON Schema (2020-12), for others than ourselves. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One variable, and whatever else is not the beginning of one. */
const VARIABLE = "\\$\\{[A-Za-z_]\\w*(?::-[^{}]*)?\\}";
const OTHER = "[^$]|\\${2,}\\{|\\$(?!\\$*\\{)";

/** A text with variables: what it comes to, nobody knows before. */
const WITH_VARIABLES: JsonSchema = {
  // Not what people are shown, who would see it with every key.
  $comment: "A text with ${NAME} or ${NAME:-default} in it",
  type: "string",
  pattern: `^(?:${OTHER})*${VARIABLE}(?:${OTHER}|${VARIABLE})*$`,
};

const A_VARIABLE: JsonSchema = { $ref: "#/$defs/variables" };

/** What says something of a value without restricting it. */
const ANNOTATIONS = [
  "title",
  "description",
  "default",
  "examples",
  "writeOnly",
] as const;

/**
 * Makes the schema of a config file as editors and other programs understand
 * it. A file may meet it and still be refused: it cannot say what variables
 * come to, how long a duration may be, what goes with what in an http check,
 * nor what makes a URL, a host, a method or a regular expression in Unicode mode.
 */
export function jsonSchema(
  sections: readonly ConfigSection[],
  kinds: Kinds = KINDS,
): JsonSchema {
  const { properties, ...top } = topSchema(sections, kinds);
  const { checks, ...others } = properties!;
  return {
    title: "lifesign.yaml",
    description: "What lifesign looks at, how often, and where it tells of it",
    type: top.type,
    properties: {
      ...converted(others),
      checks: {
        ...annotationsOf(checks!),
        type: "object",
        minProperties: checks!.minProperties,
        // An id of blanks alone would be seen nowhere.
        propertyNames: { pattern: "\\S" },
        additionalProperties: { $ref: "#/$defs/check" },
      },
    },
    // What other keys repeat by aliases.
    patternProperties: { "^x-": {} },
    required: top.required,
    additionalProperties: top.additionalProperties,
    $defs: {
      check: check(Object.keys(kinds)),
      ...Object.fromEntries(
        Object.entries(kinds).map((
          [type, kind],
        ) => [`${type}_check`, convert(checkSchema(type, kind))]),
      ),
      variables: WITH_VARIABLES,
    },
  };
}

/** A check, which is what its type says. */
function check(types: readonly string[]): JsonSchema {
  return {
    title: "a check",
    type: "object",
    properties: {
      type: {
        description: "What kind of target it looks at",
        anyOf: [{ enum: types }, A_VARIABLE],
      },
    },
    required: ["type"],
    allOf: types.map((type) => ({
      if: {
        type: "object",
        properties: { type: { const: type } },
        required: ["type"],
      },
      then: { $ref: `#/$defs/${type}_check` },
    })),
  };
}

function converted(
  properties: Readonly<Record<string, Schema>>,
): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => [key, convert(schema)]),
  );
}

/** A schema of ours, with variables wherever a text may stand for a value. */
function convert(schema: Schema): JsonSchema {
  const annotations = annotationsOf(schema);
  if (schema.anyOf !== undefined) {
    const alternatives: JsonSchema[] = schema.anyOf.map(restrictionsOf);
    if (schema.anyOf.some(isScalar)) alternatives.push(A_VARIABLE);
    return { ...annotations, anyOf: alternatives };
  }
  return isScalar(schema) && !takesAnyText(schema)
    ? { ...annotations, anyOf: [restrictionsOf(schema), A_VARIABLE] }
    : { ...annotations, ...restrictionsOf(schema) };
}

function annotationsOf(schema: Schema): JsonSchema {
  return Object.fromEntries(
    ANNOTATIONS.filter((name) => schema[name] !== undefined)
      .map((name) => [name, schema[name]]),
  );
}

/** What a schema says but its annotations. */
function restrictionsOf(schema: Schema): JsonSchema {
  const { format, items, properties, additionalProperties, ...others } = schema;
  const rest: Record<string, unknown> = { ...others };
  for (const name of ANNOTATIONS) delete rest[name];
  return {
    ...rest,
    // To others, a `uri` is ASCII only and a `duration` is that of ISO 8601.
    ...(format === "regex" && { format }),
    ...(items && { items: convert(items) }),
    ...(properties && { properties: converted(properties) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: additionalProperties &&
        convert(additionalProperties),
    }),
  };
}

/** Whether a text may stand for it, once it is expanded. */
function isScalar({ type, enum: values }: Schema): boolean {
  const types = [type ?? []].flat();
  return values !== undefined ||
    types.some((type) => !["array", "object", "null"].includes(type));
}

function takesAnyText(schema: Schema): boolean {
  return [schema.type].flat().includes("string") &&
    schema.enum === undefined && schema.pattern === undefined &&
    schema.format === undefined && schema.minLength === undefined;
}
