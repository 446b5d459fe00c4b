import { Moment } from "./clock.ts";

/** How often it beats, so that it notices when it cannot. */
const BEAT_MS = 25;

/** How long there is, after a stall, to look at what came in meanwhile. */
const GRACE_MS = 100;

/** Something that has so long, by the pulse's own clock. */
export interface Timed {
  /** How long it has, in milliseconds. */
  readonly timeoutMs: number;
  /** When it began. Set by {@linkcode Pulse.add}. */
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
  /** Its clock at the last beat, in milliseconds; nobody sets this one. */
  #now = 0;
  #beat = new Moment();
  /** How long after the last beat the next one is due. */
  #delayMs = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** What the timer is of: a test may fake time, and let go of it. */
  #time: Pick<typeof globalThis, "setTimeout" | "clearTimeout"> = globalThis;
  #holders = 0;

  /** Has something called back when its time is over, until it is taken out. */
  add(timed: Timed): void {
    if (this.#timer === null) {
      this.#beat = new Moment();
      this.#arm(Math.min(BEAT_MS, timed.timeoutMs));
    }
    timed.startedAt = this.#now + this.#sinceBeatMs();
    this.#timed.add(timed);
    const isFirst = this.#leftMs(timed) < this.#delayMs;
    if (isFirst || this.#time.setTimeout !== setTimeout) {
      this.#advance(this.#sinceBeatMs());
      this.#arm(Math.min(BEAT_MS, this.#leftMs(timed)));
    }
  }

  /** Takes something out; nothing happens if it is not in. */
  delete(timed: Timed): void {
    this.#timed.delete(timed);
    if (this.#holders === 0) this.#stopIfIdle();
  }

  /** How late a beat was while something was under way, or is by now. */
  lateMs(timed: Timed): number {
    const sinceMs = this.#sinceBeatMs();
    this.#note(timed, sinceMs - this.#delayMs, this.#now + sinceMs);
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

  #stopIfIdle(): void {
    if (this.#timed.size === 0) this.#disarm();
  }

  readonly #onBeat = (): void => {
    const isLate = this.#advance(Math.max(this.#delayMs, this.#sinceBeatMs()));
    try {
      for (const timed of this.#timed) {
        if (this.#leftMs(timed) > 0) continue;
        // What came in while nobody could look is to be looked at first.
        if (isLate && timed.sparedUntil === 0) {
          timed.sparedUntil = this.#now + GRACE_MS;
          continue;
        }
        this.#timed.delete(timed);
        timed.onTimeout();
      }
    } finally {
      if (this.#timed.size === 0) this.#disarm();
      else this.#arm(this.#untilNextMs());
    }
  };

  #untilNextMs(): number {
    let ms = BEAT_MS;
    for (const timed of this.#timed) {
      ms = Math.min(ms, this.#leftMs(timed));
    }
    return ms;
  }

  /** Moves its clock on; whether it is late, which it notes. */
  #advance(ms: number): boolean {
    const lateMs = ms - this.#delayMs;
    this.#now += ms;
    this.#beat = new Moment();
    if (lateMs < BEAT_MS) return false;
    for (const timed of this.#timed) this.#note(timed, lateMs, this.#now);
    return true;
  }

  /** What was before something began does not count for it. */
  #note(timed: Timed, lateMs: number, now: number): void {
    if (lateMs < BEAT_MS) return;
    timed.lateMs = Math.max(
      timed.lateMs,
      Math.min(lateMs, now - timed.startedAt),
    );
  }

  #leftMs({ startedAt, timeoutMs, sparedUntil }: Timed): number {
    return Math.max(startedAt + timeoutMs, sparedUntil) - this.#now;
  }

  /**
   * How long ago the last beat was. Beyond when the next one is due both clocks
   * have to agree: before, one that was set does little harm.
   */
  #sinceBeatMs(): number {
    const wallMs = this.#beat.wallMs();
    return wallMs <= this.#delayMs
      ? Math.max(0, wallMs)
      : Math.max(this.#delayMs, this.#beat.elapsedMs());
  }

  #arm(delayMs: number): void {
    this.#disarm();
    this.#delayMs = delayMs;
    const { setTimeout, clearTimeout } = globalThis;
    this.#time = { setTimeout, clearTimeout };
    this.#timer = setTimeout(this.#onBeat, delayMs);
  }

  #disarm(): void {
    if (this.#timer === null) return;
    try {
      this.#time.clearTimeout.call(globalThis, this.#timer);
    } catch {
      // Faked time that is over has no timers.
    }
    this.#timer = null;
  }
}

/** The one of this process, which all attempts share. */
export const pulse: Pulse = new Pulse();
