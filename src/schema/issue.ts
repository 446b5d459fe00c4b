/** One thing that is wrong with a config. */
export interface ConfigIssue {
  /** Where, such as `checks.web.interval`; empty for the file as a whole. */
  readonly path: string;
  /** What was expected there, and what was found. */
  readonly message: string;
}

/** The path of a key inside what has a path. */
export function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[\p{L}\p{N}_-]+$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
