import type { Status } from "../../core/types.ts";
import { unlessAborted } from "../../io/abort.ts";
import { deferred } from "../../io/deferred.ts";

/** The most checks that an error names. */
const MAX_NAMED = 5;

/** Options for a {@linkcode Waiter}. */
export interface WaiterOptions<T> {
  /** The statuses of which the checks must have one. */
  readonly statuses: Iterable<Status>;
  /** The ids of the checks. It defaults to all that the waiter is told of. */
  readonly ids?: Iterable<string> | undefined;
  /** Takes the result, as soon as all checks have such a status. */
  readonly take: () => T;
  /** Says how a check is, such as `"db" is unknown`. */
  readonly describe: (id: string) => string;
}

/** Waits until checks have one of some statuses, all of them at once. */
export class Waiter<T> {
  readonly #options: WaiterOptions<T>;
  readonly #statuses: ReadonlySet<Status>;
  readonly #ids: ReadonlySet<string> | undefined;
  /** The checks that have another status now. */
  readonly #missing = new Set<string>();
  readonly #done = deferred<T>();

  constructor(options: WaiterOptions<T>) {
    this.#options = options;
    this.#statuses = new Set(options.statuses);
    this.#ids = options.ids === undefined ? undefined : new Set(options.ids);
  }

  /**
   * Resolves with what was taken when all checks had such a status. Rejects if
   * the wait has failed, or when the signal aborts: with the signal's reason, or
   * if that is the platform's, with an error that names the checks that were
   * missing, and has the reason as its cause.
   */
  async wait(signal: AbortSignal | undefined): Promise<T> {
    try {
      return await unlessAborted(this.#done.promise, signal);
    } catch (error) {
      const isAborted = signal?.aborted && error === signal.reason;
      // A reason of the caller's own says what the caller wants to know.
      if (!isAborted || !(error instanceof DOMException)) throw error;
      throw this.#givenUp(error);
    }
  }

  /** Notes a check's status, without a conclusion yet. */
  note(id: string, status: Status): void {
    if (this.#ids !== undefined && !this.#ids.has(id)) return;
    if (this.#statuses.has(status)) this.#missing.delete(id);
    else this.#missing.add(id);
  }

  /** Notes that a check was removed; the wait fails if it was named. */
  forget(id: string): void {
    this.#missing.delete(id);
    if (this.#ids?.has(id)) {
      this.fail(new Error(`The check ${JSON.stringify(id)} was removed`));
    }
  }

  /** Ends the wait if no check is missing. */
  conclude(): void {
    if (this.#missing.size === 0) this.#done.resolve(this.#options.take());
  }

  /** Ends the wait with an error. */
  fail(reason: Error): void {
    this.#done.reject(reason);
  }

  #givenUp(cause: DOMException): Error {
    const { name } = cause;
    const wanted = [...this.#statuses].join(" or ");
    const missing = [...this.#missing];
    const named = missing.slice(0, MAX_NAMED).map(this.#options.describe);
    const others = missing.length - named.length;
    if (others > 0) named.push(`and ${others} more`);
    const error = new Error(
      `${
        name === "TimeoutError" ? "Timed out waiting" : "Stopped waiting"
      } for ${wanted}: ${named.join(", ")}`,
      { cause },
    );
    // A program that looks at the name of the signal's reason finds it here.
    error.name = name;
    return error;
  }
}
