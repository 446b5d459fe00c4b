import { OptionError } from "../../core/option_error.ts";
import type { Snapshot } from "../../core/types.ts";

/**
 * Which snapshots a watcher gets: one for each attempt (`attempt`), only those
 * with another status (`transition`), or also one for the start of each attempt
 * (`phase`).
 */
export type Emit = "attempt" | "transition" | "phase";

/** Every {@linkcode Emit} there is. */
export const EMITS: readonly Emit[] = ["attempt", "transition", "phase"];

/** @throws {OptionError} If it is none of them. */
export function parseEmit(emit: Emit = "attempt"): Emit {
  if (!EMITS.includes(emit)) {
    throw new OptionError(
      "emit",
      `expected "attempt", "transition" or "phase", got ${
        JSON.stringify(emit)
      }`,
    );
  }
  return emit;
}

/** The counts that a step may change. */
type Counts = Pick<Snapshot, "attempts" | "transitions">;

/** Whether an `emit` asks for a step. */
export function isTold(emit: Emit, after: Counts, before: Counts): boolean {
  switch (emit) {
    case "attempt":
      return after.attempts !== before.attempts;
    case "transition":
      return isTransition(after, before);
    case "phase":
      return true;
    default:
      return emit satisfies never;
  }
}

/** Whether the status has changed, the first settled one included. */
function isTransition(after: Counts, before: Counts): boolean {
  return after.transitions !== before.transitions;
}
