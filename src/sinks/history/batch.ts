import type { Incident } from "../../core/past/incident.ts";
import type { HandChange } from "../../core/past/by_hand.ts";
import type { Events } from "./events.ts";

/** What happened in a time in which all checks were watched. */
export interface Batch extends Events {
  /** When it begins, in milliseconds of the epoch. */
  readonly since: number;
  /** When it ends. */
  readonly until: number;
}

/** What changed of the values that are kept for others. */
export interface KeptChange {
  /** Values by their names; those that are `null` are removed. */
  readonly values: readonly (readonly [name: string, value: string | null])[];
  /** Whether these are all values that there are. */
  readonly isAll: boolean;
}

/** What is written at a time, in one transaction. */
export interface Entry {
  /** What happened, in its order. */
  readonly batches: readonly Batch[];
  /**
   * A list of the numbers and ids of checks that have a new number, as JSON: of
   * many, a copy takes less time.
   */
  readonly checks: string;
  /** Checks of which nothing is known any more of what was before. */
  readonly forgotten: readonly number[];
  /** What is known of checks at the end of the batches, as text. */
  readonly states: readonly (readonly [check: number, state: string])[];
  /** Incidents that began, changed or ended. */
  readonly incidents: readonly Incident[];
  /** All maintenance by hand that is not over, if that changed. */
  readonly byHand?: readonly HandChange[];
  /** Values of others that changed, if any did. */
  readonly kept?: KeptChange;
  /** The only checks whose states stay, if there is such a list. */
  readonly present?: Uint32Array;
}

/** The numbers and ids of the checks of an entry. */
export function checksOf(checks: string): [number: number, id: string][] {
  return checks === "" ? [] : JSON.parse(checks);
}
