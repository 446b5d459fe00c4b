/** What this process uses. What the runtime does not tell is absent. */
export interface ProcessFigures {
  /** When it started, in milliseconds of the epoch. */
  readonly startedAt: number;
  /** The CPU time it has used, in seconds. */
  readonly cpuSeconds?: number;
  /** Its resident memory, in bytes. */
  readonly residentBytes?: number;
  /** The part of the heap that is in use, in bytes. */
  readonly heapBytes?: number;
}

/** The part of Node's `process` that is used here. Deno and Bun have it, too. */
interface Process {
  cpuUsage?(): { readonly user: number; readonly system: number };
  memoryUsage?(): { readonly rss: number; readonly heapUsed: number };
}

/**
 * Measures this process. It needs no permission. Runtimes at the edge may have
 * no process to measure.
 */
export function processFigures(): ProcessFigures {
  const { process } = globalThis as { process?: Process };
  const cpu = tried(() => process?.cpuUsage?.());
  const memory = tried(() => process?.memoryUsage?.());
  return {
    startedAt: performance.timeOrigin,
    // In microseconds.
    ...(cpu && { cpuSeconds: (cpu.user + cpu.system) / 1e6 }),
    ...(memory && { residentBytes: memory.rss, heapBytes: memory.heapUsed }),
  };
}

/** Calls a function that may be a stub that throws. */
function tried<T>(measure: () => T): T | undefined {
  try {
    return measure();
  } catch {
    return undefined;
  }
}
