import type { State } from "../core/machine.ts";
import type { History } from "./history.ts";

/** What of a check's state outlives the process. */
const KEPT = [
  "status",
  "failures",
  "successes",
  "errors",
  "verdict",
  "reason",
  "cause",
  "detail",
  "since",
  "checkedAt",
  "durationMs",
  "checks",
  "transitions",
] as const;

/** The part of a check's state that outlives the process. */
export type KeptState = Pick<State, typeof KEPT[number]>;

/**
 * What is kept of a check from one run to the next, as JSON can have it; times
 * are milliseconds of the epoch.
 */
export interface CheckRecord extends KeptState {
  /** The check's name. */
  readonly id: string;
  /** The kind of its probe. */
  readonly type: string;
  /** What that looked at; the record is of no use for another target. */
  readonly target: string;
  /** Its past. */
  readonly history: History;
}

/** Takes from a state, or a record, what is to be kept. */
export function keptOf(state: KeptState): KeptState {
  return Object.fromEntries(
    KEPT.map((key) => [key, state[key]]),
  ) as unknown as KeptState;
}
