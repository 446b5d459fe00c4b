/** A signal that tells how many listen to it: those who left must not. */
export class CountingSignal {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<unknown>();

  /** The signal itself. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How many listen to it now. */
  get listeners(): number {
    return this.#listeners.size;
  }

  constructor() {
    const { signal } = this;
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener: (
        ...args: Parameters<AbortSignal["addEventListener"]>
      ): void => {
        this.#listeners.add(args[1]);
        addEventListener.apply(signal, args);
      },
      removeEventListener: (
        ...args: Parameters<AbortSignal["removeEventListener"]>
      ): void => {
        this.#listeners.delete(args[1]);
        removeEventListener.apply(signal, args);
      },
    });
  }
}
