/** Functions that are called with what happens, all in the same order. */
export class Listeners<T> {
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<(value: T) => void>();
  /** What is being told, and what came meanwhile. */
  readonly #queue: T[] = [];

  /** Makes one that gives to `onError` what listeners throw. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Calls a function from now on, until the signal aborts. */
  add(
    listener: (value: T) => void,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): void {
    if (signal?.aborted) return;
    // The same function may be added twice.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    signal?.addEventListener(
      "abort",
      () => this.#listeners.delete(entry),
      { once: true },
    );
  }

  /** Calls all. What one of them causes to be told meanwhile comes after. */
  tell(value: T): void {
    this.#queue.push(value);
    if (this.#queue.length > 1) return;
    for (const each of this.#queue) {
      for (const listener of this.#listeners) {
        try {
          listener(each);
        } catch (error) {
          this.#onError(error);
        }
      }
    }
    this.#queue.length = 0;
  }
}
