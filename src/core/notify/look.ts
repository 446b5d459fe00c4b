import type { Case } from "./case.ts";
import type { Ledger } from "./ledger.ts";
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
  ledger: Ledger,
  { now, scene, startedAt }: LookOptions,
): void {
  const { policy, outbox, window } = ledger;
  ledger.nextLook = Infinity;
  ledger.waiting = null;
  // The clock may have been set back.
  ledger.window = window === null ? null : Math.min(window, now);
  const nextMake = nextMakeOf(ledger, now);
  const hold = holdAt(now, { policy, scene, startedAt, nextMake });
  ledger.hold = hold?.by ?? null;
  tell(ledger, { now, scene, hold });
  remindOf(ledger, { now, scene, hold });
  if (hold?.by === "start") ledger.lookBy(hold.until);
  if (policy.self.length > 0 && outbox.size > 0) {
    ledger.lookBy(now + SELF_POLL_MS);
  }
}

interface TellOptions {
  readonly now: number;
  readonly scene: Scene;
  readonly hold: Hold | null;
}

/** Gathers what is due, and makes messages of it once that is over. */
function tell(ledger: Ledger, { now, scene, hold }: TellOptions): void {
  const { policy, cases, gatherMs, state } = ledger;
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
  if (ledger.window === null && due.length === 0 && !isOver) {
    rest(ledger, next);
    return;
  }
  const opened = ledger.window ??= now;
  const flushAt = opened + gatherMs;
  if (flushAt > now) {
    ledger.lookBy(flushAt);
    return;
  }
  if (hold !== null) {
    if (due.length > 0 || isOver) ledger.waiting = hold.by;
    ledger.lookBy(hold.until);
    const { by } = hold;
    if (state.hold === null && (by === "quiet" || by === "limit")) {
      ledger.note({ hold: { by, since: now } });
    }
    return;
  }
  // That of what is over may be damaged.
  const held: DeskState["hold"] = state.hold ??
    (isOver ? { by: "limit", since: now } : null);
  const storm = stormOf(scene, opened - gatherMs - policy.afterMs);
  const isAll = flush(due, ledger, {
    now,
    ...(storm === undefined ? {} : { storm }),
    ...(held === null ? {} : { held: { ...held, cases: over, forgotten } }),
  });
  if (forgotten > 0) ledger.note({ forgotten: 0 });
  if (isAll) {
    rest(ledger, next);
    return;
  }
  ledger.hold = ledger.waiting = "limit";
  ledger.note({ hold: { by: "limit", since: now } });
  ledger.lookBy(nextMakeOf(ledger, now));
}

/** Waits until something is due. */
function rest(ledger: Ledger, next: number): void {
  ledger.window = null;
  if (ledger.state.hold !== null) ledger.note({ hold: null });
  ledger.lookBy(next);
}

/** Reminds of all that lasts when one of them is due. */
function remindOf(ledger: Ledger, { now, hold }: TellOptions): void {
  const { policy } = ledger;
  if (policy.remindMs === null) return;
  const lasting: Case[] = [];
  let next = Infinity;
  for (const known of ledger.cases.all) {
    const at = remindAt(known, policy);
    if (at === Infinity) continue;
    lasting.push(known);
    next = Math.min(next, at);
  }
  if (next > now) {
    ledger.lookBy(next);
  } else if (hold !== null) {
    ledger.waiting = hold.by;
    ledger.lookBy(hold.until);
  } else if (!remind(lasting, ledger, { now })) {
    ledger.waiting = "limit";
    ledger.lookBy(nextMakeOf(ledger, now));
  }
}

function nextMakeOf(
  { allowance, policy, outbox }: Ledger,
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
