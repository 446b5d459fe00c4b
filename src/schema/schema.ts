import type { Json } from "../core/json.ts";

/**
 * What a value in a config file may be: the part of JSON Schema (2020-12) that
 * configs need.
 */
export interface Schema {
  /** What is expected, in words that follow "expected" in a message. */
  readonly title?: string;
  /** What the value means, for editors. */
  readonly description?: string;
  /** What holds where the value is missing, for editors. */
  readonly default?: Json;
  /** What the value may look like, for editors. */
  readonly examples?: readonly Json[];
  /**
   * Whether it is likely secret: messages do not quote it, and the values of
   * variables in it are replaced in all that is said of a check.
   */
  readonly writeOnly?: boolean;
  /** How bytes are written as a string. */
  readonly contentEncoding?: "base16" | "base64";
  /** The type of the value, or the types that it may have. */
  readonly type?: SchemaType | readonly SchemaType[];
  /** The values that it may be. */
  readonly enum?: readonly Json[];
  /** A regular expression, in Unicode mode, that a string has to match. */
  readonly pattern?: string;
  /**
   * What a string has to be: a regular expression, an absolute URL, a duration
   * of at most 24 days, or one of at least 1 ms that a timer can wait.
   */
  readonly format?: "regex" | "uri" | "duration" | "timer";
  /** The least length of a string, in UTF-16 code units. */
  readonly minLength?: number;
  /** The least number. */
  readonly minimum?: number;
  /** The greatest number. */
  readonly maximum?: number;
  /** The schema of each item of a list. */
  readonly items?: Schema;
  /** The least number of items of a list. */
  readonly minItems?: number;
  /** The schemas of the keys of a map. */
  readonly properties?: Readonly<Record<string, Schema>>;
  /** The schema of all other keys of a map; `false` if there may be none. */
  readonly additionalProperties?: Schema | false;
  /** The least number of keys of a map. */
  readonly minProperties?: number;
  /** The keys that a map must have. */
  readonly required?: readonly string[];
  /** Alternatives, of which the value has to meet one. */
  readonly anyOf?: readonly Schema[];
  /**
   * The schemas of a map by the value of its key `type`, each for all of its keys.
   * What `properties` says holds for a map of an unknown type.
   */
  readonly byType?: Readonly<Record<string, Schema>>;
}

/** A type of JSON values. */
export type SchemaType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "array"
  | "object"
  | "null";
