import type { Status } from "../types.ts";
import {
  attach,
  type Case,
  isOpen,
  type MentionKind,
  type Pending,
} from "./case.ts";
import type { Ledger } from "./ledger.ts";
import { eventOf } from "./due.ts";
import type { Message, MessageEvent } from "./message.ts";
import { withdrawOpen } from "./withdrawal.ts";

/** What messages are made with. */
export interface FlushOptions {
  readonly now: number;
  readonly storm?: Message["storm"];
  /** What was held back before, if something was. */
  readonly held?: {
    readonly since: number;
    readonly by: "limit" | "quiet";
    /** What is over, and is told all the same. */
    readonly cases: readonly Case[];
    /** How many more there were. */
    readonly forgotten: number;
  };
}

interface Making {
  readonly ledger: Ledger;
  readonly now: number;
}

const ORDER = ["up", "unknown", "degraded", "down"] as const;

/**
 * Makes messages of what is due: one for each event. Returns whether the limit
 * allowed all of them.
 */
export function flush(
  due: readonly Case[],
  ledger: Ledger,
  options: FlushOptions,
): boolean {
  const { now, held, storm } = options;
  const groups = ORDER.map((event) => ({
    event,
    group: due.filter(({ problem }) => eventOfProblem(problem) === event),
  }));
  const begun = due.filter(({ told }) => told === null).length;
  const hasOthers = groups.some(({ event, group }) =>
    event !== "up" && group.length > 0
  );
  let before = held;
  for (const { event, group } of groups) {
    const isForHeld = event === "up" && before !== undefined &&
      before.cases.length > 0 && !hasOthers;
    if (group.length === 0 && !isForHeld) continue;
    const message = messageFor(event, group, { ledger, now });
    if (message === undefined) return false;
    for (const one of group) mention(one, message, { ledger, now });
    if (before !== undefined) {
      addHeld(message, { ...before, begun }, ledger);
      before = undefined;
    }
    if (event === "down" && storm !== undefined) message.storm = storm;
    finish(message, { ledger, now });
  }
  return true;
}

/**
 * Makes a reminder of problems that last. Returns whether the limit allowed it.
 */
export function remind(
  cases: readonly Case[],
  ledger: Ledger,
  { now }: FlushOptions,
): boolean {
  const message = messageFor("reminder", cases, { ledger, now });
  if (message === undefined) return false;
  for (const one of cases) {
    const { status } = one.told!;
    add(one, message, { kind: "remind", status, before: status });
    ledger.cases.save(one);
  }
  finish(message, { ledger, now });
  return true;
}

function eventOfProblem(
  { ended, status }: Case["problem"],
): typeof ORDER[number] {
  return ended === null && status !== "healthy" ? eventOf(status) : "up";
}

/** A message that waits and can take them in, or else another one. */
function messageFor(
  event: MessageEvent,
  cases: readonly Case[],
  { ledger, now }: Making,
): Pending | undefined {
  const { outbox, allowance, policy } = ledger;
  const open = outbox.openOne(event);
  // What others tell of them is taken out of those that are open.
  const fits = open !== undefined &&
    cases.every(({ mentions }) =>
      mentions.every((mention) =>
        isOpen(mention.in) || mention.in.number < open.number
      )
    );
  if (fits) return open;
  if (allowance.nextMake(policy.limit, outbox.all, now) > now) return undefined;
  const number = ledger.state.number + 1;
  ledger.note({ number });
  return {
    id: `${Math.max(0, now).toString(36).padStart(9, "0")}-${number}`,
    number,
    event,
    at: now,
    mentions: new Map(),
    storm: undefined,
    held: undefined,
    limitedUntil: undefined,
    failures: 0,
    nextAt: -Infinity,
    triedAt: -Infinity,
    mayHaveArrived: false,
    countedAt: -Infinity,
    isInFlight: false,
    isRefused: false,
    after: new Set(),
  };
}

function mention(
  one: Case,
  message: Pending,
  { ledger, now }: Making,
): void {
  const { cases } = ledger;
  const { problem } = one;
  if (problem.ended !== null) {
    const { status } = one.told!;
    add(one, message, { kind: "end", status, before: status });
    cases.save(one);
    return;
  }
  // What it was to be told before, and was not.
  withdrawOpen(one, ledger);
  const { status } = problem;
  const { told } = one;
  if (told?.status === status) return;
  add(one, message, {
    kind: told === null ? "begin" : "change",
    status,
    before: told?.status ?? null,
  });
  const key = told?.key ?? keyOf(message);
  cases.tell(one, { status, at: now, key });
}

function add(
  one: Case,
  message: Pending,
  { kind, status, before }: {
    readonly kind: MentionKind;
    readonly status: Status;
    readonly before: Status | null;
  },
): void {
  attach({ of: one, in: message, kind, status, before });
}

/** The key of those whose beginning a message tells. */
function keyOf({ mentions }: Pending): string {
  for (const { kind, of } of mentions.values()) {
    if (kind === "begin") return of.told?.key ?? of.problem.id;
  }
  throw new TypeError("A message without beginnings has no key");
}

function addHeld(
  message: Pending,
  { since, by, cases, forgotten, begun }: NonNullable<FlushOptions["held"]> & {
    readonly begun: number;
  },
  ledger: Ledger,
): void {
  for (const one of cases) {
    const { status } = one.problem;
    add(one, message, { kind: "held", status, before: null });
    ledger.cases.held.delete(one);
    ledger.cases.save(one);
  }
  const { held } = message;
  const count = begun + cases.length + forgotten + (held?.count ?? 0);
  if (count > 0) message.held = { since: held?.since ?? since, by, count };
}

function finish(
  message: Pending,
  { ledger: { outbox, allowance, policy }, now }: Making,
): void {
  if (message.mentions.size === 0) {
    if (outbox.get(message.id) !== undefined) outbox.remove(message);
    return;
  }
  outbox.put(message);
  const next = allowance.nextMake(policy.limit, outbox.all, now);
  if (next > now) message.limitedUntil = next;
  outbox.save(message);
}
