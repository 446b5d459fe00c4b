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

/** Collects the warnings and the problems of an import. */
export class Report {
  // A set, because the same warning may occur many times.
  readonly #warnings = new Set<string>();
  readonly #issues = new Map<string, Place & { readonly message: string }>();

  /** Notes what cannot be imported, or has another meaning. */
  warn(place: Place, message: string): void {
    this.#warnings.add(oneLine(`${textOf(place)}: ${message}`, 500));
  }

  /** Notes a problem of a file. */
  complain({ file, path }: Place, message: string): void {
    const issue = { file, path, message: oneLine(message, 500) };
    this.#issues.set(JSON.stringify(issue), issue);
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
    if (others.length === 0) throw new ConfigError(file!, found);
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
