/** Reports an error as `reportError()` does, which Node does not have. */
export function reportUncaught(error: unknown): void {
  if ("reportError" in globalThis) return reportError(error);
  queueMicrotask(() => {
    throw error;
  });
}
