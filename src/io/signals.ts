const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Waits for SIGINT, SIGTERM or SIGHUP; of none it comes to nothing once
 * `otherwise` aborts. The signal after that ends the process at once, as it
 * would without us.
 */
export function untilSignal(
  otherwise?: AbortSignal,
): Promise<Deno.Signal | undefined> {
  return new Promise((resolve) => {
    const end = (signal?: Deno.Signal): void => {
      for (const [signal, listener] of listeners) {
        Deno.removeSignalListener(signal, listener);
      }
      resolve(signal);
    };
    const listeners = SIGNALS.map((signal) => {
      const listener = (): void => end(signal);
      Deno.addSignalListener(signal, listener);
      return [signal, listener] as const;
    });
    otherwise?.addEventListener("abort", () => end(), { once: true });
  });
}
