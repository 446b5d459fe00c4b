import { monotonicTime } from "../../io/clock.ts";
import { sleep } from "../../io/sleep.ts";
import type { Store } from "./store/store.ts";
import type { Retention } from "./store/retention.ts";

/** The longest time that the upkeep works without a rest, in milliseconds. */
const WORK_MS = 4;

/**
 * The least rest, as a multiple of the work before it. The agent has few cores:
 * while this thread works, the event loop of the checks waits longer for the threads
 * that collect its garbage.
 */
const REST = 2;

/**
 * Moves what a store has of earlier five minutes to where it stays, and deletes some
 * of what is too old, with rests, in which requests are answered. Returns whether
 * all of it is done: it ends early if the signal aborts.
 *
 * @throws {Error} If the file cannot be written now.
 */
export async function keepUp(
  store: Pick<Store, "seal" | "deleteOld">,
  { retention, now, signal }: {
    readonly retention: Retention;
    readonly now: number;
    readonly signal: AbortSignal;
  },
): Promise<boolean> {
  for (
    const step of [
      () => store.seal(),
      () => store.deleteOld(retention, now),
    ]
  ) {
    let isMore = true;
    while (isMore) {
      const startedAt = monotonicTime();
      let workedMs = 0;
      while (isMore && workedMs < WORK_MS) {
        isMore = step();
        workedMs = monotonicTime() - startedAt;
      }
      await sleep(REST * workedMs, signal);
      if (signal.aborted) return false;
    }
  }
  return true;
}
