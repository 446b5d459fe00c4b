import type { Variable } from "./interpolate.ts";
import type { ImportOptions } from "../options.ts";
import type { Place, Report } from "../report.ts";

/** The variables of the environment, and of a `.env` file below them. */
export class Environment {
  readonly #options: Pick<ImportOptions, "env" | "optionalEnv">;
  readonly #report: Report;
  /** Variables of the `.env` file. */
  dotEnv: ReadonlyMap<string, string> = new Map();

  /** Takes the process's environment. */
  constructor(
    options: Pick<ImportOptions, "env" | "optionalEnv">,
    report: Report,
  ) {
    this.#options = options;
    this.#report = report;
  }

  /** A variable that nobody has to have set. */
  optional(name: string): string | undefined {
    return this.#options.optionalEnv(name) ?? this.dotEnv.get(name);
  }

  /** A variable that a text at a place refers to, perhaps with a default. */
  variable(name: string, hasDefault: boolean, place: Place): Variable {
    const stored = this.dotEnv.get(name);
    let value: string | undefined;
    try {
      value = this.#options.env(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      if (stored === undefined) {
        this.#report.warn(
          place,
          `the variable ${name} is taken for unset: it may be read only with --allow-env=${name}`,
        );
      }
      // Whoever reads the result may not read it either.
      return { value: stored, isShared: false };
    }
    if (value !== undefined) return { value, isShared: true };
    if (stored === undefined && !hasDefault) {
      this.#report.warn(
        place,
        `the variable ${name} is not set, and is taken for empty`,
      );
    }
    return { value: stored, isShared: stored === undefined };
  }
}
