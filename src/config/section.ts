import type { Schema } from "../schema/schema.ts";

/** A top-level key of a config file that is not about the checks. */
export interface ConfigSection {
  /** The key. */
  readonly key: string;
  /** What its value may be; without it there is no such key. */
  readonly schema?: Schema;
  /** Makes a value of what met the schema, or of nothing. */
  // deno-lint-ignore no-explicit-any
  readonly parse?: (value: any) => unknown;
}
