import { type ConfigIssue, join } from "./issue.ts";

/** A string that was written with variables. */
export class Expanded {
  constructor(
    /** The string with the values; `null` if a variable has none. */
    readonly text: string | null,
    /** The string as it was written, which messages quote. */
    readonly source: string,
    /** The variables in it that are set. */
    readonly variables: readonly Variable[],
  ) {}
}

/** A variable that is set. */
export interface Variable {
  /** Its name. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
}

/** Returns the value of a variable; may throw `Deno.errors.NotCapable`. */
export type Lookup = (name: string) => string | undefined;

/**
 * `${NAME}` and `${NAME:-default}` are variables, `$${` is a plain `${`, and
 * any other dollar is itself. A default has no braces: they mean something
 * elsewhere, and it would take quadratic time to look for the end of each of
 * many variables that do not end.
 */
const VARIABLE = /\$\$\{|\$\{(?:([A-Za-z_]\w*)(?::-([^{}]*))?\})?/g;

/** The value of a variable, or why it has none. */
interface Found {
  readonly value?: string;
  readonly complaint?: string;
}

const MALFORMED: Found = {
  complaint: "expected ${NAME} or ${NAME:-default}; write $${ for a plain ${",
};

/**
 * Expands the variables in all strings of a parsed config, which become
 * {@linkcode Expanded}, and adds to `issues` those that have no value.
 */
export function expand(
  value: unknown,
  lookup: Lookup,
  issues: ConfigIssue[],
): unknown {
  function walk(value: unknown, path: string): unknown {
    if (typeof value === "string") return expandString(value, path);
    if (Array.isArray(value)) {
      return value.map((item, i) => walk(item, join(path, i)));
    }
    if (typeof value !== "object" || value === null) return value;
    // Without a prototype, no key is special.
    const object: Record<string, unknown> = Object.create(null);
    for (const [key, item] of Object.entries(value)) {
      object[key] = walk(item, join(path, key));
    }
    return object;
  }

  function expandString(text: string, path: string): string | Expanded {
    if (!text.includes("${")) return text;
    const complaints = new Set<string>();
    const used: Variable[] = [];
    const expanded = text.replace(VARIABLE, (match, name, fallback) => {
      if (match === "$${") return "${";
      const { value = "", complaint } = name === undefined
        ? MALFORMED
        : variable(name, fallback, used);
      if (complaint !== undefined) complaints.add(complaint);
      return value;
    });
    for (const message of complaints) issues.push({ path, message });
    const result = complaints.size === 0 ? expanded : null;
    return new Expanded(result, text, used);
  }

  function variable(
    name: string,
    fallback: string | undefined,
    used: Variable[],
  ): Found {
    let value: string | undefined;
    try {
      value = lookup(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      return {
        complaint:
          `not allowed to read the variable ${name}: run with --allow-env=${name}`,
      };
    }
    if (value !== undefined && (value !== "" || fallback === undefined)) {
      used.push({ name, value });
      return { value };
    }
    if (fallback !== undefined) return { value: fallback };
    return {
      complaint:
        `the variable ${name} is not set; \${${name}:-…} would give a default`,
    };
  }

  return walk(value, "");
}
