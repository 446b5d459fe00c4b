const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Waits for SIGINT, SIGTERM or SIGHUP, or for the given signals. Resolves with
 * `undefined` if `otherwise` aborts first. A second signal ends the process at
 * once, by the default action of the system.
 */
export function untilSignal(
  otherwise?: AbortSignal,
  signals: readonly Deno.Signal[] = SIGNALS,
): Promise<Deno.Signal | undefined> {
  return new Promise((resolve) => {
    const end = (signal?: Deno.Signal): void => {
      for (const listener of listeners) listener[Symbol.dispose]();
      resolve(signal);
    };
    const listeners = signals.map((signal) =>
      onSignal(signal, () => end(signal))
    );
    otherwise?.addEventListener("abort", () => end(), { once: true });
  });
}

/** Calls back on each signal, until the result is disposed of. */
export function onSignal(
  signal: Deno.Signal,
  listener: () => void,
): Disposable {
  Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]: () => Deno.removeSignalListener(signal, listener),
  };
}
