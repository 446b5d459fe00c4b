import { timers } from "./deadlines.ts";
import { patience } from "./sleep.ts";

/** The longest that one waits for others to be ready, in milliseconds. */
const LONGEST_WAIT_MS = 250;

const waiting: (() => void)[] = [];
const preparing = new Set<Promise<void>>();

/**
 * Waits until something is ready, then until all else that is being prepared is
 * ready, for a moment at most: preparing blocks the event loop, and whatever
 * runs meanwhile would seem slow.
 */
export async function allReady(ready: Promise<void>): Promise<void> {
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
 * Waits for a turn of the event loop that nothing else has. What starts in turns
 * does not measure how long the start of all the others takes: responses are
 * read in between. In faked time it does not wait.
 */
export function ownTurn(): Promise<void> {
  if (setTimeout !== timers.setTimeout) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) timers.setTimeout.call(globalThis, next, 0);
  });
}

function next(): void {
  const resolve = waiting.shift();
  if (waiting.length > 0) timers.setTimeout.call(globalThis, next, 0);
  resolve?.();
}
