import { type Deferred, deferred } from "../../../io/deferred.ts";

/** Who waits until values are written. */
export class Waiters {
  readonly #all = new Set<
    { readonly names: Set<string>; readonly done: Deferred<boolean> }
  >();

  /** Resolves once none of these names has a value that is not written. */
  add(names: Set<string>): Promise<boolean> {
    const done = deferred<boolean>();
    if (names.size === 0) done.resolve(true);
    else this.#all.add({ names, done });
    return done.promise;
  }

  /** What a name was to have is written, or is not to be written any more. */
  settle(name: string): void {
    for (const waiter of this.#all) {
      if (!waiter.names.delete(name) || waiter.names.size > 0) continue;
      waiter.done.resolve(true);
      this.#all.delete(waiter);
    }
  }

  /** Nothing can be written for now. */
  fail(): void {
    for (const { done } of this.#all) done.resolve(false);
    this.#all.clear();
  }
}
