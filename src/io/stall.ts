import { Moment, steadyTime } from "./clock.ts";

/** How often the event loop shows that it is awake. */
const BEAT_MS = 25;

/** Stalls that are kept; more within one attempt tell nothing more. */
const MAX_STALLS = 64;

/** A stall of the event loop that is over. */
interface Stall {
  /** When it was noticed, by the steady clock. */
  readonly at: number;
  readonly lateMs: number;
}

const stalls: Stall[] = [];
let watching = 0;
let timer: ReturnType<typeof setInterval> | undefined;
let lastBeat: Moment;

function beat(): void {
  const lateMs = lastBeat.elapsedMs() - BEAT_MS;
  lastBeat = new Moment();
  if (lateMs < BEAT_MS) return;
  if (stalls.length === MAX_STALLS) stalls.shift();
  stalls.push({ at: steadyTime(), lateMs });
}

/**
 * Watches from now on for stalls of this process' event loop, for as long as
 * somebody wants to know. All watches share one timer, which runs only while
 * there are any.
 */
export class StallWatch {
  readonly #from: number;
  #stopped = false;

  /** Watches from a time of the steady clock on, which is not long ago. */
  constructor(from: number = steadyTime()) {
    this.#from = from;
    if (watching++ > 0) return;
    lastBeat = new Moment();
    timer = setInterval(beat, BEAT_MS);
  }

  /** How late the event loop was at its latest, in milliseconds. */
  lateMs(): number {
    beat();
    let latest = 0;
    for (let i = stalls.length - 1; i >= 0; i--) {
      const { at, lateMs } = stalls[i]!;
      if (at <= this.#from) break;
      // What was before our time does not count.
      latest = Math.max(latest, Math.min(lateMs, at - this.#from));
    }
    return latest;
  }

  /** Ends the watch; a second time does nothing. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (--watching === 0) {
      clearInterval(timer);
      stalls.length = 0;
    }
  }
}
