import type { Json } from "../../core/json.ts";
import { excerpt, formatBytes } from "../../core/text.ts";

/**
 * What a JSON body should have: dotted paths to expected values, such as
 * `{ "status": "ok", "checks.0.up": true }`.
 */
export type JsonExpectation = Readonly<Record<string, Json>>;

/**
 * Gives the complaint if a body does not hold what is expected. `limit` is the
 * number of bytes after which the body was cut, if it was.
 */
export function jsonComplaint(
  text: string,
  expected: JsonExpectation,
  limit?: number,
): string | undefined {
  const read = readJson(text, limit);
  if ("complaint" in read) return read.complaint;
  for (const [path, value] of Object.entries(expected)) {
    const found = at(read.body, path);
    if (!equal(found, value)) {
      return bodyComplaint(path, JSON.stringify(value), found);
    }
  }
  return undefined;
}

/** Reads a JSON body, or gives the complaint if it is not JSON. */
export function readJson(
  text: string,
  limit: number | undefined,
): { readonly body: unknown } | { readonly complaint: string } {
  try {
    return { body: JSON.parse(text) };
  } catch {
    return {
      complaint: limit === undefined
        ? `Expected a JSON body, got ${excerpt(text)}`
        : `Expected a JSON body of at most ${
          formatBytes(limit)
        }, got a longer one`,
    };
  }
}

/** The complaint about another value at a path. */
export function bodyComplaint(
  path: string,
  expected: string,
  found: unknown,
): string {
  return `Expected ${path} of the JSON body to be ${expected}, got ${
    found === undefined ? "nothing" : excerptOf(JSON.stringify(found))
  }`;
}

function excerptOf(json: string): string {
  return json.length > 80 ? `${json.slice(0, 79)}…` : json;
}

/** Follows a dotted path. A key may itself contain dots. */
export function at(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, path)) {
    return (value as Record<string, unknown>)[path];
  }
  for (
    let dot = path.indexOf(".");
    dot >= 0;
    dot = path.indexOf(".", dot + 1)
  ) {
    const key = path.slice(0, dot);
    if (!Object.hasOwn(value, key)) continue;
    const found = at(
      (value as Record<string, unknown>)[key],
      path.slice(dot + 1),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether two values are the same JSON. The order of keys does not matter. */
function equal(a: unknown, b: Json): boolean {
  if (
    typeof a !== "object" || a === null || typeof b !== "object" || b === null
  ) {
    return a === b;
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(b);
  return keys.length === Object.keys(a).length &&
    keys.every((key) =>
      Object.hasOwn(a, key) &&
      equal(
        (a as Record<string, unknown>)[key],
        (b as Readonly<Record<string, Json>>)[key]!,
      )
    );
}
