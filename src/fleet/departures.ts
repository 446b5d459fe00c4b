/** Who is leaving a fleet, by their ids, until each has left. */
export class Departures {
  readonly #leaving = new Map<string, Promise<void>>();

  /** Resolves when all of an id have left, if there are any. */
  of(id: string): Promise<void> | undefined {
    return this.#leaving.get(id);
  }

  /** Resolves when all have left that leave by now. */
  async all(): Promise<void> {
    await Promise.all(this.#leaving.values());
  }

  /** Notes that somebody leaves; resolves when they and those before have. */
  async note(id: string, end: Promise<void>): Promise<void> {
    const left = Promise.all([this.#leaving.get(id), end]).then(() => {});
    this.#leaving.set(id, left);
    await left;
    // Another one of that id may be leaving by now.
    if (this.#leaving.get(id) === left) this.#leaving.delete(id);
  }
}
