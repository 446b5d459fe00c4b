import { type Case, isOpen, type Mention, type Pending } from "./case.ts";
import type { Ledger } from "./ledger.ts";
import { isInScope } from "./due.ts";

/** Takes a mention out of its message: it is as if it had never been made. */
export function withdraw(mention: Mention, ledger: Ledger): void {
  const { of } = mention;
  const { cases } = ledger;
  const later = of.mentions[of.mentions.indexOf(mention) + 1];
  detach(mention, ledger);
  switch (mention.kind) {
    case "begin":
      if (later === undefined || later.kind === "end") {
        if (later !== undefined) detach(later, ledger);
        if (of.problem.ended === null) cases.tell(of, null);
        else cases.drop(of);
        return;
      }
      later.kind = "begin";
      later.before = null;
      break;
    case "change": {
      const before = mention.before!;
      if (later?.kind === "change") {
        later.before = before;
        if (later.status === before) withdraw(later, ledger);
      } else if (of.told !== null) {
        cases.tell(of, { ...of.told, status: before });
      }
      break;
    }
    case "held":
      cases.drop(of);
      return;
    default:
  }
  cases.save(of);
}

/** Takes all out of open messages that is not to be told of a problem any more. */
export function withdrawOpen(of: Case, ledger: Ledger): void {
  for (const mention of [...of.mentions]) {
    if (!of.mentions.includes(mention) || !isOpen(mention.in)) continue;
    if (mention.kind !== "end" && mention.kind !== "held") {
      withdraw(mention, ledger);
    }
  }
}

/** Takes out of a message that has not arrived what is over, or not to be told. */
export function settle(message: Pending, ledger: Ledger): void {
  for (const mention of [...message.mentions.values()]) {
    const { of, kind } = mention;
    if (kind === "end" || kind === "held") continue;
    const { problem, mentions } = of;
    const isLast = mentions.at(-1) === mention;
    const lasts = problem.ended === null && !problem.isMuted &&
      isInScope(problem, ledger.policy);
    if (!isLast || !lasts) withdraw(mention, ledger);
  }
  ledger.outbox.release(message);
}

/** Takes a mention out of its message, and the message away if it is empty. */
export function detach(
  { of, in: message }: Mention,
  { outbox }: Ledger,
): void {
  message.mentions.delete(of.problem.id);
  const index = of.mentions.findIndex((mention) => mention.in === message);
  if (index >= 0) of.mentions.splice(index, 1);
  if (message.mentions.size === 0 && outbox.get(message.id) === message) {
    outbox.remove(message);
  }
}
