import type { Snapshot } from "../core/types.ts";

/**
 * Which snapshots are told: one an attempt (`attempt`), only changes of status
 * (`transition`), or also the start of each attempt (`phase`).
 */
export type Emit = "attempt" | "transition" | "phase";

/** Every {@linkcode Emit} there is. */
export const EMITS: readonly Emit[] = ["attempt", "transition", "phase"];

/** @throws {TypeError} If it is none of them. */
export function parseEmit(emit: Emit = "attempt"): Emit {
  if (!EMITS.includes(emit)) {
    throw new TypeError(
      `Expected emit to be "attempt", "transition" or "phase", got ${
        JSON.stringify(emit)
      }`,
    );
  }
  return emit;
}

/** What a step may have counted. */
type Counts = Pick<Snapshot, "attempts" | "transitions">;

/** Whether a step is told. */
export function isTold(emit: Emit, after: Counts, before: Counts): boolean {
  switch (emit) {
    case "attempt":
      return after.attempts !== before.attempts;
    case "transition":
      return after.transitions !== before.transitions;
    case "phase":
      return true;
    default:
      return emit satisfies never;
  }
}
