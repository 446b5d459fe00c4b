import type { Probe, Snapshot } from "../core/types.ts";
import { untilAborted } from "../io/abort.ts";
import { wallTime } from "../io/clock.ts";
import { deferred } from "../io/deferred.ts";
import { CLEAN_UP_MS, patience, sleep } from "../io/sleep.ts";
import { type AttemptResult, startAttempt } from "./attempt.ts";
import { Check, type CheckOptions } from "./check.ts";
import { type Emit, isTold, parseEmit } from "./watch/emit.ts";
import { resourceOf } from "./run/shared_resources.ts";

/** Options for {@linkcode monitor} and for the checks of a fleet. */
export interface MonitorOptions extends CheckOptions {
  /**
   * Which snapshots are yielded: one for each attempt (`"attempt"`), only those
   * with another status (`"transition"`), or also one for the start of each
   * attempt (`"phase"`).
   *
   * @default {"attempt"}
   */
  emit?: Emit;
  /**
   * Called on each change of status, the first settled one included. What it
   * throws rejects the iteration; in a fleet it goes to `onError`.
   */
  onChange?: (snapshot: Snapshot, previous: Snapshot) => void;
  /** Ends the monitor when it aborts, without an error. */
  signal?: AbortSignal;
}

/** Runs one check for as long as it is iterated. */
export interface Monitor
  extends AsyncIterableIterator<Snapshot, void, void>, AsyncDisposable {
  /** The check's name. */
  readonly id: string;
  /** What is known now. It can be read at any time. */
  readonly snapshot: Snapshot;
  /** Ends the monitor. Resolves when its attempt in flight has ended. */
  return(): Promise<IteratorResult<Snapshot, void>>;
}

/**
 * Monitors a target: an async iterable that makes an attempt when it is due
 * and yields what is then known. It starts when it is first iterated, and
 * leaving the loop ends it, the attempt in flight included.
 *
 * Only one loop may iterate it; a second one gets a `TypeError`.
 *
 * @throws {OptionError} If an option is not valid.
 * @throws {TypeError} If the probe is not a probe.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { monitor, tcp } from "@lifesign/lifesign";
 *
 * using listener = Deno.listen({ port: 0 });
 * const { port } = listener.addr as Deno.NetAddr;
 *
 * for await (const { status } of monitor(tcp({ port }), { interval: "1s" })) {
 *   assertEquals(status, "healthy");
 *   break;
 * }
 * ```
 */
export function monitor(probe: Probe, options: MonitorOptions = {}): Monitor {
  return new CheckMonitor(probe, options);
}

class CheckMonitor implements Monitor {
  readonly #check: Check;
  readonly #emit: Emit;
  readonly #onChange: MonitorOptions["onChange"];
  readonly #end = new AbortController();
  readonly #steps: AsyncGenerator<Snapshot, void, void>;
  readonly #signal: AbortSignal | undefined;
  #iterated = false;
  #pending = false;
  #ended = false;

  constructor(probe: Probe, options: MonitorOptions) {
    this.#check = new Check(probe, options, false);
    this.#emit = parseEmit(options.emit);
    this.#onChange = options.onChange;
    this.#signal = options.signal;
    this.#steps = this.#run();
  }

  get id(): string {
    return this.#check.id;
  }

  get snapshot(): Snapshot {
    return this.#check.snapshot;
  }

  [Symbol.asyncIterator](): this {
    if (this.#iterated && !this.#ended) throw this.#busy();
    this.#iterated = true;
    return this;
  }

  async next(): Promise<IteratorResult<Snapshot, void>> {
    if (this.#pending) throw this.#busy();
    this.#pending = true;
    try {
      const result = await this.#steps.next();
      if (result.done) this.#ended = true;
      return result;
    } catch (error) {
      this.#ended = true;
      throw error;
    } finally {
      this.#pending = false;
    }
  }

  async return(): Promise<IteratorResult<Snapshot, void>> {
    this.#ended = true;
    // Wakes the generator, which would otherwise finish its sleep first.
    this.#end.abort();
    return await this.#steps.return();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #busy(): TypeError {
    return new TypeError(
      `The monitor of ${this.id} is being iterated already; it has one consumer`,
    );
  }

  async *#run(): AsyncGenerator<Snapshot, void, void> {
    const check = this.#check;
    const { signal } = this.#end;
    const abort = (): void => this.#end.abort();
    if (this.#signal?.aborted) return;
    using _held = resourceOf(check.probe);
    this.#signal?.addEventListener("abort", abort);
    try {
      let due = wallTime() + check.policy.initialDelayMs;
      while (true) {
        check.due = due;
        if (due > wallTime()) await sleep(due - wallTime(), signal);
        if (signal.aborted) return;
        yield* this.#attempt(due, signal);
        if (signal.aborted) return;
        // Only now, so that a slow consumer skips the slots it missed.
        due = check.slotAfter(due).due;
      }
    } finally {
      check.due = null;
      this.#signal?.removeEventListener("abort", abort);
    }
  }

  /** Makes an attempt and yields its snapshots, until its probe is at rest. */
  async *#attempt(
    due: number,
    signal: AbortSignal,
  ): AsyncGenerator<Snapshot, void, void> {
    const check = this.#check;
    check.begin();
    const { promise, resolve } = deferred<AttemptResult | null>();
    const attempt = startAttempt(check.probe, check.policy.timeoutMs, {
      onEnd: resolve,
    });
    const abort = (): void => attempt.abort();
    signal.addEventListener("abort", abort);
    // The probe itself may have ended it as it started.
    if (signal.aborted) abort();
    let left = true;
    try {
      if (isTold(this.#emit, check.state, check.before)) yield check.snapshot;
      const result = await promise;
      check.end(result);
      if (result !== null) {
        check.due = check.slotAfter(due).due;
        const { snapshot, state, before } = check;
        if (isTold("transition", state, before)) {
          // A promise, which the type does not forbid, may reject or hang.
          const called: unknown = this.#onChange?.(snapshot, check.previous);
          if (called instanceof Promise) await untilAborted(called, signal);
        }
        if (isTold(this.#emit, state, before)) yield snapshot;
      }
      left = false;
    } finally {
      abort();
      if (check.state.checking) check.end(null);
      // A probe that ignores its signal is never run twice at once, but whoever
      // leaves the loop does not wait for it for ever.
      if (!left) await untilAborted(attempt.atRest, signal);
      if (left || signal.aborted) await patience(attempt.atRest, CLEAN_UP_MS);
      signal.removeEventListener("abort", abort);
    }
  }
}
