/**
 * Stands in for `@std/testing/time` where JSR cannot be reached. Like the real
 * one it fakes `Date`, timeouts, intervals and `AbortSignal.timeout`, and
 * neither `performance.now()` nor microtasks.
 *
 * It has a clock of its own, since `@sinonjs/fake-timers` differs in what tests
 * see: timer ids that are objects, dates of another class, `setTimeout(f, 0)`
 * inside a timer that is a millisecond late, and time that runs on after a
 * timer has thrown.
 *
 * @module
 */

/** Time is already faked, or not faked at all. */
export class TimeError extends Error {
  override readonly name = "TimeError";
}

interface Timer {
  readonly id: number;
  readonly due: number;
  readonly repeatMs?: number;
  readonly run: () => void;
}

type Callback = (...args: unknown[]) => void;

const real = {
  Date,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  abortSignalTimeout: AbortSignal.timeout,
};

let current: FakeTime | undefined;
let now = 0;
let lastId = 0;
/** In the order they were added, which is the order of those due at once. */
const timers: Map<number, Timer> = new Map();

function firstTimer(): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers.values()) {
    if (!first || timer.due < first.due) first = timer;
  }
  return first;
}

function addTimer(
  callback: unknown,
  delay: number,
  args: unknown[],
  repeats: boolean,
): number {
  if (!current) throw new TimeError("Cannot set a timer: time is not faked");
  if (typeof callback !== "function") {
    throw new TimeError("FakeTime does not support non-function callbacks");
  }
  const delayMs = Math.max(repeats ? 1 : 0, Math.floor(delay));
  const id = ++lastId;
  timers.set(id, {
    id,
    due: now + delayMs,
    ...(repeats && { repeatMs: delayMs }),
    run: () => callback.apply(null, args),
  });
  return id;
}

function runTimer(timer: Timer): void {
  now = timer.due;
  timers.delete(timer.id);
  if (timer.repeatMs !== undefined) {
    timers.set(timer.id, { ...timer, due: timer.due + timer.repeatMs });
  }
  timer.run();
}

function fakeClear(id?: unknown): void {
  if (!current) throw new TimeError("Cannot clear a timer: time is not faked");
  timers.delete(id as number);
}

function fakeSignalTimeout(delay: number): AbortSignal {
  const controller = new AbortController();
  const abort = () =>
    controller.abort(new DOMException("Signal timed out.", "TimeoutError"));
  addTimer(abort, delay, [], false);
  return controller.signal;
}

function fakeNow(): number {
  return current ? now : real.Date.now();
}

/** Its dates are real ones, so that they equal those made before. */
const FakeDate = new Proxy(real.Date, {
  construct: (target, args) =>
    args.length === 0 ? new target(fakeNow()) : Reflect.construct(target, args),
  apply: (target) => new target(fakeNow()).toString(),
  get: (target, key) => key === "now" ? fakeNow : Reflect.get(target, key),
});

/** The same ones each time, as in the real package. */
const FAKES = {
  Date: FakeDate,
  setTimeout: (callback: Callback, delay = 0, ...args: unknown[]) =>
    addTimer(callback, delay, args, false),
  clearTimeout: fakeClear,
  setInterval: (callback: Callback, delay = 0, ...args: unknown[]) =>
    addTimer(callback, delay, args, true),
  clearInterval: fakeClear,
};

function fakeGlobals(): void {
  Object.assign(globalThis, FAKES);
  AbortSignal.timeout = fakeSignalTimeout;
}

function restoreGlobals(): void {
  const { abortSignalTimeout, ...globals } = real;
  Object.assign(globalThis, globals);
  AbortSignal.timeout = abortSignalTimeout;
}

/** Time that moves only when told to, from its making to its disposal. */
export class FakeTime {
  /** When it began, in milliseconds since the epoch. */
  readonly start: number;

  /** Without a start it begins at the real time. */
  constructor(start?: number | string | Date | null) {
    if (current) {
      throw new TimeError("Cannot construct FakeTime: time is already faked");
    }
    this.start = Math.floor(
      start === undefined || start === null
        ? real.Date.now()
        : new real.Date(start).valueOf(),
    );
    if (Number.isNaN(this.start)) {
      throw new TypeError("Cannot construct FakeTime: invalid start time");
    }
    now = this.start;
    lastId = 0;
    timers.clear();
    current = this;
    fakeGlobals();
  }

  /** Restores whatever time is faked. */
  static restore(): void {
    if (!current) throw new TimeError("Cannot restore time: it is not faked");
    current.restore();
  }

  /** Calls back in real time, until what it returns has settled. */
  static async restoreFor<T>(
    // deno-lint-ignore no-explicit-any
    callback: (...args: any[]) => Promise<T> | T,
    // deno-lint-ignore no-explicit-any
    ...args: any[]
  ): Promise<T> {
    if (!current) throw new TimeError("Cannot restore time: it is not faked");
    restoreGlobals();
    try {
      const result = callback(...args);
      return result instanceof Promise ? await result : result;
    } finally {
      fakeGlobals();
    }
  }

  /** The time, in milliseconds since the epoch. */
  get now(): number {
    return now;
  }

  /** Moves to a later time, running the timers on the way. */
  set now(value: number) {
    if (value < now) {
      throw new RangeError(`Cannot go back in time, from ${now} to ${value}`);
    }
    let timer = firstTimer();
    while (timer && timer.due <= value) {
      runTimer(timer);
      timer = firstTimer();
    }
    now = value;
  }

  /** Waits in real time. */
  async delay(
    ms: number,
    options: { signal?: AbortSignal } = {},
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () =>
      reject(new DOMException("Delay was aborted.", "AbortError"));
    const timer = real.setTimeout.call(globalThis, resolve, ms);
    if (options.signal?.aborted) abort();
    options.signal?.addEventListener("abort", abort, { once: true });
    try {
      await promise;
    } finally {
      real.clearTimeout.call(globalThis, timer);
      options.signal?.removeEventListener("abort", abort);
    }
  }

  /** Lets everything run that waits for no timer. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves on, running the timers on the way. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Runs the microtasks, then moves on. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves to the next timer and runs all that are due then; false if none. */
  next(): boolean {
    const timer = firstTimer();
    if (timer) this.now = timer.due;
    return timer !== undefined;
  }

  /** Runs the microtasks, then moves to the next timer. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves from timer to timer until none is left. */
  runAll(): void {
    while (this.next());
  }

  /** Like `runAll`, with the microtasks before each timer. */
  async runAllAsync(): Promise<void> {
    while (timers.size > 0) await this.nextAsync();
  }

  /** Makes time real again. */
  restore(): void {
    if (!current) throw new TimeError("Cannot restore time: it is not faked");
    current = undefined;
    restoreGlobals();
  }

  /** Makes time real again. */
  [Symbol.dispose](): void {
    this.restore();
  }
}
