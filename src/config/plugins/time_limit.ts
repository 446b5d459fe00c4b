/** How long a plugin may take, in milliseconds: modules may be downloaded. */
export const PLUGIN_LIMIT_MS = 30_000;

/** A promise did not settle in time. */
export class TimeLimitError extends Error {
  override readonly name: string = "TimeLimitError";
}

/**
 * Waits for a promise, and rejects with a {@linkcode TimeLimitError} if it does
 * not settle within a number of milliseconds. A promise of a plugin may never
 * settle, and the runtime ends a program in which nothing else is pending.
 */
export async function withinLimit<T>(
  promise: T | PromiseLike<T>,
  ms: number,
): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new TimeLimitError()),
    ms,
  );
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
