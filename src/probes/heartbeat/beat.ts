import type { Ping } from "../../core/types.ts";
import { ended, type Run, started } from "./runs.ts";
import type { Timing } from "./timing.ts";

/** What the last ping that was about an end said. */
export interface End {
  readonly signal: "success" | "fail" | number;
  readonly at: number;
  /** How long the run took; `null` if its start is not known. */
  readonly durationMs: number | null;
}

/** What is known of a job by its pings; times are milliseconds of the epoch. */
export interface Beat {
  /** When it was last heard of, but for a log. */
  readonly lastAt: number | null;
  /** When it was last heard that what was due was done. */
  readonly answeredAt: number | null;
  /** When the next ping is due; `null` before the first one. */
  readonly dueAt: number | null;
  /** Whether that one was missed, and nothing was heard since. */
  readonly isMissed: boolean;
  /** What was missed last, since the last end. */
  readonly miss: Miss | null;
  /** The grace begins now at the earliest: nobody listened before. */
  readonly listeningSince: number;
  readonly runs: readonly Run[];
  readonly end: End | null;
  /** What the job last printed, as far as it told. */
  readonly output: string | null;
  /** Whether that is of a run that has not ended. */
  readonly isOutputNew: boolean;
}

/** What was missed. */
export type Miss =
  | { readonly type: "ping"; readonly dueAt: number }
  | { readonly type: "end"; readonly since: number };

/** A jump back of the clock by less does not make cron repeat what it ran. */
const REPEAT_MS = 3 * 3_600_000;

/** What is known before the first ping. */
export function initialBeat(now: number): Beat {
  return {
    lastAt: null,
    answeredAt: null,
    dueAt: null,
    isMissed: false,
    miss: null,
    listeningSince: now,
    runs: [],
    end: null,
    output: null,
    isOutputNew: false,
  };
}

/** Takes a ping. */
export function takePing(
  beat: Beat,
  ping: Ping,
  at: number,
  timing: Timing,
): Beat {
  const { signal, run: id = "" } = ping;
  const output = ping.output ?? null;
  if (signal === "log") {
    return output === null ? beat : { ...beat, output, isOutputNew: true };
  }
  if (signal === "start") {
    const isLimited = timing.maxRuntimeMs !== undefined;
    const answers = isLimited || beat.dueAt === null;
    return {
      ...beat,
      lastAt: at,
      runs: started(beat.runs, id, at, isLimited),
      output,
      isOutputNew: true,
      // Without a limit its end is due as if it had not been started.
      ...(answers && answered(beat, at, timing)),
    };
  }
  const { runs, run } = ended(beat.runs, id);
  return {
    ...beat,
    ...answered(beat, at, timing),
    lastAt: at,
    miss: null,
    runs,
    end: {
      signal,
      at,
      durationMs: run === undefined ? null : Math.max(0, at - run.startedAt),
    },
    output: output ?? (beat.isOutputNew ? beat.output : null),
    isOutputNew: false,
  };
}

/** What changes where a ping tells that what was due was done. */
function answered(
  beat: Beat,
  at: number,
  timing: Timing,
): Pick<Beat, "answeredAt" | "dueAt" | "isMissed"> {
  const dueAt = nextDue(beat, at, timing);
  return { answeredAt: at, dueAt, isMissed: false };
}

/** When the next ping is due after one at `at`. */
function nextDue(
  { dueAt, isMissed, answeredAt }: Beat,
  at: number,
  timing: Timing,
): number {
  if (timing.isRelative) return timing.next(at);
  // A late one counts for the run that it is late for, though the next is near.
  const isLate = dueAt !== null && dueAt <= at && !isMissed;
  const coming = dueAt !== null && dueAt > at ? dueAt : timing.next(at);
  const early = coming - at;
  const isEarly = !isLate && early <= timing.earlinessOf(coming) &&
    (answeredAt === null || early < at - answeredAt);
  return isEarly ? timing.next(coming) : coming;
}

/** When something is missed unless there is a ping before; `null` for never. */
export function deadlineOf(
  { dueAt, isMissed, listeningSince, runs }: Beat,
  timing: Timing,
): number | null {
  if (dueAt === null) return null;
  const grace = timing.graceOf(dueAt);
  const end = firstEndOf(runs, timing);
  if (end !== null) {
    return end >= listeningSince ? end : listeningSince + grace;
  }
  if (isMissed) return null;
  // A run whose end may have been told to nobody may take its time, too.
  const { maxRuntimeMs } = timing;
  const ends = maxRuntimeMs === undefined
    ? []
    : runs.map(({ since }) => since + maxRuntimeMs);
  return Math.max(dueAt, listeningSince, ...ends) + grace;
}

/** When the next ping is due, for people; `null` if none is. */
export function dueOf(
  { runs, isMissed, dueAt }: Beat,
  timing: Timing,
): number | null {
  return firstEndOf(runs, timing) ?? (isMissed ? null : dueAt);
}

/** When the first of the runs that are watched has to end; `null` without one. */
function firstEndOf(
  runs: readonly Run[],
  { maxRuntimeMs }: Timing,
): number | null {
  const watched = runs.filter(({ isWatched }) => isWatched);
  return maxRuntimeMs === undefined || watched.length === 0
    ? null
    : Math.min(...watched.map(({ since }) => since)) + maxRuntimeMs;
}

/** Notes what was missed by now. Returns nothing if nothing was. */
export function expire(
  beat: Beat,
  now: number,
  timing: Timing,
): Beat | undefined {
  const deadline = deadlineOf(beat, timing);
  if (deadline === null || deadline > now) return undefined;
  const { maxRuntimeMs = 0 } = timing;
  const end = firstEndOf(beat.runs, timing);
  if (end === null) {
    return {
      ...beat,
      isMissed: true,
      miss: { type: "ping", dueAt: beat.dueAt! },
    };
  }
  return {
    ...beat,
    runs: beat.runs.map((run) =>
      run.since + maxRuntimeMs <= now ? { ...run, isWatched: false } : run
    ),
    miss: { type: "end", since: end - maxRuntimeMs },
  };
}

/** Notes that this process was stalled until now, and may have lost nothing. */
export function stalled(beat: Beat, now: number): Beat {
  return { ...beat, listeningSince: now };
}

/**
 * Notes that nobody listened until now: what was due meanwhile has its grace from
 * now on, and runs may have ended.
 */
export function away(beat: Beat, now: number): Beat {
  return {
    ...stalled(beat, now),
    runs: beat.runs.map((run) => ({ ...run, isWatched: false })),
  };
}

/** Notes that the clock was set, or that the machine slept, by so much. */
export function clockSet(
  beat: Beat,
  ms: number,
  now: number,
  timing: Timing,
): Beat {
  const { dueAt, lastAt, answeredAt } = beat;
  const isLongAgo = ms <= -REPEAT_MS;
  const set: Beat = {
    ...beat,
    listeningSince: Math.min(beat.listeningSince, now),
    lastAt: lastAt === null ? null : Math.min(lastAt, now),
    answeredAt: answeredAt === null ? null : Math.min(answeredAt, now),
    runs: beat.runs.map((run) => ({
      ...run,
      since: run.since + ms,
      startedAt: run.startedAt + ms,
    })),
    dueAt: dueAt === null
      ? null
      : timing.isRelative
      ? dueAt + ms
      : isLongAgo
      ? Math.min(dueAt, timing.next(now))
      : dueAt,
  };
  return ms > 0 ? away(set, now) : set;
}

/** Notes that pings are now due by another timing. */
export function retimed(beat: Beat, timing: Timing): Beat {
  const { answeredAt } = beat;
  if (answeredAt === null) return beat;
  const unanswered = { ...beat, answeredAt: null, dueAt: null };
  return { ...beat, ...answered(unanswered, answeredAt, timing) };
}
