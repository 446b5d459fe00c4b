/** What this process uses, as far as the runtime says. */
export interface ProcessFigures {
  /** When it started, in milliseconds of the epoch. */
  readonly startedAt: number;
  /** The time of processors that it took, in seconds. */
  readonly cpuSeconds?: number;
  /** The memory that it takes, in bytes. */
  readonly residentBytes?: number;
  /** The part of the heap that is in use, in bytes. */
  readonly heapBytes?: number;
}

/** The part of Node's `process` that says so; Deno and Bun have it, too. */
interface Process {
  cpuUsage?(): { readonly user: number; readonly system: number };
  memoryUsage?(): { readonly rss: number; readonly heapUsed: number };
}

/**
 * Measures this process, which needs no permission. What a runtime does not
 * say is left out: on some edges there is no process to speak of.
 */
export function processFigures(): ProcessFigures {
  const { process } = globalThis as { process?: Process };
  const cpu = tried(() => process?.cpuUsage?.());
  const memory = tried(() => process?.memoryUsage?.());
  return {
    startedAt: performance.timeOrigin,
    // Microseconds.
    ...(cpu && { cpuSeconds: (cpu.user + cpu.system) / 1e6 }),
    ...(memory && { residentBytes: memory.rss, heapBytes: memory.heapUsed }),
  };
}

/** What is there may still be a stub that throws. */
function tried<T>(measure: () => T): T | undefined {
  try {
    return measure();
  } catch {
    return undefined;
  }
}
