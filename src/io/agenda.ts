import { Moment, wallTime } from "./clock.ts";

/** Something to be called back about at a time of day. */
export interface Entry {
  /**
   * When, in milliseconds of the epoch: a number once it is in an agenda. Set by
   * {@linkcode Agenda.put}.
   */
  due: number | null;
  /** Its place in the agenda's heap, -1 while it is in none. */
  place: number;
  /** Which `put()` it was: of what is due at once, the first one goes first. */
  order: number;
}

/** An entry that is in an agenda, and so has a time. */
interface Planned {
  due: number;
}

/** Whether one is to be called back before another. */
function isBefore(a: Entry & Planned, b: Entry & Planned): boolean {
  return a.due < b.due || a.due === b.due && a.order < b.order;
}

/** Beyond this the clock was set, and did not just drift or fire late. */
const JUMP_MS = 1000;

/**
 * Calls back what is due when it is due, any number of things with one timer.
 * If the clock is set meanwhile, everything that waits moves along with it.
 */
export class Agenda<E extends Entry> {
  readonly #heap: (E & Planned)[] = [];
  readonly #onDue: (entry: E) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakeAt = Infinity;
  #seen = new Moment();
  #latest = wallTime();
  #puts = 0;

  /** Calls `onDue` for each entry that is due, which is then taken out. */
  constructor(onDue: (entry: E) => void) {
    this.#onDue = onDue;
  }

  /** Notes an entry for a time, or moves it to another. */
  put(entry: E, due: number): void {
    this.#followClock();
    entry.due = due;
    entry.order = ++this.#puts;
    if (entry.place < 0) {
      entry.place = this.#heap.length;
      this.#heap.push(entry as E & Planned);
    }
    this.#sift(entry.place);
    if (due < this.#wakeAt) this.#arm();
  }

  /** Takes an entry out; nothing happens if it is not in. */
  take(entry: E): void {
    const { place } = entry;
    if (place < 0) return;
    entry.place = -1;
    const last = this.#heap.pop()!;
    if (last !== entry) {
      this.#set(place, last);
      this.#sift(place);
    }
    if (this.#heap.length === 0) this.#disarm();
  }

  /** Forgets everything. */
  clear(): void {
    for (const entry of this.#heap) entry.place = -1;
    this.#heap.length = 0;
    this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    const first = this.#heap[0];
    if (first === undefined) return;
    this.#wakeAt = first.due;
    this.#timer = setTimeout(
      this.#wake,
      Math.max(0, first.due - wallTime()),
    );
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#wakeAt = Infinity;
  }

  readonly #wake = (): void => {
    this.#followClock(this.#wakeAt);
    const now = wallTime();
    // Until it is armed again below, a `put()` need not arm it.
    this.#wakeAt = -Infinity;
    for (let first = this.#heap[0]; first; first = this.#heap[0]) {
      if (first.due > now) break;
      this.take(first);
      this.#onDue(first);
    }
    this.#arm();
  };

  /**
   * Moves everything along if the clock was set since this was last called. A
   * timer that has just fired knows better: it is now when it was to.
   */
  #followClock(firedAt?: number): void {
    const now = wallTime();
    const isBack = now < this.#latest - JUMP_MS;
    this.#latest = now;
    const first = this.#heap[0];
    const isLate = first !== undefined && first.due < now - JUMP_MS;
    // The usual case, and the steady clock is not asked for it.
    if (firedAt === undefined && first !== undefined && !isBack && !isLate) {
      return;
    }
    const seen = this.#seen;
    this.#seen = new Moment();
    if (first === undefined) return;
    if (firedAt !== undefined && now < firedAt - JUMP_MS) {
      return this.#shift(now - firedAt);
    }
    // Late alone may be a stall of ours, and a gain alone a faked clock.
    const isForward = isLate && seen.gainedMs() > JUMP_MS;
    if (isBack || isForward) this.#shift(seen.gainedMs());
  }

  #shift(ms: number): void {
    for (const entry of this.#heap) entry.due += ms;
    this.#arm();
  }

  #set(place: number, entry: E & Planned): void {
    this.#heap[place] = entry;
    entry.place = place;
  }

  /** Brings the entry at a place to where it belongs. */
  #sift(place: number): void {
    const heap = this.#heap;
    const entry = heap[place]!;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (isBefore(heap[parent]!, entry)) break;
      this.#set(place, heap[parent]!);
      place = parent;
    }
    while (true) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (
        child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)
      ) {
        child++;
      }
      if (isBefore(entry, heap[child]!)) break;
      this.#set(place, heap[child]!);
      place = child;
    }
    this.#set(place, entry);
  }
}
