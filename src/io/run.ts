import { pulse, type Timed } from "./deadlines.ts";
import { stageOf } from "./stage.ts";

/** How a run ended; exactly one of these, by its deadline at the latest. */
export type Ending<T> =
  | { readonly type: "value"; readonly value: T }
  | { readonly type: "error"; readonly error: unknown }
  | { readonly type: "timeout"; readonly stage: string | undefined }
  | { readonly type: "abort" };

/** Who hears of a run: nothing before it has been made. */
export interface RunListener<T> {
  /** Called once, when it has ended. */
  onEnd(ending: Ending<T>, run: Run<T>): void;
  /**
   * Called when what runs has really come to rest, after its end: perhaps long
   * after its deadline, or never.
   */
  onRest?(): void;
}

/**
 * Runs something under a deadline that holds whatever it does: at the deadline
 * its signal aborts with a `TimeoutError`, and it has ended even if it pays no
 * attention.
 */
export class Run<T> implements Timed {
  /** Resolves when what runs has come to rest. Never rejects. */
  readonly settled: Promise<void>;
  readonly timeoutMs: number;
  /** Whether what runs has come to rest. */
  isAtRest = false;
  startedAt = 0;
  lateMs = 0;
  sparedUntil = 0;
  readonly #controller = new AbortController();
  readonly #listener: RunListener<T>;
  #ended = false;

  constructor(
    run: (signal: AbortSignal) => Promise<T>,
    timeoutMs: number,
    listener: RunListener<T>,
  ) {
    this.timeoutMs = timeoutMs;
    this.#listener = listener;
    pulse.add(this);
    this.settled = started(run, this.#controller.signal).then(
      (value) => this.#rest({ type: "value", value }),
      (error) => this.#rest({ type: "error", error }),
    );
  }

  /** How late the event loop was at its latest up to now, in milliseconds. */
  get stalledMs(): number {
    return pulse.lateMs(this);
  }

  /**
   * Ends it now, if it has not ended yet. Its signal aborts all the same, for
   * whatever it left behind.
   */
  abort(): void {
    this.#controller.abort();
    this.#end({ type: "abort" });
  }

  /** The deadline has come. */
  onTimeout(): void {
    const stage = stageOf(this.#controller.signal);
    this.#controller.abort(
      new DOMException("The deadline has passed", "TimeoutError"),
    );
    this.#end({ type: "timeout", stage });
  }

  #end(ending: Ending<T>): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#listener.onEnd(ending, this);
    } finally {
      pulse.delete(this);
    }
  }

  #rest(ending: Ending<T>): void {
    this.isAtRest = true;
    this.#end(ending);
    this.#listener.onRest?.();
  }
}

/** Even a throw before the first promise is a rejection. */
function started<T>(
  run: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return Promise.resolve(run(signal));
  } catch (error) {
    return Promise.reject(error);
  }
}
