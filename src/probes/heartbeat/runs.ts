/** The most runs that are remembered at a time. */
export const MAX_RUNS = 100;

/** A run of the job that has started and not ended. */
export interface Run {
  /** What the job calls it; empty if it does not. */
  readonly id: string;
  /** When it first said that it has started, which `max_runtime` counts from. */
  readonly since: number;
  /** When it last said so, which its duration counts from. */
  readonly startedAt: number;
  /**
   * Whether `max_runtime` is over. It also is not watched if its end may have come
   * while nobody listened.
   */
  readonly isWatched: boolean;
}

/** Adds a run, or notes that one has started again. */
export function started(
  runs: readonly Run[],
  id: string,
  at: number,
  isLimited: boolean,
): readonly Run[] {
  const old = runs.find((run) => run.id === id);
  if (old !== undefined) {
    const again: Run = old.isWatched
      ? { ...old, startedAt: at }
      : { id, since: at, startedAt: at, isWatched: isLimited };
    return runs.map((run) => run === old ? again : run);
  }
  const run: Run = { id, since: at, startedAt: at, isWatched: isLimited };
  if (runs.length < MAX_RUNS) return [...runs, run];
  // The oldest that are watched stay: that they do not end is to be told.
  const spare = runs.findIndex(({ isWatched }) => !isWatched);
  return spare < 0 ? runs : [...runs.toSpliced(spare, 1), run];
}

/** Takes a run out. */
export function ended(
  runs: readonly Run[],
  id: string,
): { readonly runs: readonly Run[]; readonly run: Run | undefined } {
  const run = runs.find((run) => run.id === id);
  return run === undefined
    ? { runs, run }
    : { runs: runs.filter((other) => other !== run), run };
}
