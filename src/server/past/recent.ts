/** What was found out a short time ago, so that it is not asked for again. */
export class Recent<T> {
  readonly #freshMs: number;
  readonly #most: number;
  /** In the order in which they were asked for. */
  readonly #entries = new Map<string, { at: number; value: Promise<T> }>();

  constructor({ freshMs, most }: {
    /** How long a value is used again. */
    readonly freshMs: number;
    /** How many values are kept at most. */
    readonly most: number;
  }) {
    this.#freshMs = freshMs;
    this.#most = most;
  }

  /** Returns a value, which is asked for if that was too long ago. */
  get(key: string, now: number, ask: () => Promise<T>): Promise<T> {
    const found = this.#entries.get(key);
    if (found !== undefined && Math.abs(now - found.at) < this.#freshMs) {
      return found.value;
    }
    const entry = { at: now, value: ask() };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#most) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest!);
    }
    // What failed is asked for again.
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }
}
