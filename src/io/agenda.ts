import { Moment, wallTime } from "./clock.ts";

/** An item of an {@linkcode Agenda}. */
export interface Entry {
  /**
   * When it is due, in milliseconds of the epoch: a number while it is in an
   * agenda. Set by {@linkcode Agenda.put}.
   */
  due: number | null;
  /** Its index in the agenda's heap, -1 while it is in no agenda. */
  place: number;
  /** The number of its `put()`: of entries due at the same time, the first one comes first. */
  order: number;
}

/** An entry that is in an agenda, so that `due` is a number. */
interface Planned {
  due: number;
}

/** Whether one entry comes before another. */
function isBefore(a: Entry & Planned, b: Entry & Planned): boolean {
  return a.due < b.due || a.due === b.due && a.order < b.order;
}

/** A jump of the wall clock above this is a set clock; below it is drift or a late timer. */
const JUMP_MS = 1000;

/**
 * Calls back for each entry when it is due, with one timer for all of them. If
 * the wall clock is set, the times of all entries move by the same amount.
 */
export class Agenda<E extends Entry> {
  readonly #heap: (E & Planned)[] = [];
  readonly #onDue: (entry: E) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakeAt = Infinity;
  #seen = new Moment();
  #latest = wallTime();
  #puts = 0;

  /** Calls `onDue` for each entry that is due, after taking it out. */
  constructor(onDue: (entry: E) => void) {
    this.#onDue = onDue;
  }

  /** Puts an entry in for a time, or moves it to another time. */
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

  /** Takes an entry out. Does nothing if it is not in. */
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

  /** Takes all entries out. */
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
    // The timer is set again below, so a `put()` in a callback need not do it.
    this.#wakeAt = -Infinity;
    for (let first = this.#heap[0]; first; first = this.#heap[0]) {
      if (first.due > now) break;
      this.take(first);
      this.#onDue(first);
    }
    this.#arm();
  };

  /**
   * Moves all entries if the wall clock was set since the last call. When a
   * timer has just fired, the time it was set for is known to be now.
   */
  #followClock(firedAt?: number): void {
    const now = wallTime();
    const isBack = now < this.#latest - JUMP_MS;
    this.#latest = now;
    const first = this.#heap[0];
    const isLate = first !== undefined && first.due < now - JUMP_MS;
    // The usual case, which does not read the monotonic clock.
    if (firedAt === undefined && first !== undefined && !isBack && !isLate) {
      return;
    }
    const seen = this.#seen;
    this.#seen = new Moment();
    if (first === undefined) return;
    if (firedAt !== undefined && now < firedAt - JUMP_MS) {
      return this.#shift(now - firedAt);
    }
    // Lateness alone may be a stall of this process, a gain alone a faked clock.
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

  /** Moves the entry at an index to its place in the heap. */
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
