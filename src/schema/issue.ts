/** A problem of a config. */
export interface ConfigIssue {
  /** The path, such as `checks.web.interval`; empty for the whole file. */
  readonly path: string;
  /** What was expected, and what was found. */
  readonly message: string;
  /** The file that it is in, if that is an included one. */
  readonly file?: string;
}

/** The same problem, in an included file if there is one. */
export function inFile(
  file: string | undefined,
  issue: ConfigIssue,
): ConfigIssue {
  return file === undefined ? issue : { ...issue, file };
}

/** The path of a key below another path. */
export function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[\p{L}\p{N}_-]+$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
