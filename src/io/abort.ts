import { deferred } from "./deferred.ts";

/**
 * Waits for a promise. If the signal aborts first, it rejects with the signal's
 * reason.
 */
export async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await promise;
  const { promise: aborted, reject } = deferred<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Waits for a promise, or until the signal aborts; rejects if it rejects. */
export async function untilAborted(
  promise: Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await unlessAborted(promise, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
