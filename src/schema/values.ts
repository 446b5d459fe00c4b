import { DURATION_PATTERN } from "../core/duration.ts";
import type { Json } from "../core/json.ts";
import type { Schema } from "./schema.ts";

/** Any text. */
export const TEXT: Schema = { title: "a text", type: "string" };

/** Any text but the empty one. */
export const NON_EMPTY_TEXT: Schema = { ...TEXT, minLength: 1 };

/** A number, a text or a truth value, to be used as a text. */
export const SCALAR: Schema = {
  title: "a text",
  type: ["string", "number", "boolean"],
};

/** Names with texts. */
export const TEXTS: Schema = {
  title: "names with texts",
  type: "object",
  additionalProperties: SCALAR,
};

/** Names with secret values, such as headers. */
export const SECRET_TEXTS: Schema = {
  ...TEXTS,
  additionalProperties: { ...SCALAR, writeOnly: true },
};

/** Yes or no. */
export const BOOLEAN: Schema = { title: "true or false", type: "boolean" };

/** A regular expression of JavaScript, in Unicode mode. */
export const REGEX: Schema = {
  title: "a regular expression",
  type: "string",
  format: "regex",
};

/** A port that can be connected to. */
export const PORT: Schema = {
  title: "a port between 1 and 65535",
  type: "integer",
  minimum: 1,
  maximum: 65535,
};

/** A host, or an address, and perhaps a port. */
export const HOST: Schema = {
  title: 'a host such as "localhost" or "::1"',
  examples: ["localhost", "10.0.0.7"],
  type: "string",
  pattern: "^[^\\s/@?#\\\\]+$",
};

/**
 * A duration with its unit. A bare number would be milliseconds to some and
 * seconds to others; only 0 is the same to all.
 */
export const DURATION: Schema = {
  title: 'a duration such as "500ms", "10s" or "1m30s"',
  examples: ["500ms", "10s", "1m30s"],
  type: ["string", "integer"],
  pattern: `^${DURATION_PATTERN}`,
  format: "duration",
  minimum: 0,
  maximum: 0,
};

/** A duration longer than none. */
export const POSITIVE_DURATION: Schema = {
  title: 'a duration above 0 such as "500ms", "10s" or "1m30s"',
  examples: ["500ms", "10s", "1m30s"],
  type: "string",
  pattern: `^(?=.*[1-9])${DURATION_PATTERN}`,
  format: "duration",
};

/** A duration that a timer can wait. */
export const TIMER: Schema = { ...POSITIVE_DURATION, format: "timer" };

/** Texts as {@linkcode TEXTS} allows them, as texts. */
export function toTexts(
  values: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, String(value)]),
  );
}

/** Describes a schema for editors. */
export function described(
  schema: Schema,
  description: string,
  fallback?: Json,
): Schema {
  return fallback === undefined
    ? { ...schema, description }
    : { ...schema, description, default: fallback };
}
