import { AGENT_TYPE, statusesOf } from "./agent_caption.ts";
import type { Caption } from "./caption.ts";
import type { Status } from "../types.ts";
import type { Case } from "./case.ts";
import type { MessageEvent } from "./message.ts";
import type { NotifierPolicy } from "./policy.ts";

const DEFAULT_GATHER_MS = 30_000;

/** Whether a notifier is for a check. */
export function isInScope(
  { check, group, type }: Pick<Caption, "check" | "group" | "type">,
  { checks, groups }: NotifierPolicy,
): boolean {
  // An agent is of no group, and has all checks.
  if (type === AGENT_TYPE) return true;
  if (checks === null && groups === null) return true;
  if (checks?.has(check)) return true;
  return group !== null && groups !== null && groups.has(group);
}

/** How long a notifier gathers, in milliseconds. */
export function gatherMs(
  { gatherMs, checks, groups }: NotifierPolicy,
  dependsOnOthers: (check: string) => boolean,
): number {
  if (gatherMs !== null) return gatherMs;
  if (checks?.size !== 1 || (groups?.size ?? 0) > 0) return DEFAULT_GATHER_MS;
  const [only] = checks;
  return dependsOnOthers(only!) ? DEFAULT_GATHER_MS : 0;
}

/**
 * From when on there is something to tell of a problem: its beginning, another
 * status or its end, which is due at once; `Infinity` if there is nothing.
 */
export function dueAt(
  { problem, told, mentions, notBefore, isHeld }: Case,
  policy: NotifierPolicy,
): number {
  const { ended, status, since, began, isMuted, unmutedAt } = problem;
  if (ended !== null) {
    const isTold = mentions.some(({ kind }) => kind === "end");
    return told !== null && !isTold && !isHeld && policy.resolved
      ? -Infinity
      : Infinity;
  }
  if (isMuted || told?.status === status) return Infinity;
  if (!statusesOf(policy, problem).includes(status)) return Infinity;
  if (!isInScope(problem, policy)) return Infinity;
  const from = told === null ? began : since;
  return Math.max(from + policy.afterMs, since, unmutedAt, notBefore);
}

/** When a problem is to be told again since it lasts; `Infinity` for never. */
export function remindAt(
  { problem, told, mentions }: Case,
  policy: NotifierPolicy,
): number {
  const lasts = problem.ended === null && told !== null;
  if (!lasts || policy.remindMs === null || mentions.length > 0) {
    return Infinity;
  }
  if (problem.isMuted || !isInScope(problem, policy)) return Infinity;
  return told.at + policy.remindMs;
}

/** What a message is about that tells a status. */
export function eventOf(
  status: Exclude<Status, "healthy">,
): Extract<MessageEvent, "down" | "degraded" | "unknown"> {
  return status === "unhealthy" ? "down" : status;
}
