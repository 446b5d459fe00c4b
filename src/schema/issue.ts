/** A problem of a config. */
export interface ConfigIssue {
  /** The path, such as `checks.web.interval`; empty for the whole file. */
  readonly path: string;
  /** What was expected, and what was found. */
  readonly message: string;
}

/** The path of a key below another path. */
export function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[\p{L}\p{N}_-]+$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
