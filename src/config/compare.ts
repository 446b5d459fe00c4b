import { isDeepStrictEqual } from "node:util";
import type { CheckSpec } from "./check.ts";
import { sourceOf } from "./check_source.ts";

/** The differences between the checks of two configs. */
export interface CheckChanges {
  /** The new checks. */
  readonly added: readonly CheckSpec[];
  /** The ids of the removed checks. */
  readonly removed: readonly string[];
  /** The changed checks, as they are now. */
  readonly changed: readonly CheckSpec[];
  /** Whether the checks that stay are in another order. */
  readonly isOrderNew: boolean;
}

/** Finds the differences between the checks of two configs. */
export function compareChecks(
  before: readonly CheckSpec[],
  after: readonly CheckSpec[],
): CheckChanges {
  const old = new Map(before.map((check) => [check.id, check]));
  const ids = new Set(after.map(({ id }) => id));
  const stayed = before.filter(({ id }) => ids.has(id));
  const staying = after.filter(({ id }) => old.has(id));
  return {
    added: after.filter(({ id }) => !old.has(id)),
    removed: before.filter(({ id }) => !ids.has(id)).map(({ id }) => id),
    changed: staying.filter((check) => !isSame(old.get(check.id)!, check)),
    isOrderNew: staying.some(({ id }, i) => id !== stayed[i]!.id),
  };
}

/** Compares fields, since each config has probes of its own. */
function isSame(a: CheckSpec, b: CheckSpec): boolean {
  if (a === b) return true;
  const [before, after] = [sourceOf(a), sourceOf(b)];
  return before !== undefined && after !== undefined &&
    isDeepStrictEqual(before.fields, after.fields) &&
    // The same value may come from a variable now, and be secret.
    before.secrets.equals(after.secrets);
}
