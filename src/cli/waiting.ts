import { formatDuration } from "../core/duration.ts";
import type { Snapshot, Status } from "../core/types.ts";
import { sleep } from "../io/sleep.ts";
import { cut, printable } from "./terminal/columns.ts";
import { hasLine, showLine } from "./terminal/progress.ts";

/** How often it is said what is still waited for, where lines stay. */
const SAY_MS = 5000;

/** How much of it is said then: with many targets, the first ones. */
const SAY_WIDTH = 300;

/** What is waited for: that targets have one of some statuses. */
export interface Goal {
  /** In a word, for people. */
  readonly name: "up" | "down";
  /** Which statuses are as good as each other. */
  readonly statuses: readonly Status[];
}

/** Alive, if perhaps not well. */
export const UP: Goal = { name: "up", statuses: ["healthy", "degraded"] };

/** Known to be down; what cannot be told is not. */
export const DOWN: Goal = { name: "down", statuses: ["unhealthy"] };

/** Those that are not as they should be. */
export function missing(
  snapshots: readonly Snapshot[],
  { statuses }: Goal,
): Snapshot[] {
  return snapshots.filter(({ status }) => !statuses.includes(status));
}

/** Why a target is not as it should be. */
export function whyNot({ status, reason }: Snapshot): string {
  if (UP.statuses.includes(status)) return "still up";
  return reason === null ? "no answer yet" : printable(reason.message);
}

/** Says in one line what is still waited for, and why. */
export function waitingFor(
  snapshots: readonly Snapshot[],
  goal: Goal,
  width: number,
): string {
  // No more than may be seen.
  const targets = missing(snapshots, goal).slice(0, width).map((snapshot) =>
    `${printable(snapshot.id)} (${whyNot(snapshot)})`
  );
  return cut(`waiting for ${targets.join(", ")}`, width);
}

/** Says what is still waited for, until it is disposed of. */
export function showWaiting(
  list: () => readonly Snapshot[],
  goal: Goal,
  elapsedMs: () => number,
): AsyncDisposable {
  const draw = (width: number): string => {
    const seconds = Math.floor(elapsedMs() / 1000);
    const sofar = seconds === 0 ? "0s" : formatDuration(seconds * 1000);
    const text = `lifesign: ${sofar}, `;
    return text + waitingFor(list(), goal, Math.max(0, width - text.length));
  };
  if (hasLine()) return showLine(draw);
  const end = new AbortController();
  const saying = keepSaying(() => draw(SAY_WIDTH), end.signal);
  return {
    async [Symbol.asyncDispose]() {
      end.abort();
      await saying;
    },
  };
}

async function keepSaying(
  draw: () => string,
  signal: AbortSignal,
): Promise<void> {
  while (true) {
    await sleep(SAY_MS, signal);
    if (signal.aborted) return;
    console.error(draw());
  }
}
