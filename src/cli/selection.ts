import { closest } from "../core/text.ts";
import type { Arguments, OptionsConfig } from "./args.ts";
import type { Check, FileChecks } from "./targets.ts";
import { UsageError } from "./usage.ts";

/** The options that select some of the checks of config files. */
export const SELECTION_OPTIONS: OptionsConfig = {
  check: { type: "string", multiple: true },
  group: { type: "string", multiple: true },
};

/** What they do, for `--help`. */
export const SELECTION_HELP = `\
  --check ID       Only this check of the files; may be repeated
  --group NAME     Only the checks of this group of the files; may be repeated.
                   With --check, checks that match either are selected`;

/** Where checks come from: a file, or the targets of the command line. */
export type CheckSource = FileChecks | { readonly checks: readonly Check[] };

/**
 * The checks of some sources, in their order. Of files, only those that
 * `--check` or `--group` names, if there are such options.
 *
 * @throws {UsageError} If no file has what an option names, or if two checks
 * have the same id.
 */
export function selectChecks(
  sources: readonly CheckSource[],
  { values }: Pick<Arguments, "values">,
): Check[] {
  const files = sources.filter((source) => "file" in source);
  const select = selectionOf(files, values);
  const owners = new Map<string, string>();
  return sources.flatMap((source) => {
    const isFile = "file" in source;
    const checks = isFile ? source.checks.flatMap(select) : source.checks;
    for (const { id } of checks) {
      const owner = isFile ? `in ${source.file}` : "on the command line";
      const other = owners.get(id);
      if (other !== undefined) {
        throw new UsageError(
          `Two checks have the id ${JSON.stringify(id)}: ${other} and ${owner}`,
        );
      }
      owners.set(id, owner);
    }
    return checks;
  });
}

/** Gives a check if it is selected, or is a part of one that is. */
function selectionOf(
  files: readonly FileChecks[],
  values: Arguments["values"],
): (check: Check) => Check[] {
  const checks = files.flatMap(({ checks }) => checks);
  const listOf = (name: string, known: Iterable<string>): Set<string> => {
    const wanted = (values[name] ?? []) as readonly string[];
    if (wanted.length > 0 && files.length === 0) {
      throw new UsageError(`--${name}: expected a config file with it`);
    }
    const where = files.map(({ file }) => file).join(" or ");
    for (const word of wanted) mustBeKnown(name, word, new Set(known), where);
    return new Set(wanted);
  };
  const ids = listOf("check", checks.map(({ id }) => id));
  const groups = listOf("group", checks.flatMap(groupOf));
  if (ids.size === 0 && groups.size === 0) return (check) => [check];
  const selected = new Set(
    checks.filter((check) =>
      ids.has(check.id) || groupOf(check).some((group) => groups.has(group))
    ),
  );
  // A set yields what is added to it.
  const tried = new Set(selected);
  for (const { references = [] } of tried) {
    for (const check of checks) {
      if (references.includes(check.id)) tried.add(check);
    }
  }
  return (check) => {
    if (selected.has(check)) return [check];
    return tried.has(check) ? [{ ...check, isPart: true }] : [];
  };
}

/** The group of a check, if it has one. */
function groupOf({ options: { group } }: Check): string[] {
  return group === undefined ? [] : [group];
}

function mustBeKnown(
  name: string,
  word: string,
  known: ReadonlySet<string>,
  where: string,
): void {
  if (known.has(word)) return;
  const meant = closest(word, known);
  throw new UsageError(
    `--${name}: there is no ${name} ${JSON.stringify(word)} in ${where}`,
    { suggestion: meant && JSON.stringify(meant) },
  );
}
