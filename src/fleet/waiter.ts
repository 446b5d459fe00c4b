import type { Status } from "../core/types.ts";

/** Waits until checks have one of some statuses, all of them at once. */
export class Waiter<T> {
  readonly #statuses: ReadonlySet<Status>;
  readonly #ids: ReadonlySet<string> | undefined;
  /** Those that have another status now. */
  readonly #missing = new Set<string>();
  readonly #done = Promise.withResolvers<T>();
  readonly #take: () => T;

  /**
   * Waits for the checks of these ids, or else for all that it hears of, and
   * takes what it then resolves with: a moment later it may not be so.
   */
  constructor(
    statuses: Iterable<Status>,
    take: () => T,
    ids?: Iterable<string>,
  ) {
    this.#statuses = new Set(statuses);
    this.#take = take;
    this.#ids = ids === undefined ? undefined : new Set(ids);
  }

  /** Resolves when all have it; rejects if that was given up. */
  get done(): Promise<T> {
    return this.#done.promise;
  }

  /** Hears of a check's status without concluding anything from it yet. */
  note(id: string, status: Status): void {
    if (this.#ids !== undefined && !this.#ids.has(id)) return;
    if (this.#statuses.has(status)) this.#missing.delete(id);
    else this.#missing.add(id);
  }

  /** Hears that there is no such check any more; gives up if it was named. */
  forget(id: string): void {
    this.#missing.delete(id);
    if (this.#ids?.has(id)) {
      this.fail(new Error(`The check ${JSON.stringify(id)} was removed`));
    }
  }

  /** Concludes. */
  conclude(): void {
    if (this.#missing.size === 0) this.#done.resolve(this.#take());
  }

  /** Gives up. */
  fail(reason: unknown): void {
    this.#done.reject(reason);
  }
}
