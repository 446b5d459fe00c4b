/** What schemas of responses are made of. */

/** A part of an OpenAPI document. */
export type Part = Readonly<Record<string, unknown>>;

export const TEXT: Part = { type: "string" };
export const TIME: Part = { type: "string", format: "date-time" };
export const COUNT: Part = { type: "integer", minimum: 0 };

/** The schema of an object. All properties are required but the optional ones. */
export function object<T>(
  properties: Readonly<Record<keyof T, Part>>,
  optional: readonly (keyof T & string)[] = [],
): Part {
  const names = Object.keys(properties) as (keyof T & string)[];
  return {
    type: "object",
    required: names.filter((name) => !optional.includes(name)),
    properties,
  };
}

/** The schema of an object whose properties have the same schema. */
export function numbers(names: readonly string[], schema: Part): Part {
  return object(Object.fromEntries(names.map((name) => [name, schema])));
}

/** The same, or `null`. */
export function orNull(schema: Part): Part {
  return { anyOf: [schema, { type: "null" }] };
}

/** The same, with what it means. */
export function described(schema: Part, description: string): Part {
  return { ...schema, description };
}

/** A reference to one of `SCHEMAS`. */
export function refTo(schema: string): Part {
  return { $ref: `#/components/schemas/${schema}` };
}
