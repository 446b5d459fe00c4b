import type { Snapshot } from "../../core/types.ts";
import { sleep } from "../../io/sleep.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { cut, loadWidths, printable } from "./columns.ts";
import { isDumb, sizeOfTerminal } from "./terminal.ts";

/** The time between two drawings. What is done sooner shows no progress. */
const PACE_MS = 200;

/** Moves to the beginning of the line, and erases the line. */
const ERASE = "\r\x1b[K";

const encoder = new TextEncoder();

/** The progress of the first attempts of all checks, in one line. */
export function progress(
  snapshots: readonly Snapshot[],
  width: number,
): string {
  const waiting = snapshots.filter(({ attempts }) => attempts === 0);
  const done = `${
    snapshots.length - waiting.length
  } of ${snapshots.length} done`;
  if (waiting.length === 0) return cut(done, width);
  // More of them would be cut off anyway.
  const ids = waiting.slice(0, width).map(({ id }) => printable(id));
  return cut(`${done}, waiting for ${ids.join(", ")}`, width);
}

/** Shows the progress of a fleet on stderr, if that is a terminal. */
export function showProgress(fleet: Fleet): AsyncDisposable {
  return hasLine()
    ? showLine((width) => progress(fleet.list(), width))
    : { async [Symbol.asyncDispose]() {} };
}

/** Whether stderr is a terminal on which a line can be redrawn. */
export function hasLine(): boolean {
  return Deno.stderr.isTerminal() && !isDumb();
}

/** Shows a line on the terminal, and updates it until it is disposed of. */
export function showLine(draw: (width: number) => string): AsyncDisposable {
  const end = new AbortController();
  const showing = keepShowing(draw, end.signal);
  return {
    async [Symbol.asyncDispose]() {
      end.abort();
      await showing;
    },
  };
}

async function keepShowing(
  draw: (width: number) => string,
  signal: AbortSignal,
): Promise<void> {
  let shown = "";
  await sleep(PACE_MS, signal);
  if (!signal.aborted) await loadWidths();
  while (!signal.aborted) {
    const line = draw(sizeOfTerminal().columns - 1);
    if (line !== shown) write(ERASE + line);
    shown = line;
    await sleep(PACE_MS, signal);
  }
  if (shown !== "") write(ERASE);
}

function write(text: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(text));
  } catch {
    // The terminal is gone.
  }
}
