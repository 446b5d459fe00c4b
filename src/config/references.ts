import { closest } from "../core/text.ts";
import { type ConfigIssue, inFile, join } from "../schema/issue.ts";
import type { CheckSpec } from "./check.ts";
import { sourceOf } from "./check_source.ts";

/** An id that a check refers to, and where. */
interface Reference {
  readonly id: string;
  readonly path: string;
  readonly file: string | undefined;
}

/** The references of one sort that a check has. */
type ReferencesOf = (check: CheckSpec) => Iterable<Reference>;

/**
 * Finds the references of checks to ids that there are not, and those that go
 * round in a circle: of checks that are made of others, and of checks that depend
 * on others. `ids` are those of all checks, valid or not.
 */
export function referenceIssues(
  checks: readonly CheckSpec[],
  ids: Iterable<string>,
): ConfigIssue[] {
  const known = new Set(ids);
  const issues: ConfigIssue[] = [];
  for (const check of checks) {
    for (
      const { id, path, file } of [...membersOf(check), ...causesOf(check)]
    ) {
      if (known.has(id)) continue;
      const meant = closest(id, known);
      const hint = meant === undefined
        ? ""
        : `; did you mean ${JSON.stringify(meant)}?`;
      const message = `there is no check ${JSON.stringify(id)}${hint}`;
      issues.push(inFile(file, { path, message }));
    }
  }
  const byId = new Map(checks.map((check) => [check.id, check]));
  return [
    ...issues,
    ...circles(byId, membersOf),
    ...circles(byId, causesOf),
  ];
}

/** The checks that one is made of. */
function* membersOf(check: CheckSpec): Generator<Reference> {
  if (check.references === undefined) return;
  const { kind, fields, file } = sourceOf(check)!;
  for (const key of kind.references ?? []) {
    const list = (fields[key] ?? []) as readonly string[];
    const path = join(join("checks", check.id), key);
    for (const [i, id] of list.entries()) {
      yield { id, path: join(path, i), file };
    }
  }
}

/** The checks that one depends on. */
function* causesOf(check: CheckSpec): Generator<Reference> {
  if (check.dependsOn === undefined) return;
  const { fields, own, defaultsFile, file } = sourceOf(check)!;
  const isOwn = "depends_on" in own;
  const path = join(isOwn ? join("checks", check.id) : "defaults", KEY);
  for (const [i, id] of (fields[KEY] as readonly string[]).entries()) {
    if (!check.dependsOn.includes(id)) continue;
    yield { id, path: join(path, i), file: isOwn ? file : defaultsFile };
  }
}

const KEY = "depends_on";

/** The references of one sort that close a circle. */
function circles(
  checks: ReadonlyMap<string, CheckSpec>,
  referencesOf: ReferencesOf,
): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (check: CheckSpec): void => {
    trail.push(check.id);
    for (const { id, path, file } of referencesOf(check)) {
      const next = checks.get(id);
      const start = trail.indexOf(id);
      if (start >= 0) {
        const circle = [...trail.slice(start), id].map((id) =>
          JSON.stringify(id)
        );
        const message = `expected no circle, got ${circle.join(" -> ")}`;
        issues.push(inFile(file, { path, message }));
      } else if (next !== undefined && !done.has(id)) visit(next);
    }
    done.add(check.id);
    trail.pop();
  };
  for (const check of checks.values()) if (!done.has(check.id)) visit(check);
  return issues;
}
