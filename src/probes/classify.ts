import { missingFlag } from "../core/access.ts";
import { error, fail } from "../core/outcome.ts";
import { oneLine, thrownInWords } from "../core/text.ts";
import type { Outcome } from "../core/types.ts";
import { Failure } from "./failure.ts";
import { TlsError } from "./tls_options.ts";

/** A sign in the errors of the runtime, and what it means. */
export interface Symptom {
  /** Matches the class, code and message of the error and its causes. */
  readonly sign: RegExp;
  readonly outcome: (target: string, text: string) => Outcome;
}

/** The first match decides. */
const SYMPTOMS: readonly Symptom[] = [
  {
    sign: /\(os error (?:23|24)\)|\b(?:EMFILE|ENFILE)\b/,
    outcome: () =>
      error({ code: "internal", message: "This process is out of open files" }),
  },
  {
    sign: /\(os error (?:99|12|105)\)|\b(?:EADDRNOTAVAIL|ENOMEM|ENOBUFS)\b/,
    outcome: (target) =>
      error({
        code: "internal",
        message: `This machine has no port or memory for ${target}`,
      }),
  },
  {
    // `node:net` says no more if the permission for a name is missing.
    sign: /getaddrinfo EPERM/,
    outcome(target, text) {
      const [, name = ""] = /getaddrinfo EPERM (\S+)/.exec(text) ?? [];
      // The name may be that of a redirect.
      const host = target.startsWith(`${name}:`) ? target : name;
      return notAllowed(`--allow-net=${host || target}`);
    },
  },
  {
    sign: /dns error|failed to lookup address|ENOTFOUND|EAI_/i,
    outcome: (target) =>
      fail({
        code: "dns",
        message: `Cannot resolve ${target.replace(/:\d+$/, "")}`,
      }),
  },
  {
    sign:
      /peer certificate|\bCERT_|_CERT\b|ALTNAME|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)/i,
    outcome: (_, text) =>
      fail({
        code: "tls",
        message: `The certificate is not trusted: ${certificateFault(text)}`,
      }),
  },
  {
    // From hyper, not from TLS: data came before the request was sent.
    sign: /received unexpected message from connection/,
    outcome: (target) =>
      fail({
        code: "protocol",
        message: `${target} does not speak HTTP: it spoke first`,
      }),
  },
  {
    sign: /ProtocolVersion|PROTOCOL_VERSION/,
    outcome: (target) =>
      fail({
        code: "tls",
        message: `${target} speaks neither TLS 1.2 nor TLS 1.3`,
      }),
  },
  {
    sign: /CertificateRequired|CERTIFICATE_REQUIRED/,
    outcome: (target) =>
      fail({
        code: "tls",
        message:
          `${target} asks for a client certificate: expected cert and key`,
      }),
  },
  {
    sign: /Unrecogni[sz]ed_?Name/i,
    outcome: (target) =>
      fail({
        code: "tls",
        message: `${target} does not know the name in the TLS handshake`,
      }),
  },
  {
    sign: /alert: HandshakeFailure|ALERT_HANDSHAKE_FAILURE/,
    outcome: (target) =>
      fail({
        code: "tls",
        message:
          `${target} refused the TLS handshake: no cipher in common, or no client certificate`,
      }),
  },
  {
    sign:
      /received (?:corrupt|fatal|unexpected)|tls handshake|cannot decrypt|peer (?:is incompatible|misbehaved|sent no|doesn't support)|secure TLS connection|ERR_SSL|ERR_TLS/i,
    outcome: (target, text) =>
      fail({
        code: "tls",
        message: /corrupt|InvalidContentType|WRONG_VERSION/i.test(text)
          ? `${target} does not speak TLS`
          : `The TLS handshake with ${target} failed: ${lastPart(text)}`,
      }),
  },
  {
    // What `node:net` says in workerd, whatever the reason is.
    sign: /cannot connect to the specified address/,
    outcome: (target) =>
      fail({ code: "refused", message: `Cannot connect to ${target}` }),
  },
  {
    sign: /ConnectionRefused|ECONNREFUSED|connection refused|connect ENOENT/i,
    outcome: (target) =>
      fail({ code: "refused", message: `${target} refused the connection` }),
  },
  {
    sign:
      /EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|no route to host|(?:network|host)(?: is)? ?unreachable|os error (?:101|112|113)\)/i,
    outcome: (target) =>
      fail({ code: "unreachable", message: `There is no route to ${target}` }),
  },
  {
    sign: /ETIMEDOUT|os error 110\)/i,
    outcome: (target) =>
      fail({
        code: "timeout",
        message: `${target} did not answer the connection attempt`,
      }),
  },
  {
    sign:
      /ConnectionReset|ECONNRESET|EPIPE|BrokenPipe|ConnectionAborted|UnexpectedEof|connection (?:was )?(?:closed|reset|aborted)|error reading a body|socket hang up|incomplete message|unexpected end of file|aborted by peer/i,
    outcome: (target) =>
      fail({
        code: "reset",
        message: `${target} closed the connection without a full answer`,
      }),
  },
  {
    sign: /Maximum number of redirects/i,
    outcome: () =>
      fail({
        code: "protocol",
        message: "Expected an answer, got more than 20 redirects",
      }),
  },
  {
    sign: /Can not redirect|Invalid URL: .* with base/i,
    outcome: () =>
      fail({
        code: "protocol",
        message: "Expected a redirect to an HTTP URL, got another",
      }),
  },
  {
    sign:
      /invalid HTTP|HPE_|SendRequest|message head is too large|http2 error/i,
    outcome: (target, text) =>
      fail({
        code: "protocol",
        message: `${target} does not speak HTTP: ${lastPart(text)}`,
      }),
  },
];

/**
 * Makes an outcome of an error of the runtime's network functions. Messages name
 * the target as `target`. Symptoms that only some errors have come first. Returns
 * `undefined` for an unknown error.
 */
export function classify(
  thrown: unknown,
  target: string,
  special: readonly Symptom[] = [],
): Outcome | undefined {
  if (thrown instanceof Failure) return thrown.outcome;
  if (thrown instanceof TlsError) {
    return error({ code: "internal", message: thrown.message });
  }
  if (isNotCapable(thrown)) return permission(thrown);
  const text = chain(thrown);
  const hasSign = ({ sign }: Symptom): boolean => sign.test(text);
  return (special.find(hasSign) ?? SYMPTOMS.find(hasSign))
    ?.outcome(target, text);
}

/** Whether Deno's permissions forbid it. */
function isNotCapable(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === "NotCapable";
}

/** Makes the outcome of an unknown error. */
export function internal(thrown: unknown): Outcome {
  return error({ code: "internal", message: thrownInWords(thrown) });
}

/** Makes the flag to add of the permission that an error names. */
function permission({ message }: Error): Outcome {
  const flag = missingFlag(message);
  return flag === undefined
    ? error({ code: "permission", message })
    : notAllowed(flag);
}

function notAllowed(flag: string): Outcome {
  return error({
    code: "permission",
    message: `Not allowed by Deno: run with ${flag}`,
  });
}

/** The class, code and message of an error and of its causes, as one string. */
function chain(thrown: unknown): string {
  const parts: string[] = [];
  // A chain of causes may be a circle: five of them are enough.
  for (let depth = 0; thrown instanceof Error && depth < 5; depth++) {
    const { code } = thrown as { code?: unknown };
    // Words that others chose are not signs: a URL may contain "certificate",
    // and so may the names of a certificate.
    const message = thrown.message.replace(
      /\bhttps?:\/\/\S+|certificate is only valid for .*|\baltnames?: .*|"[^"]*"/gi,
      "",
    );
    parts.push(`${thrown.name} ${String(code ?? "")}: ${message}`);
    thrown = thrown.cause;
  }
  return parts.join(" <- ");
}

/** The last part of a chained message: the runtime puts the root cause last. */
export function lastPart(text: string): string {
  return oneLine(text.split(": ").at(-1)!, 120);
}

function certificateFault(text: string): string {
  if (/UnknownIssuer|UNABLE_TO_VERIFY|SELF_SIGNED/i.test(text)) {
    return "it was issued by an unknown authority";
  }
  if (/Expired|HAS_EXPIRED/i.test(text)) return "it has expired";
  if (/NotValidYet|NOT_YET_VALID/i.test(text)) return "it is not valid yet";
  if (/not valid for name|NotValidForName|ALTNAME/i.test(text)) {
    return "it is for another name";
  }
  return lastPart(text);
}
