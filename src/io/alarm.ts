import { Moment, wallTime } from "./clock.ts";

/** The longest time until a clock that was set is noticed. */
const LOOK_MS = 60_000;

/** A jump of the wall clock above this is a set clock; below it is drift or a late timer. */
const JUMP_MS = 1000;

/** What an {@linkcode Alarm} calls. */
export interface AlarmListener {
  /** It is the time that it was set for, or later. */
  onDue(): void;
  /**
   * The wall clock was set by so many milliseconds, or the machine slept. It is
   * to be set again.
   */
  onClockSet(ms: number): void;
  /** This process was stalled. It is to be set again. */
  onStall(): void;
}

/**
 * Calls back at a time of the wall clock, however far away it is, and when that
 * clock was set meanwhile.
 */
export class Alarm implements Disposable {
  readonly #listener: AlarmListener;
  #at: number | null = null;
  #wakeAt = 0;
  #since = new Moment();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Makes one that is not set. */
  constructor(listener: AlarmListener) {
    this.#listener = listener;
  }

  /** Sets it for a time, in milliseconds of the epoch, or for none. */
  set(at: number | null): void {
    this.#at = at;
    this.#arm();
  }

  /** Notices that the clock was set, before something else happens. */
  look(): void {
    if (this.#timer === undefined) return;
    const now = wallTime();
    const gainedMs = this.#since.gainedMs();
    if (this.#since.wallMs() < -JUMP_MS) this.#notice(gainedMs);
    else if (now > this.#wakeAt + JUMP_MS) this.#late(gainedMs);
  }

  /** Turns it off for good. */
  [Symbol.dispose](): void {
    this.set(null);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#at === null) return;
    const now = wallTime();
    this.#since = new Moment();
    this.#wakeAt = Math.min(Math.max(this.#at, now), now + LOOK_MS);
    this.#timer = setTimeout(this.#wake, this.#wakeAt - now);
  }

  readonly #wake = (): void => {
    const now = wallTime();
    if (now < this.#wakeAt - JUMP_MS) return this.#notice(now - this.#wakeAt);
    if (now > this.#wakeAt + JUMP_MS) return this.#late(this.#since.gainedMs());
    // Timers may fire a millisecond early.
    if (this.#at !== null && this.#at <= now) this.#listener.onDue();
    else this.#arm();
  };

  /** Lateness alone is a stall, a gain alone may be a faked clock. */
  #late(gainedMs: number): void {
    if (gainedMs > JUMP_MS) this.#notice(gainedMs);
    else this.#listener.onStall();
  }

  #notice(ms: number): void {
    this.#listener.onClockSet(ms);
  }
}
