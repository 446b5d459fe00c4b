import { STATUSES } from "../../../core/rollup.ts";
import type { Snapshot, Status } from "../../../core/types.ts";

/** Words for statuses. What summaries call `down` is `unhealthy`. */
const STATUS_WORDS: readonly (readonly [string, Status])[] = [
  ...STATUSES.map((status) => [status, status] as const),
  ["down", "unhealthy"],
];

/** So many letters are taken for the beginning of a status. */
const MIN_STATUS = 3;

/**
 * Makes the test of a filter: every word must be found in the id, name, group,
 * kind, target or reason of a check, in any case, or be its status or the
 * beginning of it.
 */
export function matcher(filter: string): (snapshot: Snapshot) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
    .map((word) => ({ word, statuses: statusesOf(word) }));
  if (words.length === 0) return () => true;
  return ({ id, name, group, type, target, status, reason }) => {
    const text = [id, name, group, type, target, reason?.message]
      .join("\n").toLowerCase();
    return words.every(({ word, statuses }) =>
      statuses.includes(status) || text.includes(word)
    );
  };
}

function statusesOf(word: string): readonly Status[] {
  if (word.length < MIN_STATUS) return [];
  return STATUS_WORDS.filter(([name]) => name.startsWith(word))
    .map(([, status]) => status);
}
