import { FIELDS } from "../core/fields.ts";
import type { SavedState } from "../core/state.ts";
import { redactDetail, redactReason } from "../core/outcome.ts";
import type { Json } from "../core/json.ts";
import type { Secrets } from "../core/secrets.ts";
import type { History } from "./history.ts";

/**
 * What is saved of a check from one run to the next, as JSON can have it; times
 * are milliseconds of the epoch.
 */
export interface CheckRecord extends SavedState {
  /** The check's name. */
  readonly id: string;
  /** The kind of its probe. */
  readonly type: string;
  /** The target; the record is not used for another one. */
  readonly target: string;
  /** Its past attempts. */
  readonly history: History;
  /** What a passive probe remembers, if it is one. */
  readonly memory?: Json;
}

/** The fields of the machine's state that are saved. */
const SAVED = (Object.keys(FIELDS) as (keyof SavedState)[])
  .filter((name) => FIELDS[name].saved && FIELDS[name].state);

/** Takes of a state, or of a record, what is saved. */
export function savedStateOf(state: SavedState): SavedState {
  return Object.fromEntries(
    SAVED.map((name) => [name, state[name]]),
  ) as unknown as SavedState;
}

/**
 * Replaces the secrets of a probe in a state, which may have been found by another
 * probe with fewer secrets.
 */
export function redactState<
  T extends Pick<SavedState, "reason" | "cause" | "detail">,
>(
  state: T,
  secrets: Secrets | undefined,
): T {
  if (secrets === undefined) return state;
  const { reason, cause, detail } = state;
  return {
    ...state,
    reason: reason && redactReason(reason, secrets),
    cause: cause && redactReason(cause, secrets),
    detail: detail && redactDetail(detail, secrets),
  };
}

/** Replaces the secrets of a probe in a history, likewise. */
export function redactHistory(
  history: History,
  secrets: Secrets | undefined,
): History {
  if (secrets === undefined) return history;
  return {
    ...history,
    attempts: history.attempts.map((attempt) =>
      attempt.reason === undefined ? attempt : {
        ...attempt,
        reason: redactReason(attempt.reason, secrets),
      }
    ),
  };
}
