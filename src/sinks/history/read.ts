import { HistoryArchive } from "./archive.ts";
import { answerQuestion } from "./questions.ts";
import type { Question, ReplyTo } from "./protocol.ts";
import { Store } from "./store/store.ts";

/** A history that is only read. An agent may write to it meanwhile. */
export class ReadHistory extends HistoryArchive implements Disposable {
  readonly #store: Store;
  readonly #numbers: ReadonlyMap<string, number>;

  /**
   * Opens a file. Days are those of a time zone.
   *
   * @throws {StoreError} If it is no history, or of another version.
   * @throws {Error} If it cannot be read.
   * @throws {RangeError} If there is no such time zone.
   */
  constructor(path: string, timeZone: string = "UTC") {
    const store = new Store(path, { timeZone, readOnly: true });
    const numbers = store.checks();
    super({
      // deno-lint-ignore require-await
      async ask<Q extends Question>(question: Q) {
        return answerQuestion(store, numbers, question) as ReplyTo<Q>;
      },
    });
    this.#store = store;
    this.#numbers = numbers;
  }

  /** The ids of all checks that there ever were, in the order they came in. */
  get checks(): string[] {
    return [...this.#numbers.keys()];
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#store[Symbol.dispose]();
  }
}
