import type { ImportOptions } from "../options.ts";
import type { Part, Words } from "../node.ts";
import type { Place, Report } from "../report.ts";
import { wordsOf } from "../words.ts";

/** `$$`, `${…}`, `${` without an end, `$NAME`, or a special variable. */
const DOLLAR = /\$(?:\$|\{[^}]*\}|\{|[A-Za-z_]\w*|[\d*#@!?-])/g;

/**
 * Expands variables as Gatus does, by Go's `os.ExpandEnv`: `$NAME` and
 * `${NAME}`, and `$$` for a dollar sign. They stay references, since they may
 * be set only where the checks run.
 */
export class Variables {
  readonly #options: Pick<ImportOptions, "env">;
  readonly #report: Report;
  readonly #unset: Set<string> = new Set();

  /** Takes the process's environment. */
  constructor(options: Pick<ImportOptions, "env">, report: Report) {
    this.#options = options;
    this.#report = report;
  }

  /** Expands the variables in a string at a place. */
  interpolate(text: string, place: Place): Words {
    const parts: Part[] = [];
    let end = 0;
    for (const match of text.matchAll(DOLLAR)) {
      parts.push({ text: text.slice(end, match.index) });
      parts.push(this.#part(match[0], place));
      end = match.index + match[0].length;
    }
    return end === 0
      ? wordsOf([{ text }])
      : wordsOf([...parts, { text: text.slice(end) }]);
  }

  #part(dollar: string, place: Place): Part {
    if (dollar === "$$") return { text: "$" };
    const name = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(dollar)?.[1];
    if (name !== undefined) {
      return { text: this.#value(name, place), reference: `\${${name}}` };
    }
    this.#report.warn(place, `${dollar} is an empty string for Gatus`);
    return { text: "" };
  }

  #value(name: string, place: Place): string {
    let value: string | undefined;
    try {
      value = this.#options.env(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
    }
    if (value === undefined && !this.#unset.has(name)) {
      this.#unset.add(name);
      this.#report.warn(
        place,
        `the variable ${name} is not set: set it where lifesign runs`,
      );
    }
    return value ?? "";
  }
}
