// Kept from before a test may have faked it: see `patience()`.
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } =
  globalThis;

/** How long an aborted probe may take to clean up before it is left alone. */
export const CLEAN_UP_MS = 1500;

/**
 * Waits for a number of milliseconds, or until the signal aborts: it then
 * resolves at once, and the caller sees it from the signal.
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}

/**
 * Waits for a promise to settle, whichever way, but not for longer than a
 * number of milliseconds. Those are real ones even under a faked clock: this
 * is for what may never come, where nobody could be relied on to tick.
 */
export function patience(
  promise: Promise<unknown>,
  ms: number,
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      realClearTimeout(timer);
      resolve();
    };
    const timer = realSetTimeout(end, ms);
    promise.then(end, end);
  });
}
