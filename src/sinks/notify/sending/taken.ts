/** Of how many messages it is known how far their sending came. */
const MAX = 200;

/** How many requests were taken of messages that are to be sent again. */
export class Taken {
  readonly #counts = new Map<string, number>();

  /** Notes that a message is sent; returns whether that is new. */
  begin(id: string): boolean {
    if (this.#counts.has(id)) return false;
    if (this.#counts.size >= MAX) this.#counts.clear();
    this.#counts.set(id, 0);
    return true;
  }

  /** Notes that all of a message was taken. */
  end(id: string): void {
    this.#counts.delete(id);
  }

  /** Where a delivery of a message begins, and whom it tells how far it came. */
  of(id: string): {
    readonly taken: number;
    readonly onTaken: (taken: number) => void;
  } {
    return {
      taken: this.#counts.get(id) ?? 0,
      onTaken: (taken) => void this.#counts.set(id, taken),
    };
  }
}
