import { Buffer } from "node:buffer";
import MailComposer from "nodemailer/lib/mail-composer";
import type { Letter } from "../receiver.ts";
import type { Mailbox } from "./mailbox.ts";

/** A message as it goes over the wire, without its envelope. */
export interface Mail {
  /** The same however often it is sent. */
  readonly messageId: string;
  readonly content: Buffer;
}

/** Who writes to whom. */
export interface Addressees {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
}

/** More references than these are of no use to who reads them. */
const MAX_THREADS = 20;

/**
 * Makes a message of a letter. All messages about an incident refer to the same id,
 * which no message has, so that mail programs show them as one thread, even if the
 * first one was lost.
 */
export async function compose(
  letter: Letter,
  addressees: Addressees,
): Promise<Mail> {
  const { from, to, cc } = addressees;
  const { id, event, now, title, text, agent, incidents } = letter;
  const domain = from.address.split("@").at(-1)!;
  const idOf = (name: string) =>
    `<${
      name.replace(/[^\w.-]/g, (it) => `=${it.codePointAt(0)!.toString(16)}`)
    }` +
    `@${domain}>`;
  const ids = incidents.map(({ id }) => id);
  const messageId = idOf(`${id}.${await digest([addressees, event, ids])}`);
  const threads = [...new Set(incidents.map(({ key }) => key))]
    .slice(-MAX_THREADS).map((key) => idOf(`incident.${key}`));
  const composer = new MailComposer({
    from,
    to: [...to],
    cc: [...cc],
    subject: title,
    date: new Date(now),
    messageId,
    ...(threads.length > 0 &&
      { inReplyTo: threads.join(" "), references: threads }),
    headers: {
      "Auto-Submitted": "auto-generated",
      // Exchange heeds only this, and would answer that somebody is not there.
      "X-Auto-Response-Suppress": "All",
    },
    text: `${title}\n\n${text}\n\n-- \n${agent}\n`,
    html: letter.html(),
    newline: "win",
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const content = await new Promise<Buffer>((resolve, reject) =>
    composer.compile().build((error: Error | null, content?: Buffer) =>
      content === undefined ? reject(error) : resolve(content)
    )
  );
  return { messageId, content };
}

/**
 * Tells apart messages with the same id, as those of several notifiers and agents
 * may have.
 */
async function digest(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return Buffer.from(hash, 0, 8).toString("hex");
}
