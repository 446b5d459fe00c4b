import { timers } from "./deadlines.ts";

const waiting: (() => void)[] = [];

/**
 * Waits for a turn of the event loop that nobody else has. What is started in
 * turns does not measure how long the start of all the others takes: answers
 * are read in between. In faked time there is nothing to wait for.
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
