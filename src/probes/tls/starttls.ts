import { enterStage } from "../../core/stage.ts";
import type { Outcome } from "../../core/types.ts";
import type { Dialogue } from "../tcp/dialogue.ts";
import { hear, type Heard } from "./hear.ts";
import { MYSQL_GREETING, MYSQL_SSL_REQUEST } from "./mysql.ts";

/** A protocol that begins TLS in the middle of a connection. */
export type StartTls =
  | "smtp"
  | "imap"
  | "pop3"
  | "ftp"
  | "postgres"
  | "mysql";

interface Protocol {
  /** The port that it usually has. */
  readonly port: number;
  /** What is sent, and what is heard, until TLS begins. */
  readonly steps: readonly (Uint8Array | Heard)[];
}

/** Finds the end of an answer in its beginning. */
type End = (bytes: Uint8Array) => number | undefined;

/** It has a character a byte. */
const LATIN1 = new TextDecoder("latin1");

function lines(pattern: RegExp): End {
  return (bytes) => pattern.exec(LATIN1.decode(bytes))?.[0].length;
}

const ONE_LINE = lines(/^[^\n]*\n/);

/** One line, or those from `220-` to `220 ` (RFC 959, section 4.2). */
const NUMBERED = lines(
  /^(?:(\d{3})-(?:[^\n]*\n)*?\1(?!-)[^\n]*|(?!\d{3}-)[^\n]*)\n/,
);

/** One line, after others that are no answer (RFC 9051, section 7). */
const TAGGED = lines(/^(?:\* [^\n]*\n)*(?!\* )[^\n]*\n/);

/** One letter; others are the beginning of an error. */
const LETTER: End = (bytes) =>
  /^[SN]/.test(LATIN1.decode(bytes)) ? 1 : bytes.length;

/** An answer whose last line begins as it should, or as a refusal does. */
function answer(
  what: string,
  good: string,
  endOf: End,
  refusals: readonly string[] = [],
): Heard {
  const lastLine = (bytes: Uint8Array): string =>
    LATIN1.decode(bytes).trimEnd().split("\n").at(-1)!;
  return {
    expected: `${what} with "${good}"`,
    endOf,
    isGood: (bytes) => lastLine(bytes).startsWith(good),
    isRefusal: (bytes) =>
      refusals.some((refusal) => lastLine(bytes).startsWith(refusal)),
  };
}

function text(line: string): Uint8Array {
  return new TextEncoder().encode(`${line}\r\n`);
}

/** The protocols, as of RFC 3207, 9051, 2595 and 4217. */
const PROTOCOLS: Readonly<Record<StartTls, Protocol>> = {
  smtp: {
    port: 25,
    steps: [
      answer("a greeting of SMTP", "220", NUMBERED),
      text("EHLO lifesign.invalid"),
      answer("an answer to EHLO", "250", NUMBERED),
      text("STARTTLS"),
      answer("an answer to STARTTLS", "220", NUMBERED, ["4", "5"]),
    ],
  },
  imap: {
    port: 143,
    steps: [
      answer("a greeting of IMAP", "* OK", ONE_LINE),
      text("a STARTTLS"),
      answer("an answer to STARTTLS", "a OK", TAGGED, ["a NO", "a BAD"]),
    ],
  },
  pop3: {
    port: 110,
    steps: [
      answer("a greeting of POP3", "+OK", ONE_LINE),
      text("STLS"),
      answer("an answer to STLS", "+OK", ONE_LINE, ["-ERR"]),
    ],
  },
  ftp: {
    port: 21,
    steps: [
      answer("a greeting of FTP", "220", NUMBERED),
      text("AUTH TLS"),
      answer("an answer to AUTH TLS", "234", NUMBERED, ["4", "5"]),
    ],
  },
  postgres: {
    port: 5432,
    steps: [
      // "Message Formats" in PostgreSQL's manual.
      Uint8Array.of(0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f),
      answer("an answer to SSLRequest", "S", LETTER, ["N"]),
    ],
  },
  mysql: { port: 3306, steps: [MYSQL_GREETING, MYSQL_SSL_REQUEST] },
};

/** The names of the protocols. */
export const STARTTLS: readonly StartTls[] = Object.keys(
  PROTOCOLS,
) as StartTls[];

/** The port that a protocol usually has. */
export function usualPort(protocol: StartTls): number {
  return PROTOCOLS[protocol].port;
}

/** Speaks a protocol until TLS begins; returns what is wrong, if anything. */
export async function speak(
  protocol: StartTls,
  dialogue: Dialogue,
  peer: string,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  for (const step of PROTOCOLS[protocol].steps) {
    if (step instanceof Uint8Array) {
      enterStage(signal, "asking for TLS");
      await dialogue.send(step);
      continue;
    }
    const fault = await hear(step, dialogue, peer, signal);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
