/** What determines when an attempt is due. All times are in milliseconds. */
export interface Slot {
  /** When the last attempt was due. */
  readonly due: number;
  /** The current time. */
  readonly now: number;
  /** The delay from one attempt to the next. */
  readonly delayMs: number;
  /** Attempts keep to times that leave this remainder by `delayMs`. */
  readonly offsetMs?: number | undefined;
}

/** The next slot, and how many were missed. */
export interface NextSlot {
  /** When the next attempt is due: after now, and at most one delay from it. */
  readonly due: number;
  /** How many slots passed while the last attempt ran. */
  readonly skipped: number;
}

/**
 * Finds the next slot of a fixed rate: one delay after the last one was due, so
 * that the durations of attempts do not add up. Slots that have passed are
 * skipped. A clock that was set back does not stall it.
 */
export function nextSlot({ due, now, delayMs, offsetMs }: Slot): NextSlot {
  let next = due + delayMs;
  if (offsetMs !== undefined) {
    // The last time in offset that is after `due`, by at most one delay.
    next -= (((next - offsetMs) % delayMs) + delayMs) % delayMs;
  }
  const skipped = next > now ? 0 : Math.floor((now - next) / delayMs) + 1;
  next += skipped * delayMs;
  if (next - now > delayMs) {
    // Without an offset there is no slot to keep: one that is nearer could be
    // the one just taken, when the clock only runs slow.
    next = offsetMs === undefined
      ? now + delayMs
      : next - Math.ceil((next - now) / delayMs - 1) * delayMs;
  }
  return { due: next, skipped };
}

/**
 * Returns an id's place in the interval, the same on each run: a number from 0
 * up to `intervalMs`, spread evenly (FNV-1a with a final mix).
 */
export function offsetOf(id: string, intervalMs: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  }
  // Without it, ids that differ only in their last letter are neighbours.
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  hash ^= hash >>> 16;
  return Math.floor(((hash >>> 0) / 2 ** 32) * intervalMs);
}
