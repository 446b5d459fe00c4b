import type { Pending } from "./case.ts";
import type { Desktop } from "./desktop.ts";
import { hasEnds } from "./outbox/outbox.ts";
import type { Delivery } from "./status.ts";
import { detach, settle, withdraw } from "./withdrawal.ts";

/** For how long what was refused is not told again. */
export const REFUSED_MS = 3_600_000;

/** Gives up what was tried for too long. */
export function expire(desktop: Desktop, now: number): void {
  for (const message of desktop.outbox.expired(now)) {
    giveUp(desktop, message, { now, pauseMs: 0 });
  }
}

/** An attempt to send a message begins. */
export function sending(
  { outbox }: Desktop,
  message: Pending,
  now: number,
): void {
  message.isFlying = true;
  message.triedAt = now;
  outbox.save(message);
}

/** What came of an attempt. */
export interface Attempt {
  readonly delivery: Delivery;
  readonly now: number;
  /** From 0 up to 1. */
  readonly random: number;
}

/** An attempt to send a message has ended. */
export function delivered(
  desktop: Desktop,
  message: Pending,
  { delivery, now, random }: Attempt,
): void {
  const { outbox, state } = desktop;
  message.isFlying = false;
  if (delivery.ok || delivery.mayHaveArrived) message.countedAt = now;
  if (delivery.ok) {
    const sent = state.sent + 1;
    desktop.note({ sent, lastSuccessAt: now, failure: null });
    outbox.succeeded();
    arrived(desktop, message, now);
    return;
  }
  const { why, isFinal, mayHaveArrived, retryAfterMs } = delivery;
  desktop.note({ failed: state.failed + 1, failure: { at: now, why } });
  message.mayHaveArrived ||= mayHaveArrived;
  // What was told has its end told, whatever the receiver says to that now.
  if (isFinal && !hasEnds(message)) {
    giveUp(desktop, message, { now, pauseMs: REFUSED_MS });
    return;
  }
  if (isFinal) outbox.refused(message, now);
  else outbox.failed(message, now, { random, retryAfterMs });
  outbox.save(message);
  if (!message.mayHaveArrived) settle(message, desktop);
}

/** Takes out a message that has arrived, or may have. */
function arrived(desktop: Desktop, message: Pending, now: number): void {
  const { outbox, allowance, cases } = desktop;
  outbox.remove(message);
  allowance.leave(message, now);
  desktop.note({ sentAt: allowance.sent });
  for (const mention of [...message.mentions.values()]) {
    const { of, kind } = mention;
    detach(mention, desktop);
    if (kind === "held") {
      cases.drop(of);
    } else if (kind === "end") {
      desktop.close(of);
    } else {
      if (of.told !== null) cases.tell(of, { ...of.told, at: now });
      desktop.tidy(of);
      desktop.plan(of);
    }
  }
}

/** Gives a message up; what it was to tell is told later, if it lasts. */
function giveUp(
  desktop: Desktop,
  message: Pending,
  { now, pauseMs }: { readonly now: number; readonly pauseMs: number },
): void {
  const { outbox, cases, state } = desktop;
  desktop.note({ givenUp: state.givenUp + 1 });
  if (message.mayHaveArrived) {
    arrived(desktop, message, now);
    return;
  }
  outbox.remove(message);
  for (const mention of [...message.mentions.values()]) {
    const { of, kind } = mention;
    if (kind === "end") {
      detach(mention, desktop);
      desktop.close(of);
      continue;
    }
    if (kind === "remind") cases.tell(of, { ...of.told!, at: now });
    of.notBefore = now + pauseMs;
    withdraw(mention, desktop);
    desktop.plan(of);
  }
}
