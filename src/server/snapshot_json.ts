import { FIELDS } from "../core/fields.ts";
import type { Snapshot } from "../core/types.ts";

/** The fields of a snapshot that are dates. */
type DateField = {
  [K in keyof Snapshot]-?: Snapshot[K] extends Date | null ? K : never;
}[keyof Snapshot];

const DATES = (Object.keys(FIELDS) as (keyof Snapshot)[])
  .filter((name): name is DateField =>
    FIELDS[name].shown && FIELDS[name].type === "time"
  );

/**
 * Makes strings of the dates of a snapshot. `JSON.stringify()` would do the same,
 * but take almost twice as long for the whole snapshot.
 */
export function toSnapshotJson(snapshot: Snapshot): object {
  const json: Record<string, unknown> = { ...snapshot };
  for (const name of DATES) json[name] = toIsoString(snapshot[name]);
  return json;
}

/** The same as `toJSON()`, but faster. */
function toIsoString(date: Date | null): string | null {
  return date === null || Number.isNaN(date.getTime())
    ? null
    : date.toISOString();
}
