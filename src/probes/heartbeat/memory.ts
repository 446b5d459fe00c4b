import { type Json, mapOf } from "../../core/json.ts";
import { MAX_OUTPUT, MAX_RUN_LENGTH } from "../../core/types.ts";
import { type Beat, type End, initialBeat, type Miss } from "./beat.ts";
import { MAX_RUNS, type Run } from "./runs.ts";

/** What a heartbeat remembers, and for which timing. */
export interface Memory {
  readonly key: string;
  readonly beat: Beat;
}

/** Writes what a heartbeat remembers. */
export function toMemory({ key, beat }: Memory): Json {
  const { listeningSince: _, runs, end, miss, ...rest } = beat;
  return {
    ...rest,
    key,
    miss: miss && { ...miss },
    runs: runs.map((run) => ({ ...run })),
    end: end && { ...end },
  };
}

/** Reads what was remembered, which may be anything. */
export function fromMemory(memory: Json | undefined, now: number): Memory {
  const initial = initialBeat(now);
  const fields = mapOf<Json>(memory);
  const output = fields.output;
  const beat: Beat = {
    ...initial,
    lastAt: timeOf(fields.lastAt),
    answeredAt: timeOf(fields.answeredAt),
    dueAt: timeOf(fields.dueAt),
    isMissed: fields.isMissed === true,
    miss: missOf(fields.miss),
    runs: listOf(fields.runs).slice(0, MAX_RUNS).flatMap(runOf),
    end: endOf(fields.end),
    output: typeof output === "string" ? output.slice(0, MAX_OUTPUT) : null,
    isOutputNew: fields.isOutputNew === true,
  };
  // These have values together, or none has.
  const isWhole = beat.dueAt === null ||
    beat.lastAt !== null && beat.answeredAt !== null;
  return { key: String(fields.key ?? ""), beat: isWhole ? beat : initial };
}

function runOf(value: Json): Run[] {
  const { id, since, startedAt, isWatched } = mapOf<Json>(value);
  const [from, last] = [timeOf(since), timeOf(startedAt)];
  return typeof id === "string" && id.length <= MAX_RUN_LENGTH &&
      from !== null && last !== null
    ? [{ id, since: from, startedAt: last, isWatched: isWatched === true }]
    : [];
}

function missOf(value: Json | undefined): Miss | null {
  const { type, dueAt, since } = mapOf<Json>(value);
  const [due, from] = [timeOf(dueAt), timeOf(since)];
  if (type === "ping" && due !== null) return { type, dueAt: due };
  return type === "end" && from !== null ? { type, since: from } : null;
}

function endOf(value: Json | undefined): End | null {
  const { signal, at, durationMs } = mapOf<Json>(value);
  const time = timeOf(at);
  const isSignal = signal === "success" || signal === "fail" ||
    Number.isInteger(signal);
  if (!isSignal || time === null) return null;
  return {
    signal: signal as End["signal"],
    at: time,
    durationMs: timeOf(durationMs),
  };
}

function timeOf(value: Json | undefined): number | null {
  return typeof value === "number" && value >= 0 && value <= 864e13
    ? value
    : null;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
