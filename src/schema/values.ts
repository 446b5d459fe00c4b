import { DURATION_PATTERN } from "../core/duration.ts";
import type { Json } from "../core/json.ts";
import type { Schema } from "./schema.ts";

/** Any string. */
export const STRING: Schema = { title: "a string", type: "string" };

/** A string that is not empty. */
export const NON_EMPTY_STRING: Schema = {
  title: "a non-empty string",
  type: "string",
  minLength: 1,
};

/** The name of something that people call by it, in one line. */
export const NAME: Schema = {
  title: "a name of 1 to 100 characters without blanks around it",
  type: "string",
  pattern: "^(?=.{1,100}$)[^\\s\\p{Cc}](?:[^\\p{Cc}]*[^\\s\\p{Cc}])?$",
};

/** A string, or a number or boolean that stands for one. */
export const SCALAR: Schema = {
  title: "a string",
  type: ["string", "number", "boolean"],
};

/** A map of strings. */
export const STRINGS: Schema = {
  title: "a map of strings",
  type: "object",
  additionalProperties: SCALAR,
};

/** A map of strings that are likely secret, such as headers. */
export const SECRET_STRINGS: Schema = {
  ...STRINGS,
  additionalProperties: { ...SCALAR, writeOnly: true },
};

/** A boolean. */
export const BOOLEAN: Schema = { title: "true or false", type: "boolean" };

/** A regular expression of JavaScript, in Unicode mode. */
export const REGEX: Schema = {
  title: "a regular expression",
  type: "string",
  format: "regex",
};

/** The name of a time zone, as the IANA has them. */
export const TIME_ZONE: Schema = {
  ...NON_EMPTY_STRING,
  title: 'a time zone such as "Europe/Berlin"',
  examples: ["Europe/Berlin", "America/New_York"],
};

/** A port to connect to. */
export const PORT: Schema = {
  title: "a port between 1 and 65535",
  type: "integer",
  minimum: 1,
  maximum: 65535,
};

/** A name or an address, and perhaps a port. */
export const HOST: Schema = {
  title: 'a host such as "localhost" or "::1"',
  examples: ["localhost", "10.0.0.7"],
  type: "string",
  pattern: "^[^\\s/@?#\\\\]+$",
};

/** A name or an address, with the port in an option of its own. */
export const HOST_ALONE: Schema = {
  ...HOST,
  title: 'a host without a port such as "localhost" or "::1"',
  pattern: `^(?![^:]*:\\d+$|\\[[^\\]]*\\]:)${HOST.pattern!.slice(1)}`,
};

/**
 * A duration with its unit. A number without a unit could be milliseconds or
 * seconds; only 0 is clear.
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

/** A duration above 0. */
export const POSITIVE_DURATION: Schema = {
  title: 'a duration above 0 such as "500ms", "10s" or "1m30s"',
  examples: ["500ms", "10s", "1m30s"],
  type: "string",
  pattern: `^(?=.*[1-9])${DURATION_PATTERN}`,
  format: "duration",
};

/** A duration that a timer can wait. */
export const TIMER: Schema = { ...POSITIVE_DURATION, format: "timer" };

/** Makes strings of what {@linkcode STRINGS} allows. */
export function toStrings(
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

/** Certificates for TLS and the key of one. */
export const CERTIFICATES: Readonly<Record<"ca" | "cert" | "key", Schema>> = {
  ca: described(
    NON_EMPTY_STRING,
    "A certificate authority to trust, as PEM or the path of a PEM file",
  ),
  cert: described(
    NON_EMPTY_STRING,
    "A client certificate, as PEM or the path of a PEM file",
  ),
  key: {
    ...described(
      NON_EMPTY_STRING,
      "The private key of cert, as PEM or the path of a PEM file",
    ),
    writeOnly: true,
  },
};
