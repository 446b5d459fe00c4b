import { ConfigError } from "../config/error.ts";
import type { ConfigIssue } from "../schema/issue.ts";
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
  // The same may come up again and again.
  readonly #warnings = new Set<string>();
  readonly #issues = new Map<string, Place & { readonly message: string }>();

  /** Notes what cannot be carried over, or not as it was. */
  warn(place: Place, message: string): void {
    this.#warnings.add(oneLine(`${textOf(place)}: ${message}`, 500));
  }

  /** Notes what is wrong with a file. */
  complain({ file, path }: Place, message: string): void {
    const issue = { file, path, message: oneLine(message, 500) };
    this.#issues.set(JSON.stringify(issue), issue);
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
    if (this.#issues.size === 0) return;
    const found = [...this.#issues.values()];
    const [file, ...others] = new Set(found.map(({ file }) => file));
    if (others.length === 0) throw new ConfigError(file!, found);
    const issues = found.map(({ message, ...place }): ConfigIssue => ({
      path: textOf(place),
      message,
    }));
    throw new ConfigError(`${1 + others.length} files`, issues);
  }
}

/** A place in words. */
export function textOf({ file, path }: Place): string {
  return path === "" ? file : `${file}: ${path}`;
}
