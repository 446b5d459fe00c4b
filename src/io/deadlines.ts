import { monotonicTime } from "./clock.ts";
import { IS_WORKERD } from "./runtime.ts";

/** The longest time between two ticks of the timer: it shows a stall. */
const TICK_MS = 25;

/** The longest extension after a stall, for results that came in meanwhile. */
const GRACE_MS = 100;

/**
 * The timers that run by the monotonic clock. Tests may fake the global ones;
 * a test that also fakes the monotonic clock replaces these.
 */
export const timers: Pick<
  typeof globalThis,
  "setTimeout" | "clearTimeout"
> = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
};

/** Something that has a deadline. */
export interface Timed {
  /** The time it has, in milliseconds. */
  readonly timeoutMs: number;
  /** When it began, by the monotonic clock. Set by {@linkcode Deadlines.add}. */
  startedAt: number;
  /** The most that a tick was late since then. Set by {@linkcode Deadlines}. */
  lateMs: number;
  /** The end of its extension after a stall; 0 for none. */
  extendedUntil: number;
  /** Its index among all that have a deadline; -1 while it is not one of them. */
  place: number;
  /** Called at its deadline, after it was taken out. */
  onTimeout(): void;
}

/**
 * Keeps any number of deadlines with one timer, and measures how late that timer
 * fires: a process whose event loop was stalled cannot say that a target was
 * slow. The timer runs only while there are deadlines, or somebody holds it.
 */
export class Deadlines {
  /**
   * No set, as V8 links each table of a set to the next one: what was in an old
   * one would stay in memory until the next full collection.
   */
  readonly #timed: Timed[] = [];
  /** For what has a timer of its own: functions that clear it. */
  readonly #own = new Map<Timed, () => void>();
  /** When the next tick is due, by the monotonic clock. */
  #dueAt = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #holders = 0;

  /** Starts the time of something, until it is deleted. */
  add(timed: Timed): void {
    const now = timed.startedAt = monotonicTime();
    if (IS_WORKERD || setTimeout !== timers.setTimeout) {
      return this.#addWithTimer(timed);
    }
    if (timed.place < 0) timed.place = this.#timed.push(timed) - 1;
    const dueAt = now + Math.min(TICK_MS, timed.timeoutMs);
    if (this.#timer === null || dueAt < this.#dueAt) this.#arm(dueAt, now);
  }

  /** Takes something out; nothing happens if it is not in. */
  delete(timed: Timed): void {
    if (!this.#take(timed)) this.#own.get(timed)?.();
    if (this.#holders === 0) this.#stopIfIdle();
  }

  /** The most that a tick was late since something began, the next included. */
  lateMs(timed: Timed): number {
    if (timed.place >= 0) note(timed, monotonicTime(), this.#dueAt);
    return timed.lateMs;
  }

  /**
   * Keeps the timer until its next tick where there are no deadlines for a
   * moment: while more are to come, that costs less than to set it anew.
   */
  hold(): void {
    this.#holders++;
  }

  /** Ends one `hold()`. */
  release(): void {
    if (--this.#holders === 0) this.#stopIfIdle();
  }

  /**
   * Gives something a timer of its own. Faked time has no stalls, as the monotonic
   * clock runs on without it, and a test may end it at any time with all of its
   * timers. So may a request in workerd, whose clocks stand still while code runs.
   */
  #addWithTimer(timed: Timed): void {
    const { clearTimeout } = globalThis;
    const timer = setTimeout(() => {
      this.#own.delete(timed);
      timed.onTimeout();
    }, timed.timeoutMs);
    this.#own.set(timed, () => {
      this.#own.delete(timed);
      // After the faked time has ended, the number may be another timer's.
      if (globalThis.clearTimeout === clearTimeout) clearTimeout(timer);
    });
  }

  /** Takes something out of the list. Returns whether it was in. */
  #take(timed: Timed): boolean {
    const { place } = timed;
    if (place < 0) return false;
    const last = this.#timed.pop()!;
    if (last !== timed) {
      this.#timed[place] = last;
      last.place = place;
    }
    timed.place = -1;
    return true;
  }

  #stopIfIdle(): void {
    if (this.#timed.length === 0) this.#disarm();
  }

  readonly #onTick = (): void => {
    const now = monotonicTime();
    const lateMs = now - this.#dueAt;
    const isLate = lateMs >= TICK_MS;
    if (isLate) {
      for (const timed of this.#timed) {
        note(timed, now, this.#dueAt);
      }
    }
    this.#dueAt = now;
    const over = this.#timed.filter((timed) => endOf(timed) <= now);
    try {
      for (const timed of over) {
        // Results that came in during the stall are to be read first.
        if (isLate && timed.extendedUntil === 0) {
          timed.extendedUntil = now + Math.min(lateMs, GRACE_MS);
        } else if (this.#take(timed)) {
          timed.onTimeout();
        }
      }
    } finally {
      if (this.#timed.length === 0) this.#disarm();
      else this.#arm(this.#nextAt(now), now);
    }
  };

  #nextAt(now: number): number {
    let at = now + TICK_MS;
    for (const timed of this.#timed) at = Math.min(at, endOf(timed));
    return at;
  }

  #arm(dueAt: number, now: number): void {
    this.#disarm();
    this.#dueAt = dueAt;
    // Timers have whole milliseconds: late rather than early.
    this.#timer = timers.setTimeout.call(
      globalThis,
      this.#onTick,
      Math.ceil(dueAt - now),
    );
  }

  #disarm(): void {
    if (this.#timer === null) return;
    timers.clearTimeout.call(globalThis, this.#timer);
    this.#timer = null;
  }
}

function endOf({ startedAt, timeoutMs, extendedUntil }: Timed): number {
  return Math.max(startedAt + timeoutMs, extendedUntil);
}

/** Notes how late a tick is; the time before something began does not count. */
function note(timed: Timed, now: number, dueAt: number): void {
  const lateMs = now - dueAt;
  if (lateMs < TICK_MS) return;
  timed.lateMs = Math.max(
    timed.lateMs,
    Math.min(lateMs, now - timed.startedAt),
  );
}

/** The deadlines of this process: all attempts share them. */
export const deadlines: Deadlines = new Deadlines();
