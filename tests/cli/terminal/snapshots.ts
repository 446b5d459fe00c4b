import type { Snapshot } from "../../../src/core/types.ts";

/** When the snapshots of tests were taken. */
export const NOW: number = Date.UTC(2026, 0, 2);

/** A snapshot of a check that was tried once, with these fields. */
export function snapshot(about: Partial<Snapshot>): Snapshot {
  return {
    id: "a",
    group: null,
    type: "tcp",
    target: "127.0.0.1:1",
    status: "healthy",
    checking: false,
    starting: false,
    failures: 0,
    successes: 1,
    verdict: "pass",
    reason: null,
    detail: null,
    since: new Date(NOW),
    checkedAt: new Date(NOW),
    nextAt: null,
    durationMs: 1,
    attempts: 1,
    transitions: 1,
    ...about,
  };
}
