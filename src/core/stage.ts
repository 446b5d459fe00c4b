import type { Outcome } from "./types.ts";

/** Where an attempt is, kept on its signal; the same in all copies of this. */
const STAGE: unique symbol = Symbol.for("lifesign.stage");

/** What an attempt would find at its deadline, kept in the same way. */
const FINDING: unique symbol = Symbol.for("lifesign.finding");

/** When an attempt has to end, kept in the same way. */
const DEADLINE: unique symbol = Symbol.for("lifesign.deadline");

type Staged = AbortSignal & {
  [STAGE]?: string;
  [FINDING]?: () => Outcome | undefined;
  [DEADLINE]?: number;
};

/**
 * Says what an attempt waits for, in words that follow "while", such as
 * `"connecting"`. If its deadline passes, the reason says so: "Timed out after
 * 5s while connecting".
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { enterStage, Fleet, probe } from "@lifesign/lifesign";
 *
 * const queue = probe(async (signal) => {
 *   enterStage(signal, "waiting for the broker");
 *   return await new Promise(() => {});
 * });
 *
 * await using fleet = new Fleet({ background: false });
 * fleet.add(queue, { id: "queue", timeout: "50ms" });
 * const { reason } = await fleet.attempt("queue");
 * assertEquals(
 *   reason?.message,
 *   "Timed out after 50ms while waiting for the broker",
 * );
 * ```
 */
export function enterStage(signal: AbortSignal, stage: string): void {
  const staged = signal as Staged;
  staged[STAGE] = stage;
  // It was a finding of the stage before.
  delete staged[FINDING];
}

/** What the attempt with this signal waits for, if it said so. */
export function stageOf(signal: AbortSignal): string | undefined {
  return (signal as Staged)[STAGE];
}

/**
 * Says what an attempt has found if its deadline passes in this stage: a wrong
 * answer, for example, after which the target keeps silent. If `finding` returns
 * nothing, the attempt has timed out.
 */
export function findAtDeadline(
  signal: AbortSignal,
  finding: () => Outcome | undefined,
): void {
  (signal as Staged)[FINDING] = finding;
}

/** What the attempt with this signal has found at its deadline, if anything. */
export function foundAtDeadline(signal: AbortSignal): Outcome | undefined {
  return (signal as Staged)[FINDING]?.();
}

/**
 * Says when the attempt with this signal has to end, in milliseconds of the
 * monotonic clock, for targets that can be told.
 */
export function setDeadline(signal: AbortSignal, at: number): void {
  (signal as Staged)[DEADLINE] = at;
}

/** When the attempt with this signal has to end, if that is known. */
export function deadlineOf(signal: AbortSignal): number | undefined {
  return (signal as Staged)[DEADLINE];
}
