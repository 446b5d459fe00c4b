import type { Ledger } from "./ledger.ts";
import { REFUSED_MS } from "./send.ts";

/**
 * Takes what has happened at a time that is still to come for what happens now: the
 * clock was set back, and nothing is to wait until it shows that time again.
 */
export function setBack(ledger: Ledger, now: number): void {
  const { cases, outbox } = ledger;
  for (const known of cases.all) {
    const { problem, told } = known;
    known.notBefore = Math.min(known.notBefore, now + REFUSED_MS);
    const { since, began, unmutedAt } = problem;
    if (Math.max(since, began, unmutedAt) > now) {
      cases.update(known, {
        ...problem,
        since: Math.min(since, now),
        began: Math.min(began, now),
        unmutedAt: Math.min(unmutedAt, now),
      });
    }
    if (told !== null && told.at > now) cases.tell(known, { ...told, at: now });
  }
  outbox.hurry();
  ledger.lookBy(now);
}
