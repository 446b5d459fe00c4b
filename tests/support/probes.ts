import { error, fail, pass, warn } from "../../src/core/outcome.ts";
import type { Outcome, Probe } from "../../src/core/types.ts";

/** The target answered as it should. */
export const PASS: Outcome = pass();
/** It answered too slowly. */
export const WARN: Outcome = warn({ code: "latency", message: "Too slow" });
/** It did not answer. */
export const FAIL: Outcome = fail({
  code: "refused",
  message: "Connection refused",
});
/** We could not tell. */
export const ERROR: Outcome = error({
  code: "permission",
  message: "Not allowed to look",
});

/** What one attempt does: it has this outcome at once, or does as it is told. */
export type Step = Outcome | ((signal: AbortSignal) => Promise<Outcome>);

/** What attempts were made, of one probe or of several that share a log. */
export class AttemptLog {
  /** When each attempt began, by the clock that tests may fake. */
  readonly startedAt: number[] = [];
  /** The signal of each attempt. */
  readonly signals: AbortSignal[] = [];
  /** How many are in flight. */
  inFlight = 0;
  /** How many were in flight at most. */
  peak = 0;

  /** How many attempts began. */
  get attempts(): number {
    return this.startedAt.length;
  }
}

/** A probe that does as it was told, and remembers what was asked of it. */
export interface ScriptedProbe extends Probe {
  readonly log: AttemptLog;
}

/** How a scripted probe is known. */
export interface ScriptOptions {
  readonly target?: string;
  readonly log?: AttemptLog;
}

/** Makes a probe that takes one step an attempt, the last one over and over. */
export function scripted(
  steps: readonly Step[],
  { target = "script", log = new AttemptLog() }: ScriptOptions = {},
): ScriptedProbe {
  let attempts = 0;
  const run = async (signal: AbortSignal): Promise<Outcome> => {
    const step = steps[Math.min(attempts++, steps.length - 1)]!;
    log.startedAt.push(Date.now());
    log.signals.push(signal);
    log.peak = Math.max(log.peak, ++log.inFlight);
    try {
      return await (typeof step === "function" ? step(signal) : step);
    } finally {
      log.inFlight--;
    }
  };
  return Object.assign(run, { type: "script", target, permissions: [], log });
}

/** Has no outcome, and gives up when it is told to. */
export function hang(signal: AbortSignal): Promise<Outcome> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  });
}

/** Has its outcome after a while, and gives up when it is told to. */
export function after(ms: number, outcome: Outcome): Step {
  return (signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(outcome), ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      }, { once: true });
    });
}

/** A step that pays no attention to its signal, and ends when it is let go. */
export interface HeldStep {
  readonly step: Step;
  readonly letGo: (outcome: Outcome) => void;
}

/** Makes a step that is deaf to its signal. */
export function held(): HeldStep {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  return { step: () => promise, letGo: resolve };
}
