import type { Schema } from "../schema/schema.ts";

/** A top-level key of a config file beside the checks. */
export interface ConfigSection {
  /** The key. */
  readonly key: string;
  /** The schema of its value. Without a schema, a file cannot have the key. */
  readonly schema?: Schema;
  /** Converts a valid value, or `undefined` if the file does not have the key. */
  // deno-lint-ignore no-explicit-any
  readonly parse?: (value: any) => unknown;
}
