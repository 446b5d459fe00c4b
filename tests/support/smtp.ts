/**
 * Real mail servers in processes of their own, and what they got.
 *
 * @module
 */

import { startScript } from "./program.ts";

/** What a server is like. */
export interface SmtpBehaviour {
  /** As PEM; it offers STARTTLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Whether it begins with TLS. */
  readonly isSecure?: boolean;
  /** Who may send; anybody without it. */
  readonly login?: {
    readonly user: string;
    readonly password: string;
    readonly methods?: readonly string[];
    /** Whether it takes passwords without TLS. */
    readonly isInsecure?: boolean;
    /** What it answers to others. */
    readonly answer?: string;
  };
  /** What it answers to senders and recipients that it refuses. */
  readonly refuses?: Readonly<Record<string, string>>;
  /** What it answers to messages that it refuses; nothing at all if it is empty. */
  readonly answer?: string;
}

/** A message as a server got it. */
export interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  /** Its bytes, in Base64. */
  readonly content: string;
  readonly isSecure: boolean;
  readonly user: string | null;
  readonly hello: string;
}

/** A server that runs, until the end of the block. */
export interface SmtpServer extends AsyncDisposable {
  readonly port: number;
  /** The next message that it got. */
  taken(): Promise<Taken>;
}

/** Starts a server. */
export async function smtpServer(
  behaviour: SmtpBehaviour = {},
): Promise<SmtpServer> {
  const program = startScript("tests/support/smtp_main.ts", {
    flags: ["-A"],
    args: [JSON.stringify(behaviour)],
  });
  const port = await program.line("stdout", /^port /);
  return {
    port: Number(port.slice("port ".length)),
    taken: async () =>
      JSON.parse((await program.line("stdout", /^mail /)).slice(5)),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

/** The bytes of a message. */
export function bytesOf({ content }: Taken): Uint8Array {
  return Uint8Array.fromBase64(content);
}
