import type { Snapshot } from "../../core/types.ts";
import { sleep } from "../../io/sleep.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { cut, loadWidths, printable } from "./columns.ts";
import { isDumb, sizeOfTerminal } from "./screen.ts";

/** The time from one drawing to the next; what is done before needs none. */
const PACE_MS = 200;

/** Back to the beginning of the line, and nothing in it. */
const ERASE = "\r\x1b[K";

const encoder = new TextEncoder();

/** Says how far the first attempts of all checks have come, in one line. */
export function progress(
  snapshots: readonly Snapshot[],
  width: number,
): string {
  const waiting = snapshots.filter(({ attempts }) => attempts === 0);
  const done = `${
    snapshots.length - waiting.length
  } of ${snapshots.length} done`;
  if (waiting.length === 0) return cut(done, width);
  // No more than may be seen.
  const ids = waiting.slice(0, width).map(({ id }) => printable(id));
  return cut(`${done}, waiting for ${ids.join(", ")}`, width);
}

/** Shows the progress of a fleet on stderr, if that is a terminal. */
export function showProgress(fleet: Fleet): AsyncDisposable {
  return hasLine()
    ? showLine((width) => progress(fleet.list(), width))
    : { async [Symbol.asyncDispose]() {} };
}

/** Whether stderr is a terminal with a line to show things in. */
export function hasLine(): boolean {
  return Deno.stderr.isTerminal() && !isDumb();
}

/** Shows one line on a terminal, drawn anew until it is disposed of. */
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
    // The terminal is gone, and with it whoever looked.
  }
}
