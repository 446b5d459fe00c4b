import type { ConfigIssue } from "../schema/issue.ts";
import { expand, type Lookup } from "../schema/variables.ts";
import { keysOf } from "./yaml/key_order.ts";
import { parseYaml } from "./yaml/yaml.ts";

/** A config with its variables expanded, before it is validated. */
export interface Document {
  /** The value of the document, with its variables expanded. */
  readonly value: unknown;
  /** The ids of its checks, in the order of the file. */
  readonly ids: readonly string[];
  /** The path of the file, if it is an included one. */
  readonly file?: string;
}

/**
 * Reads a config from YAML and expands its variables. Adds problems to
 * `issues`, and returns nothing if the text cannot be read.
 */
export function readDocument(
  text: string,
  env: Lookup,
  issues: ConfigIssue[],
): Document | undefined {
  try {
    const value = withoutExtensions(parseYaml(text));
    const { checks } = (value ?? {}) as { readonly checks?: unknown };
    const ids = typeof checks === "object" && checks !== null
      ? keysOf(checks)
      : [];
    return { value: expand(value, env, issues), ids };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) {
      throw error;
    }
    const { name, message } = error;
    issues.push({
      path: "",
      message: name === "RangeError"
        ? `expected a smaller config, got ${message}`
        : message,
    });
    return undefined;
  }
}

/**
 * Removes the top-level keys that begin with `x-`. They hold values that other
 * keys repeat by aliases, and their variables need not be set.
 */
function withoutExtensions(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !key.startsWith("x-")),
  );
}
