/**
 * Attempts at a target as an agent makes and records them.
 *
 * @module
 */

import { delayMs, initialState, step } from "../../src/core/machine.ts";
import type { Incident } from "../../src/core/past/incident.ts";
import {
  type CheckIncidents,
  nextIncidents,
  NO_INCIDENTS,
} from "../../src/core/past/incident_rules.ts";
import type { RecordedAttempt, Recording } from "../../src/core/past/replay.ts";
import { parsePolicy, type PolicyOptions } from "../../src/core/policy.ts";
import type { Verdict } from "../../src/core/types.ts";

/** When recordings begin. */
export const START: number = Date.UTC(2026, 10, 20);
const REFUSED = { code: "refused", message: "refused" };

/** What a target is like at a time after the start. */
export type Target = (ms: number) => Verdict;

/** How attempts are made. */
export interface Recorded {
  readonly options?: PolicyOptions;
  /** How long the recording is. */
  readonly ms: number;
  /** How late each attempt is, in turn. */
  readonly lagsMs?: readonly number[];
  readonly durationMs?: number;
  readonly isPassive?: boolean;
}

/** Attempts at a target as an agent makes and records them, with its incidents. */
export function record(
  target: Target,
  { options = {}, ms, lagsMs = [0], durationMs = 0, isPassive = false }:
    Recorded,
): Recording {
  const policy = parsePolicy(options);
  const attempts: RecordedAttempt[] = [];
  const incidents = new Map<string, Incident>();
  let state = initialState(START, policy);
  let known: CheckIncidents = NO_INCIDENTS;
  let due = START;
  while (due < START + ms) {
    const began = due + lagsMs[attempts.length % lagsMs.length]!;
    const verdict = target(began - START);
    const at = began + durationMs;
    const reason = verdict === "pass" ? {} : { reason: REFUSED };
    attempts.push({ verdict, at, durationMs, ...reason });
    state = step(state, { type: "start", at: began }, policy);
    const outcome = { verdict, ...reason };
    state = step(state, { type: "end", at, durationMs, outcome }, policy);
    known = nextIncidents("web", known, {
      type: "attempt",
      at,
      began,
      verdict,
      status: state.status,
      since: state.since,
      reason: state.cause,
    }, { inMaintenance: false, causes: [] });
    if (known.incident !== null) {
      incidents.set(known.incident.id, known.incident);
    }
    due += delayMs(state, policy);
  }
  return {
    check: "web",
    attempts,
    incidents: [...incidents.values()],
    from: START,
    isNew: true,
    isPassive,
    policy,
  };
}

/** A target that fails from one time to another, again and again. */
export function failing(
  ...spans: readonly (readonly [number, number])[]
): Target {
  return (ms) =>
    spans.some(([from, to]) => ms >= from && ms < to) ? "fail" : "pass";
}

/** A target that changes now and then, for ever. */
export function changing(
  pieces: readonly (readonly [Verdict, number])[],
): Target {
  const lengthMs = pieces.reduce((sum, [, s]) => sum + s * 1000, 0);
  return (ms) => {
    let rest = ms % lengthMs;
    for (const [verdict, s] of pieces) {
      rest -= s * 1000;
      if (rest < 0) return verdict;
    }
    return pieces[0]![0];
  };
}
