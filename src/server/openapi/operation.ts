import { type Part, refTo } from "./parts.ts";

/** The OpenAPI description of what GET does at a path, and POST as well. */
export interface Operation {
  /** The path, such as `/checks/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Part[];
  readonly requestBody?: Part;
  readonly responses: Readonly<Record<number, Part>>;
  /** What a token is sent as, if it is not that of the app. */
  readonly security?: readonly Part[];
}

/** The parameter of a path with a check's id. */
export const ID: Part = parameter(
  "path",
  "id",
  "The id of the check, percent-encoded",
);

/** The response without such a check. */
export const NO_CHECK: Part = answer(
  "There is no such check",
  "application/json",
  "Error",
);

/** A parameter whose value is a string. */
export function parameter(
  place: "path" | "query",
  name: string,
  description: string,
): Part {
  return {
    name,
    in: place,
    description,
    ...(place === "path" && { required: true }),
    schema: { type: "string" },
  };
}

/** A parameter that may be repeated. */
export function many(parameter: Part): Part {
  return { ...parameter, schema: { type: "array", items: parameter.schema } };
}

/** A response with a media type; without the name of a schema it is a string. */
export function answer(
  description: string,
  type: string,
  schema?: string,
): Part {
  return {
    description,
    content: {
      [type]: {
        schema: schema === undefined ? { type: "string" } : refTo(schema),
      },
    },
  };
}

/** The parameter of a path that answers with JSON or a page. */
export const PAGE_OR_JSON: Part = {
  ...parameter(
    "query",
    "format",
    "The format; by default json, unless the Accept header prefers text/html",
  ),
  schema: { enum: ["json", "html"] },
};
