import { closest } from "../core/text.ts";
import { type ConfigIssue, join } from "./issue.ts";

/**
 * Finds the names in a list that there are not. `what` is what they name, such as
 * `check`, and `path` that of the list.
 */
export function unknownNames(
  path: string,
  what: string,
  names: readonly string[] | undefined,
  known: ReadonlySet<string>,
): ConfigIssue[] {
  return (names ?? []).flatMap((name, i) => {
    if (known.has(name)) return [];
    const meant = closest(name, known);
    const hint = meant === undefined
      ? ""
      : `; did you mean ${JSON.stringify(meant)}?`;
    const message = `there is no ${what} ${JSON.stringify(name)}${hint}`;
    return [{ path: join(path, i), message }];
  });
}
