import type { ConfigIssue } from "../schema/issue.ts";
import type { Schema } from "../schema/schema.ts";

/** What the rest of a config file has. */
export interface ConfigContent {
  /** The ids of its checks, valid or not. */
  readonly ids: ReadonlySet<string>;
  /** The groups of its checks; `null` if not all checks are valid. */
  readonly groups: ReadonlySet<string> | null;
  /** Its time zone. */
  readonly timezone: string;
}

/** All sections, or what loads those that a file with some keys needs. */
export type Sections =
  | readonly ConfigSection[]
  | ((keys: readonly string[]) => Promise<readonly ConfigSection[]>);

/** A top-level key of a config file beside the checks. */
export interface ConfigSection {
  /** The key. */
  readonly key: string;
  /** The schema of its value. Without a schema, a file cannot have the key. */
  readonly schema?: Schema;
  /** Loads what the value, which may be any, needs to be read. */
  // deno-lint-ignore no-explicit-any
  readonly load?: (value: any) => Promise<unknown> | undefined;
  /**
   * Finds the problems that the schema does not tell. `isValid` says of the path of
   * a part of the value whether that meets the schema.
   */
  readonly problems?: (
    // deno-lint-ignore no-explicit-any
    value: any,
    content: ConfigContent,
    isValid: (path: string) => boolean,
  ) => readonly ConfigIssue[];
  /** Converts a valid value, or `undefined` if the file does not have the key. */
  // deno-lint-ignore no-explicit-any
  readonly parse?: (value: any) => unknown;
}
