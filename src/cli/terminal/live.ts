import type { Agent } from "../../agent/agent.ts";
import { untilAborted } from "../../io/abort.ts";
import { wallTime } from "../../io/clock.ts";
import { onSignal } from "../../io/signals.ts";
import { sleep } from "../../io/sleep.ts";
import { clusterWords } from "./cluster.ts";
import { loadWidths } from "./columns.ts";
import type { Content } from "./content.ts";
import { draw } from "./draw.ts";
import { Screen } from "./screen.ts";
import { hasColours } from "./style.ts";
import { sizeOfTerminal } from "./terminal.ts";
import { press, type Shown } from "./view/press.ts";
import { START } from "./view/view.ts";

/** The least time between two drawings. */
const PACE_MS = 200;

/** The time after which the ages on the screen are wrong. */
const TICK_MS = 1000;

/** Options for {@linkcode showLive}. */
export interface LiveOptions {
  /** The last message. */
  readonly note: () => string;
  /** Called when a key quits. */
  readonly onQuit: () => void;
  /** Resolves when the table has to end. */
  readonly until: Promise<unknown>;
}

/** Shows the checks of an agent on the whole terminal, and follows keys. */
export async function showLive(
  agent: Agent,
  { note, onQuit, until }: LiveOptions,
): Promise<void> {
  const { fleet } = agent;
  const end = new AbortController();
  void until.then(() => end.abort());
  await loadWidths();
  await using screen = new Screen();
  let view = START;
  let shown: Shown = { snapshots: [], height: 0, pageLines: 0 };
  let wake = new AbortController();
  let hurry = new AbortController();
  void screen.readKeys((key) => {
    const next = press(view, key, shown);
    if (next === undefined) return false;
    view = next;
    hurry.abort();
    return true;
  }).then(onQuit);
  using _resizes = onUnixSignal("SIGWINCH", () => wake.abort());
  using _continues = onUnixSignal("SIGCONT", () => {
    screen.retake();
    hurry.abort();
  });
  while (!end.signal.aborted) {
    wake = new AbortController();
    hurry = new AbortController();
    const soon = AbortSignal.any([end.signal, hurry.signal]);
    const due = AbortSignal.any([soon, wake.signal]);
    // Starts before the drawing, so that it misses no change.
    const changes = fleet.watch({ emit: "phase", signal: due });
    const size = sizeOfTerminal();
    const content = contentOf(agent, note());
    const drawing = draw(view, content, { ...size, colours: hasColours() });
    ({ view } = drawing);
    shown = { ...drawing, snapshots: content.snapshots };
    const drawn = screen.draw(drawing.lines, size, drawing.cursor);
    await untilAborted(drawn, end.signal);
    void changes.next().then(() => wake.abort());
    await sleep(TICK_MS, due);
    wake.abort();
    await sleep(PACE_MS, soon);
  }
}

function contentOf({ fleet, cluster, url }: Agent, note: string): Content {
  return {
    rollup: fleet.rollup(),
    snapshots: fleet.list(),
    history: (id) => fleet.history(id),
    policy: (id) =>
      fleet.probe(id)?.follow === undefined ? fleet.policy(id) : undefined,
    cluster: cluster && clusterWords(cluster, wallTime()),
    url,
    note,
    now: wallTime(),
  };
}

/** Calls back on each signal, except on Windows, which does not have it. */
function onUnixSignal(signal: Deno.Signal, callback: () => void): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  return onSignal(signal, callback);
}
