import type { Variable } from "./interpolate.ts";
import type { ImportOptions } from "../options.ts";
import type { Place, Report } from "../report.ts";

/** The variables of the environment, which override those of a `.env` file. */
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

  /** A variable that may be unset. */
  optional(name: string): string | undefined {
    return this.#options.optionalEnv(name) ?? this.dotEnv.get(name);
  }

  /** A variable that a string at a place uses, perhaps with a default. */
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
          `the variable ${name} cannot be read without --allow-env=${name}: treated as unset`,
        );
      }
      // `lifesign run` may not read it either, so no reference is written.
      return { value: stored, isShared: false };
    }
    if (value !== undefined) return { value, isShared: true };
    if (stored === undefined && !hasDefault) {
      this.#report.warn(
        place,
        `the variable ${name} is not set: treated as empty`,
      );
    }
    return { value: stored, isShared: stored === undefined };
  }
}
