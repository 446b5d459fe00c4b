import type { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, isIPv6, type Socket } from "node:net";
import { Readable } from "node:stream";
import type { NodemailerError } from "nodemailer/lib/errors";
import SMTPConnection, {
  type SMTPConnectionSendInfo,
} from "nodemailer/lib/smtp-connection";
import { oneLine } from "../../../core/text.ts";
import { unlessAborted } from "../../../io/abort.ts";
import { deferred } from "../../../io/deferred.ts";
import { patience } from "../../../io/sleep.ts";
import {
  MailError,
  mailErrorOf,
  type Refusal,
  refusalsOf,
} from "./mail_error.ts";
import { authority, type MailServer } from "./server.ts";

/** What a server is to take, and for whom. */
export interface Submission {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: Buffer;
}

/** How to speak with a server. */
export interface SessionOptions {
  readonly server: MailServer;
  /** Whether TLS must be had, is welcome with any certificate, or is not used. */
  readonly tls: "required" | "opportunistic" | "none";
  /** The certificate authorities to trust instead of the usual ones, as PEM. */
  readonly ca?: string | undefined;
  /** Aborts at the deadline. */
  readonly signal: AbortSignal;
}

/** What a server answered. */
export interface Submitted {
  readonly answer: string;
  /** Whom it refused. */
  readonly refused: readonly Refusal[];
}

/** How far a session is. */
interface Progress {
  stage: string;
  /** Whether all of the message has been handed over. */
  isWritten: boolean;
}

/** Longer than any deadline, which is what ends a session. */
const NEVER_MS = 3_600_000;

/** How long a server may take to say goodbye, in milliseconds. */
const GOODBYE_MS = 1000;

/**
 * Hands a message over to a server.
 *
 * @throws {MailError} If it takes it for nobody, whoever they are.
 */
export async function submit(
  submission: Submission,
  options: SessionOptions,
): Promise<Submitted> {
  const { server, signal } = options;
  const progress: Progress = { stage: "connecting", isWritten: false };
  // By its name: addresses would need permissions of their own.
  const socket = connect(server.port, server.host);
  // Those that come when nobody waits any more are nobody's.
  socket.on("error", () => {});
  let session: SMTPConnection | undefined;
  try {
    await once(socket, "connect", { signal });
    session = sessionOn(socket, options);
    return await converse(session, submission, { ...options, progress });
  } catch (thrown) {
    throw mailErrorOf(thrown, {
      where: authority(server),
      isTimeout: signal.aborted,
      ...progress,
      stage: stageOf(session, server) ?? progress.stage,
    });
  } finally {
    session?.close();
    if (!socket.closed) {
      const closed = once(socket, "close");
      socket.destroy();
      await closed;
    }
  }
}

/** What a session does before it is known to have begun. */
function stageOf(
  session: SMTPConnection | undefined,
  { isSecure }: MailServer,
): string | undefined {
  if (session?.upgrading === true) return "starting TLS";
  if (session === undefined || session.lastServerResponse) return undefined;
  return isSecure
    ? "waiting for the greeting"
    : "waiting for the greeting: expected smtps:// if TLS comes first";
}

function sessionOn(
  socket: Socket,
  { server, tls, ca }: SessionOptions,
): SMTPConnection {
  const { localAddress = "127.0.0.1" } = socket;
  return new SMTPConnection({
    connection: socket,
    host: server.host,
    port: server.port,
    secure: server.isSecure,
    requireTLS: tls === "required",
    ignoreTLS: tls === "none",
    opportunisticTLS: tls === "opportunistic",
    tls: {
      rejectUnauthorized: server.isSecure || tls === "required",
      ...(ca !== undefined && { ca }),
    },
    // An address stands for a name that is not known (RFC 5321, 4.1.3).
    name: isIPv6(localAddress) ? `[IPv6:${localAddress}]` : `[${localAddress}]`,
    connectionTimeout: NEVER_MS,
    greetingTimeout: NEVER_MS,
    socketTimeout: NEVER_MS,
    socketCloseTimeout: 0,
  });
}

async function converse(
  session: SMTPConnection,
  { from, to, content }: Submission,
  { server, tls, signal, progress }: SessionOptions & {
    readonly progress: Progress;
  },
): Promise<Submitted> {
  // What breaks the connection ends whatever is awaited.
  const broken = deferred<never>();
  session.on("error", broken.reject);
  broken.promise.catch(() => {});
  const step = <T>(run: (done: Done<T>) => void): Promise<T> =>
    unlessAborted(Promise.race([called(run), broken.promise]), signal);

  progress.stage = "starting the session";
  await step((done) => session.connect(done));
  const { login } = server;
  if (login !== undefined) {
    if (!session.secure && tls !== "none") {
      throw new MailError(
        `${
          authority(server)
        } offers no TLS, and the password is sent without it only with tls: none`,
      );
    }
    progress.stage = "logging in";
    const { user, password } = login;
    await step((done) => session.login({ user, pass: password }, done));
  }
  progress.stage = "sending the message";
  const stream = Readable.from([content]);
  stream.once("end", () => {
    progress.stage = "waiting for the answer to the message";
    progress.isWritten = true;
  });
  const envelope = { from, to: [...to], size: content.length };
  const { response = "", rejectedErrors } = await step<SMTPConnectionSendInfo>(
    (done) => session.send(envelope, stream, done),
  ).catch(onlyRefused);
  await goodbye(session);
  return { answer: oneLine(response), refused: refusalsOf(rejectedErrors) };
}

/** To refuse all recipients is to refuse each of them. */
function onlyRefused(error: NodemailerError): NodemailerError {
  if (error.rejectedErrors === undefined) throw error;
  return error;
}

/** What is called back once, with an error or a result. */
type Done<T> = (error?: NodemailerError | null, result?: T) => void;

function called<T>(run: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    run((error, result) => error ? reject(error) : resolve(result as T))
  );
}

/** Ends a session politely, but waits for no server that does not. */
async function goodbye(session: SMTPConnection): Promise<void> {
  if (session.destroyed) return;
  const ended = once(session, "end");
  session.quit();
  await patience(ended, GOODBYE_MS);
}
