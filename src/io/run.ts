import { deadlines, type Timed } from "./deadlines.ts";
import { setDeadline, stageOf } from "../core/stage.ts";
import { allReady, ownTurn } from "./turn.ts";

/** How a run ended; exactly one of these, by its deadline at the latest. */
export type Ending<T> =
  | { readonly type: "value"; readonly value: T }
  | { readonly type: "error"; readonly error: unknown }
  | { readonly type: "timeout"; readonly stage: string | undefined }
  | { readonly type: "abort" };

/** The callbacks of a run; none is called before the constructor returns. */
export interface RunListener<T> {
  /** Called once, when it has ended. */
  onEnd(ending: Ending<T>, run: Run<T>): void;
  /**
   * Called after its end, when what runs has come to rest: perhaps long after
   * its deadline, or never.
   */
  onRest?(): void;
}

/** What is run under a deadline. */
export interface Runnable<T> {
  /** Does it; should give up when the signal aborts. */
  (signal: AbortSignal): Promise<T>;
  /**
   * Gets ready what it needs, such as modules. Returns nothing if all is ready.
   * The time of the run starts once it has settled.
   */
  readonly prepare?: (signal: AbortSignal) => Promise<void> | undefined;
}

/**
 * Runs something under a deadline that holds whatever it does: at the deadline
 * its signal aborts with a `TimeoutError`, and the run has ended even if what
 * runs ignores the signal.
 */
export class Run<T> implements Timed {
  /** Resolves when what runs has come to rest. Never rejects. */
  readonly atRest: Promise<void>;
  readonly timeoutMs: number;
  /** Whether what runs has come to rest. */
  isAtRest = false;
  /** Whether it is ready; if not, its time has not started yet. */
  isPrepared = true;
  startedAt = 0;
  lateMs = 0;
  extendedUntil = 0;
  place = -1;
  readonly #controller = new AbortController();
  readonly #listener: RunListener<T>;
  #ended = false;

  constructor(
    run: Runnable<T>,
    timeoutMs: number,
    listener: RunListener<T>,
  ) {
    this.timeoutMs = timeoutMs;
    this.#listener = listener;
    deadlines.add(this);
    this.atRest = this.#start(run).then(
      (value) => this.#rest({ type: "value", value }),
      (error) => this.#rest({ type: "error", error }),
    );
  }

  /** What tells what runs to give up, and keeps what it says of itself. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The longest stall of the event loop since it began, in milliseconds. */
  get stalledMs(): number {
    return deadlines.lateMs(this);
  }

  /**
   * Ends it now, if it has not ended yet. Its signal aborts in any case, for
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

  #start(run: Runnable<T>): Promise<T> {
    const { signal } = this.#controller;
    const preparing = prepared(run, signal);
    return preparing === undefined
      ? this.#begin(run)
      : this.#startPrepared(run, preparing);
  }

  async #startPrepared(
    run: Runnable<T>,
    preparing: Promise<void>,
  ): Promise<T> {
    this.isPrepared = false;
    try {
      await allReady(preparing);
    } catch {
      // The run itself meets the same problem, and says what it is.
    }
    await ownTurn();
    this.#controller.signal.throwIfAborted();
    this.isPrepared = true;
    deadlines.delete(this);
    this.lateMs = 0;
    deadlines.add(this);
    return await this.#begin(run);
  }

  #begin(run: Runnable<T>): Promise<T> {
    const { signal } = this.#controller;
    setDeadline(signal, this.startedAt + this.timeoutMs);
    return started(run, signal);
  }

  #end(ending: Ending<T>): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#listener.onEnd(ending, this);
    } finally {
      deadlines.delete(this);
    }
  }

  #rest(ending: Ending<T>): void {
    this.isAtRest = true;
    this.#end(ending);
    this.#listener.onRest?.();
  }
}

/** Prepares it, unless it is ready. */
function prepared<T>(
  { prepare }: Runnable<T>,
  signal: AbortSignal,
): Promise<void> | undefined {
  try {
    return prepare?.(signal);
  } catch {
    return undefined;
  }
}

/** Runs it; what it throws before its first promise becomes a rejection. */
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
