// The real one, in case a test fakes it later: see `patience()`.
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } =
  globalThis;

/**
 * How long the end of an aborted probe is awaited, in milliseconds: a command has
 * a second to end, and its processes are looked for before and after that.
 */
export const CLEAN_UP_MS = 2500;

/**
 * Waits for a number of milliseconds, or until the signal aborts. It resolves
 * in both cases; the caller looks at the signal.
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
 * Waits for a promise to settle, for at most a number of milliseconds. They are
 * real milliseconds even in faked time, since the promise may never settle and
 * nothing may advance the faked time.
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
