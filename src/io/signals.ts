/**
 * Waits for SIGINT, SIGTERM or SIGHUP. The one after it ends the process at once, as
 * it would without us.
 */
export function untilSignal(): Promise<Deno.Signal> {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  return new Promise((resolve) => {
    const listeners = signals.map((signal) => {
      const listener = (): void => {
        for (const [signal, listener] of listeners) {
          Deno.removeSignalListener(signal, listener);
        }
        resolve(signal);
      };
      Deno.addSignalListener(signal, listener);
      return [signal, listener] as const;
    });
  });
}
