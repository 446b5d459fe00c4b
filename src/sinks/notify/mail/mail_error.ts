import type { NodemailerError } from "nodemailer/lib/errors";
import { missingFlag } from "../../../core/access.ts";
import { excerpt, oneLine } from "../../../core/text.ts";

/** Why a server does not take mail for somebody. */
export interface Refusal {
  readonly address: string;
  readonly answer: string;
  /** Whether it is of no use to try again. */
  readonly isFinal: boolean;
}

/** Why a message was taken for nobody. */
export class MailError extends Error {
  /** Whether it is of no use to try again. */
  readonly isFinal: boolean;
  /** Whether it may have been taken all the same. */
  readonly mayHaveArrived: boolean;
  constructor(
    message: string,
    { isFinal = false, mayHaveArrived = false, cause }: {
      isFinal?: boolean;
      mayHaveArrived?: boolean;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.isFinal = isFinal;
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** Where a session was when an error ended it. */
export interface Circumstances {
  /** The host and the port. */
  readonly where: string;
  /** What it did, such as `logging in`. */
  readonly stage: string;
  /** Whether all of the message had been handed over. */
  readonly isWritten: boolean;
  /** Whether its time was over. */
  readonly isTimeout: boolean;
}

/** Whom a server refused, of the errors of a session. */
export function refusalsOf(
  errors: readonly NodemailerError[] = [],
): Refusal[] {
  return errors.map(({ recipient = "", response = "", permanent }) => ({
    address: recipient,
    answer: oneLine(response),
    isFinal: permanent === true,
  }));
}

/** Puts what ended a session in words. */
export function mailErrorOf(
  thrown: unknown,
  { where, stage, isWritten, isTimeout }: Circumstances,
): MailError {
  if (thrown instanceof MailError) return thrown;
  const options = { cause: thrown, mayHaveArrived: isWritten };
  if (isTimeout) {
    return new MailError(`timed out at ${where} while ${stage}`, options);
  }
  const error = thrown as NodemailerError;
  const { response, responseCode, permanent, code } = error;
  if (response === undefined) {
    return new MailError(inWords(error, where), options);
  }
  if (responseCode === undefined) {
    const said = excerpt(response);
    return new MailError(`${where} does not speak SMTP: got ${said}`, options);
  }
  return new MailError(
    oneLine(`${where} ${refusedWhat(error)}: ${response}`),
    {
      ...options,
      isFinal: permanent === true && code !== "ETLS",
      mayHaveArrived: isWritten && code !== "EMESSAGE",
    },
  );
}

function refusedWhat({ code, command }: NodemailerError): string {
  if (code === "ETLS") return "offers no TLS, as tls: required expects";
  if (code === "EAUTH") return "refused the login";
  switch (command) {
    case "MAIL FROM":
      return "refused the sender";
    case "DATA":
      return "refused the message";
    default:
      return "refused the session";
  }
}

/** Codes of errors, and what they mean. The first match decides. */
const SYMPTOMS: readonly (readonly [RegExp, (where: string) => string])[] = [
  [/^ECONNREFUSED$/, (where) => `${where} refused the connection`],
  [
    /^(?:ENOTFOUND|EAI_\w+)$/,
    (where) => `cannot resolve ${where.replace(/:\d+$/, "")}`,
  ],
  [/^E(?:HOST|NET)UNREACH$/, (where) => `there is no route to ${where}`],
  [
    /^ETIMEDOUT$/,
    (where) => `${where} did not answer the connection attempt`,
  ],
  [
    /^(?:ECONNRESET|EPIPE|ECONNECTION)$/,
    (where) => `${where} closed the connection`,
  ],
  [
    /^(?:UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/,
    (where) => notTrusted(where, "it was issued by an unknown authority"),
  ],
  [/^CERT_HAS_EXPIRED$/, (where) => notTrusted(where, "it has expired")],
  [/ALTNAME/, (where) => notTrusted(where, "it is for another name")],
  [/WRONG_VERSION/, (where) => `${where} does not speak TLS`],
];

function notTrusted(where: string, why: string): string {
  return `the certificate of ${where} is not trusted: ${why}`;
}

function inWords(error: NodemailerError, where: string): string {
  const { message } = error;
  const code = error.originalCode ?? error.code ?? "";
  // `node:net` says no more if the permission for a name is missing.
  if (code === "EPERM" || missingFlag(message) !== undefined) {
    return `not allowed by Deno: run with --allow-net=${where}`;
  }
  const [, words] = SYMPTOMS.find(([sign]) => sign.test(code)) ?? [];
  return words?.(where) ?? `${where}: ${oneLine(message)}`;
}
