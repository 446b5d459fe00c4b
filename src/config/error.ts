import type { ConfigIssue } from "../schema/issue.ts";

/** A config is not right; it says everything that is wrong with it. */
export class ConfigError extends Error {
  /** What it is called, whichever copy of the package made it. */
  override readonly name: string = "ConfigError";
  /** What the config is called, such as `lifesign.yaml`. */
  readonly source: string;
  /** Everything that is wrong, in the order of the file where there is one. */
  readonly issues: readonly ConfigIssue[];

  /** Makes the message of the issues, one a line. */
  constructor(
    source: string,
    issues: readonly ConfigIssue[],
    options?: ErrorOptions,
  ) {
    const count = `${issues.length} problem${issues.length === 1 ? "" : "s"}`;
    const lines = issues.map(({ path, message }) =>
      `\n  ${path === "" ? "" : `${path}: `}${message}`
    );
    super(`${source}: ${count}${lines.join("")}`, options);
    this.source = source;
    this.issues = issues;
  }
}
