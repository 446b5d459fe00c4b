import type { Status } from "../../types.ts";
import type { Case, MentionKind, Pending, Told } from "../case.ts";
import type { Message, MessageEvent } from "../message.ts";
import type { Problem } from "../problem.ts";
import type { NotifierStatus } from "../status.ts";

/** The version of the values; those of another one are not read. */
const VERSION = 1;

const STATUSES: readonly unknown[] = [
  "unknown",
  "healthy",
  "degraded",
  "unhealthy",
] satisfies Status[];
const KINDS: readonly unknown[] = [
  "begin",
  "change",
  "remind",
  "end",
  "held",
] satisfies MentionKind[];
const EVENTS: readonly unknown[] = [
  "down",
  "degraded",
  "unknown",
  "reminder",
  "up",
] satisfies MessageEvent[];

/** Programs do not read times after this. */
const YEAR_10000 = Date.UTC(10_000, 0);

/** What a desk knows beside its problems and messages. */
export interface DeskState {
  /** The number of the last message. */
  number: number;
  sent: number;
  failed: number;
  givenUp: number;
  lastSuccessAt: number | null;
  failure: NotifierStatus["failure"];
  /** When messages were sent lately, for the limit. */
  sentAt: readonly number[];
  /** Since when something is held back that is told even if it ends, and why. */
  hold: { readonly by: "quiet" | "limit"; readonly since: number } | null;
  /** How many problems were held back and are forgotten. */
  forgotten: number;
}

/** A desk that has told nothing. */
export const INITIAL_STATE: DeskState = {
  number: 0,
  sent: 0,
  failed: 0,
  givenUp: 0,
  lastSuccessAt: null,
  failure: null,
  sentAt: [],
  hold: null,
  forgotten: 0,
};

/** A mention of a case in a message, by the id of the message. */
export interface SavedMention {
  readonly message: string;
  readonly kind: MentionKind;
  readonly status: Status;
  readonly before: Status | null;
}

/** What is saved of a {@linkcode Case}. */
export interface SavedCase {
  readonly problem: Problem;
  readonly told: Told | null;
  readonly mentions: readonly SavedMention[];
  readonly notBefore: number;
  readonly isHeld: boolean;
}

/** What is saved of a {@linkcode Pending}. */
export interface SavedMessage {
  readonly id: string;
  readonly number: number;
  readonly event: MessageEvent;
  readonly at: number;
  readonly storm?: NonNullable<Message["storm"]>;
  readonly held?: NonNullable<Message["held"]>;
  readonly limitedUntil?: number;
  readonly failures: number;
  readonly countedAt: number;
  /** Whether an attempt may have arrived, one in flight included. */
  readonly mayHaveArrived: boolean;
}

/** A desk's state as it is saved. */
export function writeState(state: DeskState): string {
  return JSON.stringify({ v: VERSION, ...state });
}

/**
 * Problems as they are saved. They never change, and what was told of them does
 * for thousands at a time.
 */
const WRITTEN = new WeakMap<Problem, string>();

/** A case as it is saved. */
export function writeCase(
  { problem, told, mentions, notBefore, isHeld }: Case,
): string {
  const written = WRITTEN.get(problem) ?? JSON.stringify(problem);
  WRITTEN.set(problem, written);
  const saved: Omit<SavedCase, "problem"> = {
    told,
    mentions: mentions.map(({ in: message, kind, status, before }) => ({
      message: message.id,
      kind,
      status,
      before,
    })),
    // JSON has no infinity.
    notBefore: Math.max(0, notBefore),
    isHeld,
  };
  const rest = JSON.stringify({ v: VERSION, ...saved });
  return `{"problem":${written},${rest.slice(1)}`;
}

/** A message as it is saved, without its mentions: these are in the cases. */
export function writeMessage(message: Pending): string {
  const { id, number, event, at, storm, held, limitedUntil } = message;
  const { failures, triedAt, countedAt, mayHaveArrived, isInFlight } = message;
  return JSON.stringify({
    v: VERSION,
    id,
    number,
    event,
    at,
    storm,
    held,
    limitedUntil,
    failures,
    // JSON has no infinity.
    countedAt: Math.max(0, isInFlight ? triedAt : countedAt),
    mayHaveArrived: mayHaveArrived || isInFlight,
  });
}

/** Reads a state; what is damaged of it is as at first. */
export function readState(text: string): DeskState {
  const value = parsed(text) ?? {};
  const { number, sent, failed, givenUp, forgotten } = value;
  const { lastSuccessAt, failure, sentAt, hold } = value;
  return {
    number: isCount(number) ? number : 0,
    sent: isCount(sent) ? sent : 0,
    failed: isCount(failed) ? failed : 0,
    givenUp: isCount(givenUp) ? givenUp : 0,
    lastSuccessAt: isTime(lastSuccessAt) ? lastSuccessAt : null,
    failure: isRecord(failure) && isTime(failure.at) &&
        typeof failure.why === "string"
      ? { at: failure.at, why: failure.why }
      : null,
    sentAt: Array.isArray(sentAt) ? sentAt.filter(isTime) : [],
    hold: isRecord(hold) && isTime(hold.since) && isHolding(hold.by)
      ? { by: hold.by, since: hold.since }
      : null,
    forgotten: isCount(forgotten) ? forgotten : 0,
  };
}

/** Reads a case; `undefined` if it is damaged. */
export function readCase(text: string): SavedCase | undefined {
  const value = parsed(text);
  if (value === undefined) return undefined;
  const { problem, told, mentions, notBefore, isHeld } = value;
  if (!isProblem(problem) || !(told === null || isTold(told))) return undefined;
  if (!Array.isArray(mentions) || !mentions.every(isMention)) return undefined;
  return {
    problem,
    told,
    mentions,
    notBefore: isTime(notBefore) ? notBefore : 0,
    isHeld: isHeld === true,
  };
}

/** Reads a message; `undefined` if it is damaged. */
export function readMessage(text: string): SavedMessage | undefined {
  const value = parsed(text);
  if (value === undefined) return undefined;
  const { id, number, event, at, storm, held, limitedUntil } = value;
  if (typeof id !== "string" || !isCount(number) || !isTime(at)) {
    return undefined;
  }
  if (!EVENTS.includes(event)) return undefined;
  return {
    id,
    number,
    event: event as MessageEvent,
    at,
    ...(isRecord(storm) && isCount(storm.down) && isCount(storm.checks)
      ? { storm: { down: storm.down, checks: storm.checks } }
      : {}),
    ...(isRecord(held) && isTime(held.since) && isCount(held.count) &&
        isHolding(held.by)
      ? { held: { since: held.since, by: held.by, count: held.count } }
      : {}),
    ...(isTime(limitedUntil) ? { limitedUntil } : {}),
    failures: isCount(value.failures) ? value.failures : 0,
    countedAt: isTime(value.countedAt) ? value.countedAt : 0,
    // To tell twice is better than to tell of an end without a beginning.
    mayHaveArrived: value.mayHaveArrived !== false,
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && value.v === VERSION ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): value is Problem {
  if (!isRecord(value)) return false;
  const { id, check, name, group, type, target, link, incident } = value;
  const { because, ended, end } = value;
  return [id, check, type, target].every(isString) &&
    [name, link].every((text) => text === undefined || isString(text)) &&
    [group, incident, because].every((text) =>
      text === null || isString(text)
    ) &&
    [value.since, value.began, value.unmutedAt].every(isTime) &&
    [value.firstReason, value.reason].every(isReason) &&
    STATUSES.includes(value.status) && typeof value.isMuted === "boolean" &&
    (ended === null
      ? end === null
      : isTime(ended) && (end === "recovered" || end === "removed"));
}

function isReason(value: unknown): boolean {
  return isRecord(value) && isString(value.code) && isString(value.message);
}

function isTold(value: unknown): value is Told {
  return isRecord(value) && STATUSES.includes(value.status) &&
    isTime(value.at) && isString(value.key);
}

function isMention(value: unknown): value is SavedMention {
  return isRecord(value) && isString(value.message) &&
    KINDS.includes(value.kind) && STATUSES.includes(value.status) &&
    (value.before === null || STATUSES.includes(value.before));
}

function isHolding(value: unknown): value is "quiet" | "limit" {
  return value === "quiet" || value === "limit";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < YEAR_10000;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
