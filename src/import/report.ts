import { ConfigError } from "../config/error.ts";
import type { ConfigIssue } from "../schema/issue.ts";
import { oneLine } from "../core/text.ts";

/** A place in a file. */
export interface Place {
  /** The name of the file in messages. */
  readonly file: string;
  /** A path such as `services.web.healthcheck`; empty for the whole file. */
  readonly path: string;
}

/** A problem of a file. */
interface Issue extends Place {
  readonly message: string;
}

/** Collects the warnings and the problems of an import. */
export class Report {
  // A set, because the same warning may occur many times.
  readonly #warnings = new Set<string>();
  readonly #issues = new Map<string, Issue>();

  /** Notes what cannot be imported, or has another meaning. */
  warn(place: Place, message: string): void {
    this.#warnings.add(oneLine(`${textOf(place)}: ${message}`, 500));
  }

  /** Notes a problem of a file. */
  complain({ file, path }: Place, message: string): void {
    const issue = { file, path, message: oneLine(message, 500) };
    this.#issues.set(JSON.stringify(issue), issue);
  }

  /**
   * Reads something that may be wrong. Its problems are not noted: the first of
   * them is returned.
   */
  attempt<T>(read: () => T): { readonly value: T; readonly issue?: Issue } {
    const before = new Set(this.#issues.keys());
    const value = read();
    const found = [...this.#issues].filter(([key]) => !before.has(key));
    for (const [key] of found) this.#issues.delete(key);
    return { value, ...(found[0] !== undefined && { issue: found[0][1] }) };
  }

  /** The warnings, in their order. */
  get warnings(): string[] {
    return [...this.#warnings];
  }

  /**
   * Ends the import if its files have problems.
   *
   * @throws {ConfigError} If there are problems; it has all of them.
   */
  throwIfWrong(): void {
    if (this.#issues.size === 0) return;
    const found = [...this.#issues.values()];
    const [file, ...others] = new Set(found.map(({ file }) => file));
    if (others.length === 0) {
      // The name of the file goes before them all.
      const issues = found.map(({ path, message }) => ({ path, message }));
      throw new ConfigError(file!, issues);
    }
    const issues = found.map(({ message, ...place }): ConfigIssue => ({
      path: textOf(place),
      message,
    }));
    throw new ConfigError(`${1 + others.length} files`, issues);
  }
}

/** A place as text for messages. */
export function textOf({ file, path }: Place): string {
  return path === "" ? file : `${file}: ${path}`;
}
