import {
  AuthorizationError,
  PermissionViolationError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection reset",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "the name could not be resolved",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ETIMEDOUT: "no answer in time",
};

/** What an error of the client means, without anything that is secret. */
export function wordsOf(error: unknown): string {
  if (error instanceof AuthorizationError) {
    return /timeout/i.test(error.message)
      ? "the server got no credentials in time"
      : /expired/i.test(error.message)
      ? "the account has expired"
      : "the server refused the credentials";
  }
  if (error instanceof UserAuthenticationExpiredError) {
    return "the credentials have expired";
  }
  if (error instanceof PermissionViolationError) {
    return error.operation === "publish"
      ? `the server does not let this user publish to ${error.subject}`
      : `the server does not let this user subscribe to ${error.subject}`;
  }
  if (error instanceof TimeoutError) return "no answer in time";
  if (!(error instanceof Error)) return "the connection ended";
  if (error.name === "NotCapable") {
    return "lifesign has no permission to connect there";
  }
  const { code } = error as { code?: unknown };
  return WORDS[String(code)] ?? error.message;
}
