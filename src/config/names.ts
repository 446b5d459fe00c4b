import { join } from "../schema/issue.ts";

/** Options, by their names. */
export type Fields = Readonly<Record<string, unknown>>;

/** Renames options to the names of the library, but no keys inside of values. */
export function camelCased(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** The key of an option in a file: `latency` for `latency.warn`. */
export function keyOf(option: string): string {
  return partsOf(option)[0] ?? "";
}

/** The path of an option in a file, below another path. */
export function optionPath(path: string, option: string): string {
  return partsOf(option).reduce(
    (path, part) => join(path, /^\d+$/.test(part) ? Number(part) : part),
    path,
  );
}

/** The names in a file: `["max_body", "0"]` for `maxBody[0]`. */
function partsOf(option: string): string[] {
  return option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    .split(/[.[\]]/).filter((name) => name !== "");
}

/**
 * What is wrong with the id of a check, if anything is. `.` and `..` are in no URL,
 * however they are encoded; half of a surrogate pair and NUL are neither in URLs
 * nor in SQLite.
 */
export function idProblem(id: string): string | undefined {
  if (id.trim() === "") return "expected an id, got an empty one";
  if (!/^\.\.?$|\0/.test(id) && id.isWellFormed()) return undefined;
  return `expected an id that a URL can have, got ${JSON.stringify(id)}`;
}
