import { type ConfigIssue, join } from "./error.ts";

/** A text that had variables in it. */
export class Expanded {
  constructor(
    /** With the variables' values; `null` if one was not to be had. */
    readonly text: string | null,
  ) {}
}

/** Gives a variable's value; may throw `Deno.errors.NotCapable`. */
export type Lookup = (name: string) => string | undefined;

/** What a config may not exceed, however it was written. */
const MAX_DEPTH = 64;
const MAX_VALUES = 1_000_000;

/** `$$` is a dollar; `${NAME}` and `${NAME:-default}` are variables. */
const VARIABLE = /\$\$|\$\{(?:([A-Za-z_]\w*)(?::-([^}]*))?\})?/g;

/** The text in which variables were expanded, and what was found on the way. */
export interface Expansion {
  /** The same value with {@linkcode Expanded} for texts with variables. */
  readonly value: unknown;
  readonly issues: readonly ConfigIssue[];
  /** Which values came from where: they may be secret. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * Expands the variables in all texts of a parsed config. Values that aliases
 * repeat are counted each time, so that a small file cannot become a large
 * config.
 */
export function expand(value: unknown, lookup: Lookup): Expansion {
  const issues: ConfigIssue[] = [];
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
    let complete = true;
    const expanded = text.replace(VARIABLE, (match, name, fallback) => {
      if (match === "$$") return "$";
      const value = name === undefined
        ? badVariable(path)
        : variable(name, fallback, path);
      if (value === undefined) {
        complete = false;
        return "";
      }
      return value;
    });
    return new Expanded(complete ? expanded : null);
  }

  function badVariable(path: string): undefined {
    issues.push({
      path,
      message: "expected ${NAME} or ${NAME:-default}; write $${ for a plain ${",
    });
    return undefined;
  }

  function variable(
    name: string,
    fallback: string | undefined,
    path: string,
  ): string | undefined {
    try {
      const value = lookup(name);
      if (value !== undefined && (value !== "" || fallback === undefined)) {
        variables.set(value, `\${${name}}`);
        return value;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      issues.push({
        path,
        message:
          `not allowed to read the variable ${name}: run with --allow-env=${name}`,
      });
      return undefined;
    }
    if (fallback !== undefined) return fallback;
    issues.push({
      path,
      message:
        `the variable ${name} is not set; \${${name}:-…} would give a default`,
    });
    return undefined;
  }

  return { value: walk(value, "", 0), issues, variables };
}
