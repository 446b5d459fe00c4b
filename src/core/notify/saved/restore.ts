import { attach, type Case, type Pending } from "../case.ts";
import {
  type DeskState,
  INITIAL_STATE,
  readCase,
  readMessage,
  readState,
  type SavedCase,
  type SavedMessage,
} from "./saved.ts";

/** What the names of saved values begin with. */
export const PROBLEM = "problem/";
/** Likewise, of messages. */
export const MESSAGE = "message/";
/** The name of what is saved beside. */
export const STATE = "state";

/** What a desk had saved. */
export interface Restored {
  readonly state: DeskState;
  /** In the order in which they began. */
  readonly cases: readonly Case[];
  /** In the order in which they were made. */
  readonly messages: readonly Pending[];
  /** The names of values that cannot be read. */
  readonly damaged: readonly string[];
}

/**
 * Reads what a desk had saved. A message that cannot be read takes nothing with
 * it: what it was to tell counts as told if it is a beginning, and not if it is an
 * end.
 */
export function restore(
  saved: Iterable<readonly [name: string, value: string]>,
): Restored {
  let state = { ...INITIAL_STATE };
  const messages: SavedMessage[] = [];
  const cases: SavedCase[] = [];
  const damaged: string[] = [];
  for (const [name, value] of saved) {
    if (name === STATE) {
      state = readState(value);
    } else if (name.startsWith(MESSAGE)) {
      const message = readMessage(value);
      const isOwn = message?.id === name.slice(MESSAGE.length);
      if (isOwn) messages.push(message!);
      else damaged.push(name);
    } else if (name.startsWith(PROBLEM)) {
      const known = readCase(value);
      const isOwn = known?.problem.id === name.slice(PROBLEM.length);
      if (isOwn) cases.push(known!);
      else damaged.push(name);
    }
  }
  const pending = new Map(
    messages.sort((a, b) => a.number - b.number)
      .map((message) => [message.id, pendingOf(message)]),
  );
  const restored = cases.sort((a, b) => a.problem.began - b.problem.began)
    .map((known) => caseOf(known, pending));
  for (const message of pending.values()) {
    if (message.mentions.size > 0) continue;
    pending.delete(message.id);
    damaged.push(MESSAGE + message.id);
  }
  const last = messages.at(-1)?.number ?? 0;
  return {
    state: { ...state, number: Math.max(state.number, last) },
    cases: restored,
    messages: [...pending.values()],
    damaged,
  };
}

function pendingOf(saved: SavedMessage): Pending {
  const { storm, held, limitedUntil, ...rest } = saved;
  return {
    ...rest,
    storm,
    held,
    limitedUntil,
    mentions: new Map(),
    nextAt: -Infinity,
    triedAt: -Infinity,
    isInFlight: false,
    isRefused: false,
    after: new Set(),
  };
}

function caseOf(
  { problem, told, mentions, notBefore, isHeld }: SavedCase,
  messages: ReadonlyMap<string, Pending>,
): Case {
  const known: Case = { problem, told, mentions: [], notBefore, isHeld };
  const inOrder = mentions.flatMap(({ message: id, ...rest }) => {
    const message = messages.get(id);
    return message === undefined ? [] : [{ message, ...rest }];
  }).sort((a, b) => a.message.number - b.message.number);
  for (const { message, ...rest } of inOrder) {
    attach({ of: known, in: message, ...rest });
  }
  return known;
}
