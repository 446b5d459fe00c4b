import type { NotifierStatus } from "../status.ts";
import { MESSAGE, STATE } from "./restore.ts";
import { type DeskState, INITIAL_STATE, readState } from "./saved.ts";

/** What can be said of a notifier in numbers. */
type Numbers = Omit<NotifierStatus, "name" | "type" | "waiting">;

/** The numbers of a desk in this state, with so many messages that wait. */
export function numbersOf(state: DeskState, pending: number): Numbers {
  const { sent, failed, givenUp, lastSuccessAt, failure } = state;
  return { pending, sent, failed, givenUp, lastSuccessAt, failure };
}

/** The numbers of a desk that has saved these values. */
export function statusOf(
  saved: Iterable<readonly [name: string, value: string]>,
): Numbers {
  let state = INITIAL_STATE;
  let pending = 0;
  for (const [name, value] of saved) {
    if (name === STATE) state = readState(value);
    else if (name.startsWith(MESSAGE)) pending++;
  }
  return numbersOf(state, pending);
}
