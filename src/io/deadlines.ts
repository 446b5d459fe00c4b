import { steadyTime } from "./clock.ts";

/** How often it beats, so that it notices when it cannot. */
const BEAT_MS = 25;

/** The longest time there is, after a stall, to look at what came meanwhile. */
const GRACE_MS = 100;

/**
 * The timers that go along with the steady clock: those of before a test may
 * have faked them, unless that fakes the steady clock as well and says so here.
 */
export const timers: Pick<
  typeof globalThis,
  "setTimeout" | "clearTimeout"
> = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
};

/** Something that has so long. */
export interface Timed {
  /** How long it has, in milliseconds. */
  readonly timeoutMs: number;
  /** When it began, by the steady clock. Set by {@linkcode Pulse.add}. */
  startedAt: number;
  /** How late a beat was meanwhile, at most. Kept by the pulse. */
  lateMs: number;
  /** Until when it is spared, as its time went by in a stall; 0 for never. */
  sparedUntil: number;
  /** Called when its time is over, and it has been taken out. */
  onTimeout(): void;
}

/**
 * Tells any number of things when their time is over, with one timer that also
 * tells how late it is itself: a process whose event loop was stalled cannot
 * say that others took long. It beats only while anything is under way.
 */
export class Pulse {
  readonly #timed = new Set<Timed>();
  /** Each lets go of the timer of something that began in faked time. */
  readonly #faked = new Map<Timed, () => void>();
  /** When the next beat is due, by the steady clock. */
  #dueAt = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #holders = 0;

  /** Has something called back when its time is over, until it is taken out. */
  add(timed: Timed): void {
    const now = timed.startedAt = steadyTime();
    if (setTimeout !== timers.setTimeout) return this.#addFaked(timed);
    this.#timed.add(timed);
    const dueAt = now + Math.min(BEAT_MS, timed.timeoutMs);
    if (this.#timer === null || dueAt < this.#dueAt) this.#arm(dueAt, now);
  }

  /** Takes something out; nothing happens if it is not in. */
  delete(timed: Timed): void {
    if (!this.#timed.delete(timed)) this.#faked.get(timed)?.();
    if (this.#holders === 0) this.#stopIfIdle();
  }

  /** How late a beat was while something was under way, or is by now. */
  lateMs(timed: Timed): number {
    if (this.#timed.has(timed)) note(timed, steadyTime(), this.#dueAt);
    return timed.lateMs;
  }

  /**
   * Has it go on to the next beat when there is nothing under way any more,
   * until it is released: where there soon is again, that costs less than to
   * start anew.
   */
  hold(): void {
    this.#holders++;
  }

  /** Called once by everybody who holds it. */
  release(): void {
    if (--this.#holders === 0) this.#stopIfIdle();
  }

  /**
   * Faked time has no stalls, as the steady clock goes on without it, and may
   * end at any time with all of its timers: there, each has one of its own.
   */
  #addFaked(timed: Timed): void {
    const { clearTimeout } = globalThis;
    const timer = setTimeout(() => {
      this.#faked.delete(timed);
      timed.onTimeout();
    }, timed.timeoutMs);
    this.#faked.set(timed, () => {
      this.#faked.delete(timed);
      // In the time after it, the same number may be somebody else's timer.
      if (globalThis.clearTimeout === clearTimeout) clearTimeout(timer);
    });
  }

  #stopIfIdle(): void {
    if (this.#timed.size === 0) this.#disarm();
  }

  readonly #onBeat = (): void => {
    const now = steadyTime();
    const lateMs = now - this.#dueAt;
    const isLate = lateMs >= BEAT_MS;
    if (isLate) {
      for (const timed of this.#timed) {
        note(timed, now, this.#dueAt);
      }
    }
    // What is added meanwhile is seen to at the end.
    this.#dueAt = now;
    try {
      for (const timed of this.#timed) {
        if (endOf(timed) > now) continue;
        // What came in while nobody could look is to be looked at first.
        if (isLate && timed.sparedUntil === 0) {
          timed.sparedUntil = now + Math.min(lateMs, GRACE_MS);
          continue;
        }
        this.#timed.delete(timed);
        timed.onTimeout();
      }
    } finally {
      if (this.#timed.size === 0) this.#disarm();
      else this.#arm(this.#nextAt(now), now);
    }
  };

  #nextAt(now: number): number {
    let at = now + BEAT_MS;
    for (const timed of this.#timed) at = Math.min(at, endOf(timed));
    return at;
  }

  #arm(dueAt: number, now: number): void {
    this.#disarm();
    this.#dueAt = dueAt;
    // Timers have whole milliseconds: late rather than early.
    this.#timer = timers.setTimeout.call(
      globalThis,
      this.#onBeat,
      Math.ceil(dueAt - now),
    );
  }

  #disarm(): void {
    if (this.#timer === null) return;
    timers.clearTimeout.call(globalThis, this.#timer);
    this.#timer = null;
  }
}

function endOf({ startedAt, timeoutMs, sparedUntil }: Timed): number {
  return Math.max(startedAt + timeoutMs, sparedUntil);
}

/** What was before something began does not count for it. */
function note(timed: Timed, now: number, dueAt: number): void {
  const lateMs = now - dueAt;
  if (lateMs < BEAT_MS) return;
  timed.lateMs = Math.max(
    timed.lateMs,
    Math.min(lateMs, now - timed.startedAt),
  );
}

/** The one of this process, which all attempts share. */
export const pulse: Pulse = new Pulse();
