import type { Case } from "./case.ts";
import type { Desktop } from "./desktop.ts";
import { dueAt, remindAt } from "./due.ts";
import { flush, remind } from "./flush.ts";
import { type Hold, holdAt, SELF_POLL_MS } from "./hold.ts";
import type { Message } from "./message.ts";
import type { DeskState } from "./saved/saved.ts";
import type { Scene } from "./sighting.ts";

const MIN_STORM = 5;

/** When a desk looks what is to be told. */
export interface LookOptions {
  readonly now: number;
  readonly scene: Scene;
  /** When it first looked. */
  readonly startedAt: number;
}

/** Makes messages of what is to be told now. */
export function look(
  desktop: Desktop,
  { now, scene, startedAt }: LookOptions,
): void {
  const { policy, outbox, window } = desktop;
  desktop.nextLook = Infinity;
  desktop.waiting = null;
  // The clock may have been set back.
  desktop.window = window === null ? null : Math.min(window, now);
  const nextMake = nextMakeOf(desktop, now);
  const hold = holdAt(now, { policy, scene, startedAt, nextMake });
  desktop.hold = hold?.by ?? null;
  tell(desktop, { now, scene, hold });
  remindOf(desktop, { now, scene, hold });
  if (hold?.by === "start") desktop.lookBy(hold.until);
  if (policy.self.length > 0 && outbox.size > 0) {
    desktop.lookBy(now + SELF_POLL_MS);
  }
}

interface TellOptions {
  readonly now: number;
  readonly scene: Scene;
  readonly hold: Hold | null;
}

/** Gathers what is due, and makes messages of it once that is over. */
function tell(desktop: Desktop, { now, scene, hold }: TellOptions): void {
  const { policy, cases, gatherMs, state } = desktop;
  const { forgotten } = state;
  const due: Case[] = [];
  const over = [...cases.held];
  let next = Infinity;
  for (const known of cases.all) {
    const at = dueAt(known, policy);
    if (at <= now) due.push(known);
    else next = Math.min(next, at);
  }
  const isOver = over.length + forgotten > 0;
  if (desktop.window === null && due.length === 0 && !isOver) {
    rest(desktop, next);
    return;
  }
  const opened = desktop.window ??= now;
  const flushAt = opened + gatherMs;
  if (flushAt > now) {
    desktop.lookBy(flushAt);
    return;
  }
  if (hold !== null) {
    if (due.length > 0 || isOver) desktop.waiting = hold.by;
    desktop.lookBy(hold.until);
    const { by } = hold;
    if (state.hold === null && (by === "quiet" || by === "limit")) {
      desktop.note({ hold: { by, since: now } });
    }
    return;
  }
  // That of what is over may be damaged.
  const held: DeskState["hold"] = state.hold ??
    (isOver ? { by: "limit", since: now } : null);
  const storm = stormOf(scene, opened - gatherMs - policy.afterMs);
  const isAll = flush(due, desktop, {
    now,
    ...(storm === undefined ? {} : { storm }),
    ...(held === null ? {} : { held: { ...held, cases: over, forgotten } }),
  });
  if (forgotten > 0) desktop.note({ forgotten: 0 });
  if (isAll) {
    rest(desktop, next);
    return;
  }
  desktop.hold = desktop.waiting = "limit";
  desktop.note({ hold: { by: "limit", since: now } });
  desktop.lookBy(nextMakeOf(desktop, now));
}

/** Waits until something is due. */
function rest(desktop: Desktop, next: number): void {
  desktop.window = null;
  if (desktop.state.hold !== null) desktop.note({ hold: null });
  desktop.lookBy(next);
}

/** Reminds of all that lasts when one of them is due. */
function remindOf(desktop: Desktop, { now, hold }: TellOptions): void {
  const { policy } = desktop;
  if (policy.remindMs === null) return;
  const lasting: Case[] = [];
  let next = Infinity;
  for (const known of desktop.cases.all) {
    const at = remindAt(known, policy);
    if (at === Infinity) continue;
    lasting.push(known);
    next = Math.min(next, at);
  }
  if (next > now) {
    desktop.lookBy(next);
  } else if (hold !== null) {
    desktop.waiting = hold.by;
    desktop.lookBy(hold.until);
  } else if (!remind(lasting, desktop, { now })) {
    desktop.waiting = "limit";
    desktop.lookBy(nextMakeOf(desktop, now));
  }
}

function nextMakeOf(
  { allowance, policy, outbox }: Desktop,
  now: number,
): number {
  return allowance.nextMake(policy.limit, outbox.all, now);
}

/** How many checks have failed since an instant, if that is a storm. */
function stormOf(scene: Scene, since: number): Message["storm"] {
  const { checks } = scene;
  if (checks < MIN_STORM) return undefined;
  const down = scene.downSince(since);
  return down >= MIN_STORM && down * 2 > checks ? { down, checks } : undefined;
}
