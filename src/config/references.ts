import { closest } from "../core/text.ts";
import { type ConfigIssue, inFile, join } from "../schema/issue.ts";
import type { CheckSpec } from "./check.ts";
import { sourceOf } from "./check_source.ts";

/**
 * Finds the references of checks to ids that there are not, and those that go
 * round in a circle. `ids` are those of all checks, valid or not.
 */
export function referenceIssues(
  checks: readonly CheckSpec[],
  ids: Iterable<string>,
): ConfigIssue[] {
  const known = new Set(ids);
  const issues: ConfigIssue[] = [];
  for (const check of checks) {
    for (const { id, path, file } of referencesOf(check)) {
      if (known.has(id)) continue;
      const meant = closest(id, known);
      const hint = meant === undefined
        ? ""
        : `; did you mean ${JSON.stringify(meant)}?`;
      const message = `there is no check ${JSON.stringify(id)}${hint}`;
      issues.push(inFile(file, { path, message }));
    }
  }
  return [...issues, ...circles(new Map(checks.map((it) => [it.id, it])))];
}

/** The ids that a check refers to, and where. */
function* referencesOf(
  check: CheckSpec,
): Generator<{ id: string; path: string; file: string | undefined }> {
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

/** The references that close a circle. */
function circles(checks: ReadonlyMap<string, CheckSpec>): ConfigIssue[] {
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
        const message = `expected no circle, got ${circle.join(" of ")}`;
        issues.push(inFile(file, { path, message }));
      } else if (next !== undefined && !done.has(id)) visit(next);
    }
    done.add(check.id);
    trail.pop();
  };
  for (const check of checks.values()) if (!done.has(check.id)) visit(check);
  return issues;
}
