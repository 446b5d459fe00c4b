import { join } from "../schema/issue.ts";

/** Options, by their names. */
export type Fields = Readonly<Record<string, unknown>>;

/** Options by the library's names. Names inside of values are the user's. */
export function camelCased(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );
}

/** The key in a file of an option: `latency` for `latency.warn`. */
export function keyOf(option: string): string {
  return partsOf(option)[0] ?? "";
}

/** The path of an option below another path, by its names in a file. */
export function optionPath(path: string, option: string): string {
  return partsOf(option).reduce(join, path);
}

/** The names in a file of an option and what is inside of it. */
function partsOf(option: string): string[] {
  return option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    .split(".").filter((name) => name !== "");
}
