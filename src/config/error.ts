/** One thing that is wrong with a config. */
export interface ConfigIssue {
  /** Where, such as `checks.web.interval`; empty for the file as a whole. */
  readonly path: string;
  /** What was expected there, and what was found. */
  readonly message: string;
}

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

/** The path of a key inside what has a path. */
export function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[\p{L}\p{N}_-]+$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
