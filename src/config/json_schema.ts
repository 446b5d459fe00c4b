import type { Kinds } from "../probes/kind.ts";
import {
  annotationsOf,
  byTypes,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemas,
  WITH_VARIABLES,
} from "../schema/json_schema.ts";
import { checkSchema, topSchema } from "./file_schema.ts";
import type { ConfigSection } from "./section.ts";

/**
 * Makes the JSON Schema of a config file, for editors and other programs. A file
 * that it accepts may still be refused: it does not know the values of
 * variables, the limits of durations, which options of a check exclude each
 * other, and the syntax of URLs, hosts, methods and regular expressions.
 */
export function jsonSchema(
  sections: readonly ConfigSection[],
  kinds: Kinds,
): JsonSchema {
  const { properties, ...top } = topSchema(sections, kinds);
  const { checks, ...others } = properties!;
  return {
    title: "lifesign.yaml",
    description: "The checks that lifesign runs, and how",
    type: top.type,
    properties: {
      ...toJsonSchemas(others),
      checks: {
        ...annotationsOf(checks!),
        type: "object",
        minProperties: checks!.minProperties,
        // An id of blanks could not be seen.
        propertyNames: { pattern: "\\S" },
        additionalProperties: { $ref: "#/$defs/check" },
      },
    },
    // Values for other keys to repeat by aliases.
    patternProperties: { "^x-": {} },
    anyOf: ["checks", "include"].map((key) => ({
      properties: { [key]: true },
      required: [key],
    })),
    additionalProperties: top.additionalProperties,
    $defs: {
      check: check(Object.keys(kinds)),
      ...Object.fromEntries(
        Object.entries(kinds).map((
          [type, kind],
        ) => [
          `${type}_check`,
          toJsonSchema(checkSchema(type, kind, kind.defaults)),
        ]),
      ),
      variables: WITH_VARIABLES,
    },
  };
}

/** The schema of a check, which depends on its type. */
function check(types: readonly string[]): JsonSchema {
  const properties = { type: { description: "The kind of the check" } };
  const schemaOf = (type: string) => ({ $ref: `#/$defs/${type}_check` });
  return { title: "a check", ...byTypes(types, properties, schemaOf) };
}
