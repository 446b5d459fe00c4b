import { LONGEST_MS } from "../core/policy.ts";
import type { Snapshot } from "../core/types.ts";
import { Moment } from "../io/clock.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { type Goal, missing, showWaiting } from "./waiting.ts";

/** What to wait for, and how. */
export interface WaitOptions {
  readonly goal: Goal;
  /** Whether one check is enough. */
  readonly any: boolean;
  /** Whether to print nothing meanwhile. */
  readonly quiet: boolean;
  readonly timeoutMs: number;
}

/** Checks to wait for. */
export interface Awaited extends WaitOptions {
  readonly ids: readonly string[];
}

/** How the waiting ended. */
export interface WaitResult {
  /** The goal was reached, the time is over, or a permission is missing. */
  readonly type: "reached" | "timeout" | "permission";
  /** The checks that reached the goal, did not, or lack the permission. */
  readonly snapshots: readonly Snapshot[];
  readonly elapsedMs: number;
}

/**
 * Waits until all checks have reached the goal, until one cannot since it lacks
 * a permission, or until the time is over or the signal aborts.
 */
export async function waitFor(
  fleet: Fleet,
  { goal, any, quiet, timeoutMs, ids }: Awaited,
  interrupted: AbortSignal,
): Promise<WaitResult> {
  const began = new Moment();
  const over = new AbortController();
  const late = AbortSignal.timeout(Math.min(timeoutMs, LONGEST_MS));
  const signal = AbortSignal.any([over.signal, late, interrupted]);
  const until = (ids: readonly string[]): Promise<Snapshot[]> =>
    fleet.until([...goal.statuses], { signal, ids });
  const list = (): Snapshot[] => ids.flatMap((id) => fleet.get(id) ?? []);
  const result = (
    type: WaitResult["type"],
    snapshots: readonly Snapshot[],
  ): WaitResult => ({ type, snapshots, elapsedMs: began.elapsedMs() });
  await using _showing = quiet
    ? { async [Symbol.asyncDispose]() {} }
    : showWaiting(list, goal, () => began.elapsedMs());
  try {
    const reached = any
      ? Promise.any(ids.map((id) => until([id])))
      : until(ids);
    return await Promise.race([
      reached.then(
        (snapshots) => result("reached", snapshots),
        () => result("timeout", missing(list(), goal)),
      ),
      untilNotPermitted(fleet, signal)
        .then((found) => result("permission", found)),
    ]);
  } finally {
    over.abort();
  }
}

/** Waits for checks that lack a permission: no waiting gives it to them. */
async function untilNotPermitted(
  fleet: Fleet,
  signal: AbortSignal,
): Promise<Snapshot[]> {
  for await (const { reason } of fleet.watch({ signal })) {
    if (reason?.code !== "permission") continue;
    return fleet.list().filter(({ reason }) => reason?.code === "permission");
  }
  return await new Promise(() => {});
}
