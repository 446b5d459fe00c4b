import type { Json } from "../core/json.ts";

/**
 * What a value in a config file may be: the part of JSON Schema (2020-12) that
 * configs need. Its `title` says in words what is expected, for messages that
 * read "expected …".
 */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly default?: Json;
  /** What it may look like, for editors. */
  readonly examples?: readonly Json[];
  /** Whether it is a secret, which no message may quote. */
  readonly writeOnly?: boolean;
  readonly type?: SchemaType | readonly SchemaType[];
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly format?: "regex" | "uri";
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
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
