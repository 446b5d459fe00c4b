import type { Snapshot } from "../core/types.ts";

/**
 * Which snapshots are told: one an attempt (`check`), only changes of status
 * (`transition`), or also the start of each attempt (`phase`).
 */
export type Emit = "check" | "transition" | "phase";

/** Every {@linkcode Emit} there is. */
export const EMITS: readonly Emit[] = ["check", "transition", "phase"];

/** @throws {TypeError} If it is none of them. */
export function parseEmit(emit: Emit = "check"): Emit {
  if (!EMITS.includes(emit)) {
    throw new TypeError(
      `Expected emit to be "check", "transition" or "phase", got ${
        JSON.stringify(emit)
      }`,
    );
  }
  return emit;
}

/** What a step may have counted. */
type Counts = Pick<Snapshot, "checks" | "transitions">;

/** Whether a step is told. */
export function isTold(emit: Emit, after: Counts, before: Counts): boolean {
  switch (emit) {
    case "check":
      return after.checks !== before.checks;
    case "transition":
      return after.transitions !== before.transitions;
    case "phase":
      return true;
    default:
      return emit satisfies never;
  }
}
