import type { ImportedCheck } from "./config_text.ts";

/** A check that has no id yet. */
export interface Unnamed extends Omit<ImportedCheck, "id"> {
  readonly name: string;
  readonly group: string;
}

/** Gives each check its name as its id, with the group if it takes that. */
export function withIds(checks: readonly Unnamed[]): ImportedCheck[] {
  const counts = new Map<string, number>();
  for (const { name } of checks) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set<string>();
  return checks.map(({ name, group, ...check }) => {
    const base = counts.get(name) === 1 || group === ""
      ? name
      : `${group}/${name}`;
    let id = base;
    for (let i = 2; taken.has(id); i++) id = `${base}/${i}`;
    taken.add(id);
    return { ...check, id };
  });
}
