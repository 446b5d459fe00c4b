import { formatDuration } from "../core/duration.ts";
import {
  error,
  fail,
  isShared,
  redactDetail,
  VERDICTS,
} from "../core/outcome.ts";
import { foundAtDeadline } from "../core/stage.ts";
import type { Secrets } from "../core/secrets.ts";
import { oneLine } from "../core/text.ts";
import type { Detail, Outcome, Probe, Reason } from "../core/types.ts";
import { monotonicTime } from "../io/clock.ts";
import { type Ending, Run } from "../io/run.ts";

/** What an attempt found, and how long it took. */
export interface AttemptResult {
  /** What it found. */
  readonly outcome: Outcome;
  /**
   * How long it took, in milliseconds; `null` for a result that was reported
   * without a duration.
   */
  readonly durationMs: number | null;
  /**
   * Whether it is counted: not if it is made of attempts that are counted elsewhere.
   *
   * @default {true}
   */
  readonly isCounted?: boolean;
}

/** An attempt in flight. */
export interface Attempt {
  /** Resolves when the probe has come to rest. Never rejects. */
  readonly atRest: Promise<void>;
  /** Whether the probe has come to rest. */
  readonly isAtRest: boolean;
  /** Gives it up. */
  abort(): void;
}

/** The callbacks of an attempt; none is called before it was started. */
export interface AttemptListener {
  /** Called once with the result; `null` if it was given up. */
  onEnd(result: AttemptResult | null, attempt: Attempt): void;
  /** Called later, when the probe has come to rest, if it ever does. */
  onRest?(): void;
}

/** The longest code of a reason, in characters. */
const MAX_CODE_LENGTH = 60;

/** The shortest stall of this process that excuses a target. */
const MIN_STALL_MS = 100;

/** Starts an attempt, which has a result by its deadline in any case. */
export function startAttempt(
  probe: Probe,
  timeoutMs: number,
  listener: AttemptListener,
): Attempt {
  return new Run<Outcome>(probe, timeoutMs, {
    onEnd(ending, run) {
      // The clock is no finer than microseconds.
      const durationMs = Math.round((monotonicTime() - run.startedAt) * 1000) /
        1000;
      const outcome = toOutcome(ending, run, probe.secrets);
      listener.onEnd(outcome && { durationMs, outcome }, run);
    },
    onRest: () => listener.onRest?.(),
  });
}

/** The outcome of a run; `null` if it was given up. */
function toOutcome(
  ending: Ending<Outcome>,
  run: Run<Outcome>,
  secrets: Secrets | undefined,
): Outcome | null {
  const outcome = outcomeOf(ending, run, secrets);
  const isJudgedByTime = outcome !== null &&
    (isAboutTime(outcome) ||
      ending.type === "timeout" && outcome.verdict !== "error");
  if (!isJudgedByTime) return outcome;
  const lateMs = run.stalledMs;
  return lateMs > Math.max(MIN_STALL_MS, run.timeoutMs / 4)
    ? ourFault(lateMs)
    : outcome;
}

function outcomeOf(
  ending: Ending<Outcome>,
  { timeoutMs, isPrepared, signal }: Run<Outcome>,
  secrets: Secrets | undefined,
): Outcome | null {
  switch (ending.type) {
    case "value":
      return takeOutcome(ending.value, secrets) ?? error(toReason({
        message: `Expected the probe to return an outcome, got ${
          inWords(ending.value)
        }`,
      }, secrets));
    case "error":
      return error(toReason({
        message: `The probe threw ${inWords(ending.error)}`,
      }, secrets));
    case "timeout": {
      if (!isPrepared) return error(notReady(timeoutMs));
      const found = foundBy(signal, secrets);
      if (found !== undefined) return found;
      const { stage } = ending;
      return fail({
        code: "timeout",
        message: `Timed out after ${formatDuration(timeoutMs)}${
          stage === undefined ? "" : ` while ${stage}`
        }`,
      });
    }
    case "abort":
      return null;
    default:
      return ending satisfies never;
  }
}

/** What a probe has found by its deadline, if it says so. */
function foundBy(
  signal: AbortSignal,
  secrets: Secrets | undefined,
): Outcome | undefined {
  try {
    const found = foundAtDeadline(signal);
    return found && takeOutcome(found, secrets);
  } catch {
    return undefined;
  }
}

function notReady(timeoutMs: number): Reason {
  const after = formatDuration(timeoutMs);
  return {
    code: "internal",
    message: `No verdict: the probe was not ready after ${after}`,
  };
}

/**
 * Takes an outcome from a probe or from outside, which may be anything: its
 * reason and its detail are made what they should be, without the secrets of
 * the probe, and copied. Returns nothing if it is not an outcome.
 */
export function takeOutcome(
  value: Outcome,
  secrets: Secrets | undefined,
): Outcome | undefined {
  try {
    const { verdict, reason, detail } = value;
    if (VERDICTS.includes(verdict)) {
      return {
        verdict,
        ...(verdict !== "pass" && { reason: toReason(reason, secrets) }),
        ...(detail !== undefined && { detail: toDetail(detail, secrets) }),
      };
    }
  } catch {
    // It is not an object, or one that throws when it is read.
  }
  return undefined;
}

/** The part of a detail that JSON can have. */
function toDetail(detail: Detail, secrets: Secrets | undefined): Detail {
  if (isShared(detail)) return detail;
  const shown: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(detail)) {
    const isShown = typeof value === "string" || typeof value === "boolean" ||
      Number.isFinite(value);
    if (isShown) shown[key] = value;
  }
  return secrets === undefined
    ? Object.freeze(shown)
    : redactDetail(shown, secrets);
}

function toReason(
  reason: Partial<Reason> | null | undefined,
  secrets: Secrets | undefined,
): Reason {
  const { code, message = "The probe gave no reason" } = reason ?? {};
  return Object.freeze({
    // A custom probe may have any code, or none.
    code: typeof code === "string" && code !== ""
      ? oneLine(code, MAX_CODE_LENGTH)
      : "internal",
    message: oneLine(secrets?.redact(String(message)) ?? String(message)),
  });
}

/** A value in a message. */
export function inWords(value: unknown): string {
  try {
    // JSON has no NaN, no Infinity and no bigint.
    return ["string", "number", "bigint"].includes(typeof value) ||
        value instanceof Error
      ? String(value)
      : JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value;
  }
}

/** Whether a stall of this process may have caused the outcome. */
function isAboutTime({ verdict, reason }: Outcome): boolean {
  return verdict !== "pass" &&
    (reason?.code === "timeout" || reason?.code === "latency");
}

function ourFault(lateMs: number): Outcome {
  return error({
    code: "internal",
    message: `No verdict: this process itself was stalled for ${
      formatDuration(lateMs)
    }`,
  });
}
