import type { NotifierPolicy } from "./policy.ts";
import type { Scene } from "./sighting.ts";
import type { NotifierStatus } from "./status.ts";

const START_MS = 5 * 60_000;
const START_POLL_MS = 1000;
/** How often it is looked again whether the own network works, in milliseconds. */
export const SELF_POLL_MS = 5000;

/** Why nothing is told now. */
export interface Hold {
  readonly by: Exclude<NotifierStatus["waiting"], "teller" | null>;
  /** When to look again whether it still is so. */
  readonly until: number;
}

/** What decides whether something is told now. */
export interface HoldOptions {
  readonly policy: NotifierPolicy;
  readonly scene: Scene;
  readonly startedAt: number;
  /** When the limit allows another message. */
  readonly nextMake: number;
}

/** Why nothing is told now; `null` if it is. */
export function holdAt(
  now: number,
  { policy, scene, startedAt, nextMake }: HoldOptions,
): Hold | null {
  const startsUntil = startedAt + START_MS;
  if (!scene.isComplete && now >= startedAt && now < startsUntil) {
    return { by: "start", until: Math.min(now + START_POLL_MS, startsUntil) };
  }
  const { self, quiet } = policy;
  if (self.length > 0 && self.every((check) => scene.hasFailed(check))) {
    return { by: "self", until: now + SELF_POLL_MS };
  }
  const until = quiet?.until(now) ?? null;
  if (until !== null) return { by: "quiet", until };
  return nextMake > now ? { by: "limit", until: nextMake } : null;
}
