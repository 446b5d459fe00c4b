import type { Json } from "../../core/json.ts";
import { excerpt, formatBytes } from "../../core/text.ts";

/** A JSON value, whose whole numbers may be a `bigint` beyond 2^53. */
export type ExactJson =
  | Json
  | bigint
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/**
 * What a JSON body should have: dotted paths to expected values, such as
 * `{ "status": "ok", "checks.0.up": true }`. Whole numbers are compared exactly;
 * one beyond 2^53 is a `bigint`.
 */
export type JsonExpectation = Readonly<Record<string, ExactJson>>;

/** A JSON body, or the complaint that it is none. */
export type ReadJson = {
  readonly body: unknown;
  readonly complaint?: undefined;
} | {
  readonly complaint: string;
};

/** Gives the complaint if a body does not hold what is expected. */
export function jsonComplaint(
  read: ReadJson,
  expected: JsonExpectation,
): string | undefined {
  if (read.complaint !== undefined) return read.complaint;
  for (const [path, value] of Object.entries(expected)) {
    const found = at(read.body, path);
    if (!equal(found, value)) {
      return bodyComplaint(path, jsonText(value), found);
    }
  }
  return undefined;
}

/**
 * Reads a JSON body, or gives the complaint if it is not JSON. `limit` is the
 * number of bytes after which the body was cut, if it was.
 */
export function readJson(text: string, limit: number | undefined): ReadJson {
  try {
    return { body: parseJson(text) };
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

/**
 * Parses JSON. Whole numbers that a `number` cannot have are a `bigint`.
 *
 * @throws {SyntaxError} If it is not JSON.
 */
function parseJson(text: string): unknown {
  // To look at each number takes several times as long.
  return /\d{16}/.test(text) ? JSON.parse(text, exact) : JSON.parse(text);
}

function exact(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  const { source = "" } = context ?? {};
  return typeof value === "number" && !Number.isSafeInteger(value) &&
      /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
}

/** A character for private use, before the digits of a `bigint`. */
const MARK = "\ue0f3";

/** Writes a value as JSON. Not every runtime has `JSON.rawJSON()`. */
function jsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(
    value,
    (_key, value) => typeof value === "bigint" ? `${MARK}${value}` : value,
  );
  // A function has no JSON, for one.
  return (text ?? String(value)).replace(
    new RegExp(`"${MARK}(-?\\d+)"`, "g"),
    "$1",
  );
}

/** The complaint about another value at a path. */
export function bodyComplaint(
  path: string,
  expected: string,
  found: unknown,
): string {
  return `Expected ${path} of the JSON body to be ${expected}, got ${
    found === undefined ? "nothing" : shortJson(found)
  }`;
}

/** The beginning of a value as JSON. */
export function shortJson(value: unknown): string {
  const json = jsonText(value);
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
function equal(a: unknown, b: ExactJson): boolean {
  if (isNumeric(a) && isNumeric(b)) return sameNumber(a, b);
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
        (b as Readonly<Record<string, ExactJson>>)[key]!,
      )
    );
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Whether two numbers are the same, exactly or in the digits that are shown. */
function sameNumber(a: number | bigint, b: number | bigint): boolean {
  // Between a number and a bigint, only this compares the exact values.
  // deno-lint-ignore eqeqeq
  return a == b || typeof a !== typeof b && String(a) === String(b);
}
