import type { Pending } from "./case.ts";
import type { Ledger } from "./ledger.ts";
import { hasEnds } from "./outbox/outbox.ts";
import type { Delivery } from "./status.ts";
import { detach, settle, withdraw } from "./withdrawal.ts";

/** For how long what was refused is not told again. */
export const REFUSED_MS = 3_600_000;

/** Gives up what was tried for too long. */
export function expire(ledger: Ledger, now: number): void {
  for (const message of ledger.outbox.expired(now)) {
    giveUp(ledger, message, { now, pauseMs: 0 });
  }
}

/** An attempt to send a message begins. */
export function sending(
  { outbox }: Ledger,
  message: Pending,
  now: number,
): void {
  message.isInFlight = true;
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
  ledger: Ledger,
  message: Pending,
  { delivery, now, random }: Attempt,
): void {
  const { outbox, state } = ledger;
  message.isInFlight = false;
  if (delivery.ok || delivery.mayHaveArrived) message.countedAt = now;
  if (delivery.ok) {
    const sent = state.sent + 1;
    ledger.note({ sent, lastSuccessAt: now, failure: null });
    outbox.succeeded();
    arrived(ledger, message, now);
    return;
  }
  const { why, isFinal, mayHaveArrived, retryAfterMs } = delivery;
  ledger.note({ failed: state.failed + 1, failure: { at: now, why } });
  message.mayHaveArrived ||= mayHaveArrived;
  // What was told has its end told, whatever the receiver says to that now.
  if (isFinal && !hasEnds(message)) {
    giveUp(ledger, message, { now, pauseMs: REFUSED_MS });
    return;
  }
  if (isFinal) outbox.refused(message, now);
  else outbox.failed(message, now, { random, retryAfterMs });
  outbox.save(message);
  if (!message.mayHaveArrived) settle(message, ledger);
}

/** Takes out a message that has arrived, or may have. */
function arrived(ledger: Ledger, message: Pending, now: number): void {
  const { outbox, allowance, cases } = ledger;
  outbox.remove(message);
  allowance.leave(message, now);
  ledger.note({ sentAt: allowance.sent });
  for (const mention of [...message.mentions.values()]) {
    const { of, kind } = mention;
    detach(mention, ledger);
    if (kind === "held") {
      cases.drop(of);
    } else if (kind === "end") {
      ledger.close(of);
    } else {
      if (of.told !== null) cases.tell(of, { ...of.told, at: now });
      ledger.tidy(of);
      ledger.plan(of);
    }
  }
}

/** Gives a message up; what it was to tell is told later, if it lasts. */
function giveUp(
  ledger: Ledger,
  message: Pending,
  { now, pauseMs }: { readonly now: number; readonly pauseMs: number },
): void {
  const { outbox, cases, state } = ledger;
  ledger.note({ givenUp: state.givenUp + 1 });
  if (message.mayHaveArrived) {
    arrived(ledger, message, now);
    return;
  }
  outbox.remove(message);
  for (const mention of [...message.mentions.values()]) {
    const { of, kind } = mention;
    if (kind === "end") {
      detach(mention, ledger);
      ledger.close(of);
      continue;
    }
    if (kind === "remind") cases.tell(of, { ...of.told!, at: now });
    of.notBefore = now + pauseMs;
    withdraw(mention, ledger);
    ledger.plan(of);
  }
}
