import { type ConfigIssue, join } from "./error.ts";

/** A text that had variables in it. */
export class Expanded {
  constructor(
    /** With the variables' values; `null` if one was not to be had. */
    readonly text: string | null,
    /** As it was written, for messages to quote. */
    readonly source: string,
  ) {}
}

/** Gives a variable's value; may throw `Deno.errors.NotCapable`. */
export type Lookup = (name: string) => string | undefined;

/** What a config may not exceed, however it was written. */
const MAX_DEPTH = 64;
const MAX_VALUES = 1_000_000;

/**
 * `$$` is a dollar; `${NAME}` and `${NAME:-default}` are variables. A default
 * has no braces: they would mean something elsewhere, and to look for the end
 * of each of many that do not end takes for ever.
 */
const VARIABLE = /\$\$|\$\{(?:([A-Za-z_]\w*)(?::-([^{}]*))?\})?/g;

/** The text in which variables were expanded, and what was found on the way. */
export interface Expansion {
  /** The same value with {@linkcode Expanded} for texts with variables. */
  readonly value: unknown;
  /** Which values came from where: they may be secret. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * Expands the variables in all texts of a parsed config, and adds to `issues`
 * those that are not to be had. Values that aliases repeat are counted each
 * time, so that a small file cannot become a large config.
 *
 * @throws {RangeError} If there are too many values or levels.
 */
export function expand(
  value: unknown,
  lookup: Lookup,
  issues: ConfigIssue[],
): Expansion {
  const variables = new Map<string, string>();
  let count = 0;

  function walk(value: unknown, path: string, depth: number): unknown {
    if (++count > MAX_VALUES) {
      throw new RangeError("more than a million values");
    }
    if (depth > MAX_DEPTH) {
      throw new RangeError(`more than ${MAX_DEPTH} levels of nesting`);
    }
    if (typeof value === "string") return walkText(value, path);
    if (Array.isArray(value)) {
      return value.map((item, i) => walk(item, join(path, i), depth + 1));
    }
    if (typeof value !== "object" || value === null) return value;
    // No prototype, so that no key means anything special.
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, item] of Object.entries(value)) {
      object[key] = walk(item, join(path, key), depth + 1);
    }
    return object;
  }

  function walkText(text: string, path: string): string | Expanded {
    if (!text.includes("$$") && !text.includes("${")) return text;
    const complaints = new Set<string>();
    const expanded = text.replace(VARIABLE, (match, name, fallback) => {
      if (match === "$$") return "$";
      try {
        return variable(name, fallback);
      } catch (error) {
        if (!(error instanceof ReferenceError)) throw error;
        complaints.add(error.message);
        return "";
      }
    });
    for (const message of complaints) issues.push({ path, message });
    return new Expanded(complaints.size === 0 ? expanded : null, text);
  }

  /** The value of a variable; a `ReferenceError` says why there is none. */
  function variable(
    name: string | undefined,
    fallback: string | undefined,
  ): string {
    if (name === undefined) {
      throw new ReferenceError(
        "expected ${NAME} or ${NAME:-default}; write $${ for a plain ${",
      );
    }
    const value = valueOf(name);
    if (value !== undefined && (value !== "" || fallback === undefined)) {
      variables.set(value, `\${${name}}`);
      return value;
    }
    if (fallback !== undefined) return fallback;
    throw new ReferenceError(
      `the variable ${name} is not set; \${${name}:-…} would give a default`,
    );
  }

  function valueOf(name: string): string | undefined {
    try {
      return lookup(name);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
      throw new ReferenceError(
        `not allowed to read the variable ${name}: run with --allow-env=${name}`,
        { cause },
      );
    }
  }

  return { value: walk(value, "", 0), variables };
}
