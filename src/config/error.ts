import { oneLine } from "../core/text.ts";
import type { ConfigIssue } from "../schema/issue.ts";

/** The most characters of the name of a file, or of a path in it. */
const MAX_PLACE = 1000;

/** A config has problems; the error lists all of them. */
export class ConfigError extends Error {
  /** The name of the class, whichever copy of the package made the error. */
  override readonly name: string = "ConfigError";
  /** The name of the config, such as `lifesign.yaml`. */
  readonly source: string;
  /** The problems. */
  readonly issues: readonly ConfigIssue[];

  /**
   * Makes a message with one problem a line. If the only problem is one of the
   * file as a whole, the message is a single line.
   */
  constructor(
    source: string,
    issues: readonly ConfigIssue[],
    options?: ErrorOptions,
  ) {
    const [first] = issues;
    const isWhole = issues.length === 1 && first!.path === "" &&
      (first!.file ?? source) === source;
    const count = `${issues.length} problem${issues.length === 1 ? "" : "s"}`;
    const lines = issues.map(({ file, path, message }) => {
      // Names of files and keys may have any characters.
      const place = [file === source ? "" : file ?? "", path]
        .map((part) => oneLine(part, MAX_PLACE));
      return `\n  ${
        [...place, message].filter((part) => part !== "").join(": ")
      }`;
    });
    super(
      `${source}: ${isWhole ? first!.message : count + lines.join("")}`,
      options,
    );
    this.source = source;
    this.issues = issues;
  }
}
