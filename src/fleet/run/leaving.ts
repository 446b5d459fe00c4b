/** The checks that leave a fleet, until they have come to rest, by their ids. */
export class Leaving {
  readonly #leaving = new Map<string, Promise<void>>();

  /**
   * Remembers a check until a promise resolves. Resolves when it and all earlier
   * ones with its id have come to rest.
   */
  async add(id: string, atRest: Promise<void>): Promise<void> {
    const left = Promise.all([this.#leaving.get(id), atRest]).then(() => {});
    this.#leaving.set(id, left);
    await left;
    // Another one with that id may be leaving by now.
    if (this.#leaving.get(id) === left) this.#leaving.delete(id);
  }

  /** Resolves when those with an id are at rest, if any are not. */
  left(id: string): Promise<void> {
    return this.#leaving.get(id) ?? Promise.resolve();
  }

  /** Resolves when all are at rest. */
  async allLeft(): Promise<void> {
    await Promise.all(this.#leaving.values());
  }
}
