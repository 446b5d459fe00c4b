import { stageOf } from "./stage.ts";

/** How a run ended; exactly one of these, by its deadline at the latest. */
export type Ending<T> =
  | { readonly type: "value"; readonly value: T }
  | { readonly type: "error"; readonly error: unknown }
  | { readonly type: "timeout"; readonly stage: string | undefined }
  | { readonly type: "abort" };

/** Something that runs, and has a deadline. */
export interface Running<T> {
  /** How it ended. Never rejects. */
  readonly ended: Promise<Ending<T>>;
  /**
   * Resolves when what runs has really come to rest, which may be long after
   * its deadline, or never. Never rejects.
   */
  readonly settled: Promise<void>;
  /** Ends it now, if it has not ended yet. */
  abort(): void;
}

/**
 * Runs something under a deadline that holds whatever it does: at the deadline
 * its signal aborts with a `TimeoutError`, and it has ended even if it pays no
 * attention.
 */
export function withDeadline<T>(
  run: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
): Running<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const { promise: ended, resolve } = Promise.withResolvers<Ending<T>>();
  const end = (ending: Ending<T>): void => {
    clearTimeout(timer);
    resolve(ending);
  };
  const timer = setTimeout(() => {
    end({ type: "timeout", stage: stageOf(signal) });
    controller.abort(
      new DOMException("The deadline has passed", "TimeoutError"),
    );
  }, timeoutMs);
  // Even a throw before its first promise is a rejection.
  const settled = Promise.try(run, signal).then(
    (value) => end({ type: "value", value }),
    (error) => end({ type: "error", error }),
  );
  return {
    ended,
    settled,
    abort() {
      end({ type: "abort" });
      controller.abort();
    },
  };
}
