/** Where an attempt is, kept on its signal; the same in all copies of this. */
const STAGE: unique symbol = Symbol.for("lifesign.stage");

type Staged = AbortSignal & { [STAGE]?: string };

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
  (signal as Staged)[STAGE] = stage;
}

/** What the attempt with this signal waits for, if it said so. */
export function stageOf(signal: AbortSignal): string | undefined {
  return (signal as Staged)[STAGE];
}
