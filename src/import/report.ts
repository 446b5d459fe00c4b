import { ConfigError, type ConfigIssue } from "../config/error.ts";
import { oneLine } from "../core/text.ts";

/** Where something stands. */
export interface Place {
  /** The file, as messages name it. */
  readonly file: string;
  /** The path in it, such as `services.web.healthcheck`; empty for all of it. */
  readonly path: string;
}

/** What came up while files were imported. */
export class Report {
  // The same may come up again and again, as with a variable.
  readonly #warnings = new Set<string>();
  readonly #issues: (Place & { readonly message: string })[] = [];

  /** Notes what cannot be carried over, or not as it was. */
  warn(place: Place, message: string): void {
    this.#warnings.add(oneLine(`${textOf(place)}: ${message}`, 500));
  }

  /** Notes what is wrong with a file. */
  complain({ file, path }: Place, message: string): void {
    this.#issues.push({ file, path, message: oneLine(message, 500) });
  }

  /** What was warned of, in its order. */
  get warnings(): string[] {
    return [...this.#warnings];
  }

  /**
   * Ends the import if something is wrong with its files.
   *
   * @throws {ConfigError} If so, with all of it.
   */
  throwIfWrong(): void {
    if (this.#issues.length === 0) return;
    const files = new Set(this.#issues.map(({ file }) => file));
    if (files.size === 1) throw new ConfigError([...files][0]!, this.#issues);
    const issues = this.#issues.map(({ message, ...place }): ConfigIssue => ({
      path: textOf(place),
      message,
    }));
    throw new ConfigError(`${files.size} files`, issues);
  }
}

/** A place in words. */
export function textOf({ file, path }: Place): string {
  return path === "" ? file : `${file}: ${path}`;
}
