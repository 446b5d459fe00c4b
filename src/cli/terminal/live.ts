import type { Agent } from "../../agent/agent.ts";
import { untilAborted } from "../../io/abort.ts";
import { wallTime } from "../../io/clock.ts";
import { onSignal } from "../../io/signals.ts";
import { sleep } from "../../io/sleep.ts";
import { loadWidths } from "./columns.ts";
import { Screen } from "./screen.ts";
import { sizeOfTerminal } from "./terminal.ts";
import { hasColours } from "./style.ts";
import { table } from "./table.ts";

/** The least time between two drawings. */
const PACE_MS = 200;

/** The time after which the ages on the screen are wrong. */
const TICK_MS = 1000;

/** The last one is Ctrl-C, which makes no signal in raw mode. */
const QUIT_KEYS: readonly string[] = ["q", "Q", "\x03"];

/** Options for {@linkcode showLive}. */
export interface LiveOptions {
  /** The last message. */
  readonly note: () => string;
  /** Called when a key quits. */
  readonly onQuit: () => void;
  /** Resolves when the table has to end. */
  readonly until: Promise<unknown>;
}

/** Shows the checks of an agent as a table on the whole terminal. */
export async function showLive(
  { fleet, url }: Agent,
  { note, onQuit, until }: LiveOptions,
): Promise<void> {
  const end = new AbortController();
  void until.then(() => end.abort());
  await loadWidths();
  await using screen = new Screen();
  void screen.untilKey(QUIT_KEYS).then(onQuit);
  let wake = new AbortController();
  using _resizes = onResize(() => wake.abort());
  while (!end.signal.aborted) {
    wake = new AbortController();
    const due = AbortSignal.any([end.signal, wake.signal]);
    // Starts before the drawing, so that it misses no change.
    const changes = fleet.watch({ emit: "phase", signal: due });
    const size = sizeOfTerminal();
    const lines = table({
      rollup: fleet.rollup(),
      snapshots: fleet.list(),
      attempts: (id) => fleet.history(id)?.attempts ?? [],
      url,
      note: note(),
      now: wallTime(),
    }, { ...size, colours: hasColours() });
    await untilAborted(screen.draw(lines, size), end.signal);
    void changes.next().then(() => wake.abort());
    await sleep(TICK_MS, due);
    wake.abort();
    await sleep(PACE_MS, end.signal);
  }
}

/** Calls back when the size of the terminal changes, except on Windows. */
function onResize(callback: () => void): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  return onSignal("SIGWINCH", callback);
}
