import { formatDuration } from "../core/duration.ts";
import type { Snapshot, Status } from "../core/types.ts";
import { sleep } from "../io/sleep.ts";
import { cut, printable } from "./terminal/columns.ts";
import { hasLine, showLine } from "./terminal/progress.ts";

/** The time from one line to the next, where lines cannot be redrawn. */
const SAY_MS = 5000;

/** The length of such a line: of many targets, it has the first ones. */
const SAY_WIDTH = 300;

/** The statuses that end the waiting. */
export interface Goal {
  /** What people call them. */
  readonly name: "up" | "down";
  readonly statuses: readonly Status[];
}

/** A target that answers, if not well, is up. */
export const UP: Goal = { name: "up", statuses: ["healthy", "degraded"] };

/** A target whose status is unknown is not down. */
export const DOWN: Goal = { name: "down", statuses: ["unhealthy"] };

/** The checks that have not reached the goal. */
export function missing(
  snapshots: readonly Snapshot[],
  { statuses }: Goal,
): Snapshot[] {
  return snapshots.filter(({ status }) => !statuses.includes(status));
}

/** Why a check has not reached the goal. */
export function whyNot({ status, reason }: Snapshot): string {
  if (UP.statuses.includes(status)) return "still up";
  return reason === null ? "no answer yet" : printable(reason.message);
}

/** The checks that have not reached the goal, and why, in one line. */
export function waitingFor(
  snapshots: readonly Snapshot[],
  goal: Goal,
  width: number,
): string {
  // More of them would be cut off anyway.
  const targets = missing(snapshots, goal).slice(0, width).map((snapshot) =>
    `${printable(snapshot.id)} (${whyNot(snapshot)})`
  );
  return cut(`waiting for ${targets.join(", ")}`, width);
}

/** Says what is still waited for on stderr, until it is disposed of. */
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
