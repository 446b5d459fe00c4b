import type { Outcome } from "./types.ts";

/** Where an attempt is, kept on its signal; the same in all copies of this. */
const STAGE: unique symbol = Symbol.for("lifesign.stage");

/** What an attempt would find at its deadline, kept in the same way. */
const FINDING: unique symbol = Symbol.for("lifesign.finding");

type Staged = AbortSignal & {
  [STAGE]?: string;
  [FINDING]?: () => Outcome | undefined;
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
