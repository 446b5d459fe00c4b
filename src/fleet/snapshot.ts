import type { State } from "../core/state.ts";
import type { Snapshot } from "../core/types.ts";
import type { Looker } from "./sharing.ts";
import type { CheckInfo } from "./step.ts";

/** What is known of a check, for people and programs. */
export function snapshotOf(
  info: CheckInfo,
  state: State,
  due: number | null,
  looker: Looker | null,
): Snapshot {
  const snapshot = {
    ...info,
    status: state.status,
    checking: state.checking,
    starting: state.starting,
    failures: state.failures,
    successes: state.successes,
    verdict: state.verdict,
    reason: state.reason,
    detail: state.detail,
    since: new Date(state.since),
    checkedAt: toDate(state.checkedAt),
    nextAt: toDate(due),
    durationMs: state.durationMs,
    attempts: state.attempts,
    transitions: state.transitions,
    ...looker,
  };
  return Object.freeze(state.stale ? { ...snapshot, stale: true } : snapshot);
}

function toDate(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}
