import type { Snapshot } from "../core/types.ts";
import { Moment } from "../io/clock.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { type Goal, missing, showWaiting } from "./waiting.ts";

/** The longest that a timer can wait; a longer timeout is as good as none. */
const LONGEST_MS = 2 ** 31 - 1;

/** What is waited for, and how. */
export interface Wish {
  readonly goal: Goal;
  /** Whether one of all is enough. */
  readonly any: boolean;
  /** Whether nothing is said. */
  readonly quiet: boolean;
  readonly timeoutMs: number;
}

/**
 * How the waiting ended: as it should, without a prospect for want of
 * permissions, or given up.
 */
export interface Ending {
  readonly type: "done" | "hopeless" | "late";
  /** Those of which there is something to say. */
  readonly snapshots: readonly Snapshot[];
  readonly elapsedMs: number;
}

/** Waits until all is as it should be, will not be, or the signal aborts. */
export async function waitFor(
  fleet: Fleet,
  { goal, any, quiet, timeoutMs }: Wish,
  interrupted: AbortSignal,
): Promise<Ending> {
  const began = new Moment();
  const over = new AbortController();
  const late = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_MS));
  const signal = AbortSignal.any([over.signal, late, interrupted]);
  const until = (ids?: readonly string[]): Promise<Snapshot[]> =>
    fleet.until([...goal.statuses], { signal, ...(ids && { ids }) });
  const end = (
    type: Ending["type"],
    snapshots: readonly Snapshot[],
  ): Ending => ({ type, snapshots, elapsedMs: began.elapsedMs() });
  await using _showing = quiet
    ? { async [Symbol.asyncDispose]() {} }
    : showWaiting(() => fleet.list(), goal, () => began.elapsedMs());
  try {
    const met = any
      ? Promise.any(fleet.list().map(({ id }) => until([id])))
      : until();
    return await Promise.race([
      met.then(
        (snapshots) => end("done", snapshots),
        () => end("late", missing(fleet.list(), goal)),
      ),
      untilHopeless(fleet, signal).then((found) => end("hopeless", found)),
    ]);
  } finally {
    over.abort();
  }
}

/** Waits for checks that lack a permission, which no waiting mends. */
async function untilHopeless(
  fleet: Fleet,
  signal: AbortSignal,
): Promise<Snapshot[]> {
  for await (const { reason } of fleet.watch({ signal })) {
    if (reason?.code !== "permission") continue;
    return fleet.list().filter(({ reason }) => reason?.code === "permission");
  }
  return await new Promise(() => {});
}
