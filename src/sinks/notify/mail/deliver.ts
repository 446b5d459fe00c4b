import type { Delivery } from "../../../core/notify/status.ts";
import { oneLine } from "../../../core/text.ts";
import type { DeliveryContext, Letter } from "../receiver.ts";
import { compose } from "./compose.ts";
import { MailError, type Refusal } from "./mail_error.ts";
import { mailboxesOf, mailboxOf } from "./mailbox.ts";
import { authority, serverOf } from "./server.ts";
import { submit, type Submitted } from "./session.ts";

/** Options for mail, in the words of a config file. */
export interface EmailOptions {
  readonly url: string;
  readonly from: string;
  readonly to: string | readonly string[];
  readonly cc?: string | readonly string[];
  readonly tls?: "required" | "opportunistic" | "none";
  readonly ca?: string | undefined;
}

/** What became of a message that is to be sent again for some. */
interface Sent {
  readonly taken: ReadonlySet<string>;
  readonly refused: readonly Refusal[];
}

const NOTHING: Sent = { taken: new Set(), refused: [] };

/** By their ids; a message that is given up leaves what became of it behind. */
const sentBefore = new Map<string, Sent>();

const MAX_SENT_BEFORE = 1000;

/**
 * Sends a letter as mail. Whom the server refuses for now gets it with a later
 * attempt, and nobody gets it twice because of that.
 */
export async function deliver(
  letter: Letter,
  { url, from, to, cc, tls = "required", ca }: EmailOptions,
  { signal, say }: Pick<DeliveryContext, "signal" | "say">,
): Promise<Delivery> {
  const addressees = {
    from: mailboxOf(from),
    to: mailboxesOf(to),
    cc: mailboxesOf(cc),
  };
  const { messageId, content } = await compose(letter, addressees);
  const { taken, refused } = sentBefore.get(messageId) ?? NOTHING;
  sentBefore.delete(messageId);
  const done = new Set([...taken, ...refused.map(({ address }) => address)]);
  const rest = [...addressees.to, ...addressees.cc]
    .map(({ address }) => address)
    .filter((address, i, all) =>
      !done.has(address) && all.indexOf(address) === i
    );
  const server = serverOf(url);
  const where = authority(server);
  let submitted: Submitted;
  try {
    submitted = await submit(
      { from: addressees.from.address, to: rest, content },
      { server, tls, ca, signal },
    );
  } catch (thrown) {
    if (!(thrown instanceof MailError)) throw thrown;
    if (done.size > 0) remember(messageId, { taken, refused });
    const { message, isFinal, mayHaveArrived } = thrown;
    return {
      ok: false,
      why: message,
      isFinal,
      mayHaveArrived: mayHaveArrived || taken.size > 0,
    };
  }
  const { answer, refused: now } = submitted;
  const refusedNow = new Set(now.map(({ address }) => address));
  const allTaken = new Set([
    ...taken,
    ...rest.filter((address) => !refusedNow.has(address)),
  ]);
  const allRefused = [...refused, ...now.filter(({ isFinal }) => isFinal)];
  const later = now.filter(({ isFinal }) => !isFinal);
  if (later.length > 0) {
    remember(messageId, { taken: allTaken, refused: allRefused });
    return {
      ok: false,
      why: `${where} refused for now ${inWords(later)}`,
      isFinal: false,
      mayHaveArrived: allTaken.size > 0,
    };
  }
  const why = `${where} refused ${inWords(allRefused)}`;
  if (allTaken.size === 0) {
    return { ok: false, why, isFinal: true, mayHaveArrived: false };
  }
  if (allRefused.length > 0) {
    say(`Some did not get "${letter.title}": ${why}`, "warn");
  }
  return {
    ok: true,
    answer: allRefused.length > 0 ? `${answer}; ${why}` : answer,
  };
}

function remember(messageId: string, sent: Sent): void {
  sentBefore.set(messageId, sent);
  if (sentBefore.size <= MAX_SENT_BEFORE) return;
  const [oldest] = sentBefore.keys();
  sentBefore.delete(oldest!);
}

function inWords(refusals: readonly Refusal[]): string {
  const words = refusals.map(({ address, answer }) => `${address}: ${answer}`);
  return oneLine(words.join("; "));
}
