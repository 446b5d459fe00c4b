import type { Probe } from "../core/types.ts";
import type { Schema } from "../schema/schema.ts";

/** A kind of probe, as a config file knows it. */
export interface Kind {
  /** What its options are, named in snake_case. */
  readonly schema: Schema & {
    readonly properties: Readonly<Record<string, Schema>>;
  };
  /**
   * Makes a probe of options, named in camelCase, that have met the schema.
   *
   * @throws {TypeError | RangeError} If they are still not right.
   */
  // What has met the schema has the type that goes with it.
  // deno-lint-ignore no-explicit-any
  readonly make: (options: any) => Probe;
}
