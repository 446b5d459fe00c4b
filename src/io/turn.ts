import { monotonicTime } from "./clock.ts";
import { timers } from "./deadlines.ts";
import { IS_WORKERD } from "./runtime.ts";
import { patience } from "./sleep.ts";

/** The longest that one waits for others to be ready, in milliseconds. */
const LONGEST_WAIT_MS = 250;

/** A turn is for one of so many that wait, at least. */
const SHARE = 8;

const preparing = new Set<Promise<void>>();
const waiting: (() => void)[] = [];
/** When the first one of those that wait began to. */
let since = 0;

/**
 * Waits until something is ready, then until all else that is being prepared is
 * ready, for a moment at most: preparing blocks the event loop, and whatever
 * runs meanwhile would seem slow.
 */
export async function allReady(ready: Promise<void>): Promise<void> {
  // What other requests prepare may have ended with them.
  if (IS_WORKERD) return await ready;
  preparing.add(ready);
  try {
    await ready;
  } finally {
    preparing.delete(ready);
  }
  if (preparing.size > 0) {
    await patience(Promise.allSettled(preparing), LONGEST_WAIT_MS);
  }
}

/**
 * Waits for a turn of the event loop that few others have. What starts in turns
 * does not measure how long the start of all the others takes: responses are
 * read in between. The wait is short: if many wait, several have the same turn,
 * and after a quarter of a second all of them. It does not wait in faked time, nor
 * where requests cannot share timers.
 */
export function ownTurn(): Promise<void> {
  if (IS_WORKERD || setTimeout !== timers.setTimeout) {
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length > 1) return;
    since = monotonicTime();
    timers.setTimeout.call(globalThis, next, 0);
  });
}

/** Lets timers and whatever else waits have a turn. They are real ones. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) =>
    void timers.setTimeout.call(globalThis, resolve, 0)
  );
}

function next(): void {
  const isLate = monotonicTime() - since > LONGEST_WAIT_MS;
  const count = isLate ? waiting.length : Math.ceil(waiting.length / SHARE);
  const those = waiting.splice(0, count);
  if (waiting.length > 0) timers.setTimeout.call(globalThis, next, 0);
  for (const resolve of those) resolve();
}
