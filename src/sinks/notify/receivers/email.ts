import { whyUnread } from "../../../core/access.ts";
import { thrownInWords } from "../../../core/text.ts";
import type { Schema } from "../../../schema/schema.ts";
import { described, NON_EMPTY_STRING } from "../../../schema/values.ts";
import type { EmailOptions } from "../mail/deliver.ts";
import { MailError } from "../mail/mail_error.ts";
import { MAILBOX, MAILBOXES } from "../mail/mailbox.ts";
import { authority, SERVER_PATTERN, serverOf } from "../mail/server.ts";
import type { Receiver } from "../receiver.ts";

const SERVER: Schema = {
  title: 'a URL such as "smtp://me:password@mail.example.com:587"',
  examples: [
    "smtp://me:password@mail.example.com:587",
    "smtps://me:password@mail.example.com:465",
  ],
  type: "string",
  pattern: SERVER_PATTERN,
  writeOnly: true,
};

/** Sends mail by SMTP. */
export const email: Receiver<EmailOptions> = {
  type: "email",
  properties: {
    url: described(
      SERVER,
      "The mail server: smtp:// with port 587, or smtps:// with port 465, unless it says another one. A user and a password come before the host",
    ),
    from: described(MAILBOX, "Who the messages are from"),
    to: described(MAILBOXES, "Who gets the messages"),
    cc: described(MAILBOXES, "Who gets a copy"),
    tls: described(
      {
        title: "required, opportunistic or none",
        enum: ["required", "opportunistic", "none"],
      },
      "Whether a connection by smtp:// has to be encrypted by STARTTLS. With opportunistic it is if the server offers that, whatever its certificate is; with none it is not, and a password is sent in the clear",
      "required",
    ),
    ca: described(
      NON_EMPTY_STRING,
      "The certificate authorities to trust instead of the usual ones: PEM, or the path of a PEM file",
    ),
  },
  required: ["url", "from", "to"],
  problems({ url, tls, ca }) {
    const problems: { option: string; problem: string }[] = [];
    const { isSecure, port } = serverOf(url);
    if (port < 1 || port > 65535) {
      const problem = "expected a port between 1 and 65535";
      problems.push({ option: "url", problem });
    }
    if (isSecure && tls !== undefined) {
      const problem = "expected no tls with smtps://, which always uses TLS";
      problems.push({ option: "tls", problem });
    } else if (ca !== undefined && (tls ?? "required") !== "required") {
      const problem =
        `expected no ca with tls: ${tls}, which verifies no certificate`;
      problems.push({ option: "ca", problem });
    }
    return problems;
  },
  needs({ url, ca }) {
    return [
      { name: "net", host: authority(serverOf(url)) },
      ...(ca === undefined || isPem(ca)
        ? []
        : [{ name: "read" as const, path: ca }]),
    ];
  },
  secrets({ url }) {
    const { login } = serverOf(url);
    if (login === undefined) return [];
    const { user, password } = login;
    // Servers may quote what they did not understand.
    return [password, inBase64(password), inBase64(`\0${user}\0${password}`)];
  },
  // Mail servers look up who connects, and make who may be a spammer wait.
  deadlineMs: 30_000,
  async deliver(letter, options, { signal, say }) {
    try {
      const ca = options.ca === undefined ? undefined : await pemOf(options.ca);
      // Nothing else needs it, and it is not small.
      const { deliver } = await import("../mail/deliver.ts");
      return await deliver(letter, { ...options, ca }, { signal, say });
    } catch (thrown) {
      const why = thrown instanceof MailError
        ? thrown.message
        : thrownInWords(thrown);
      return { ok: false, why, isFinal: false, mayHaveArrived: false };
    }
  },
};

function inBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

async function pemOf(ca: string): Promise<string> {
  if (isPem(ca)) return ca;
  let text: string;
  try {
    text = await Deno.readTextFile(ca);
  } catch (cause) {
    throw new MailError(`cannot read ca ${ca}: ${whyUnread(cause, ca)}`, {
      cause,
    });
  }
  if (isPem(text)) return text;
  throw new MailError(`expected certificates as PEM in ca ${ca}, got none`);
}
