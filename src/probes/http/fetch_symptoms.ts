import { error, fail } from "../../core/outcome.ts";
import { lastPart, type Symptom } from "../classify.ts";

/**
 * Signs in the errors of `fetch` in Node, Bun and workerd. Node tells the most. Of
 * an answer that is not HTTP, Bun says only that the connection was closed. workerd
 * tells a lost connection from other problems, and no more.
 */
export const FETCH_SYMPTOMS: readonly Symptom[] = [
  {
    sign: /\bbad port\b/,
    outcome: (target) =>
      error({
        code: "unsupported",
        message:
          `This runtime's fetch does not connect to the port of ${target}`,
      }),
  },
  {
    sign: /UND_ERR_(?:INVALID_ARG|NOT_SUPPORTED)/,
    outcome: (_, text) =>
      error({
        code: "unsupported",
        message: `This runtime's fetch cannot send that: ${lastPart(text)}`,
      }),
  },
  {
    sign: /CERT_HAS_EXPIRED/,
    outcome: () =>
      fail({ code: "expired", message: "The certificate has expired" }),
  },
  {
    // OpenSSL's text: `…:SSL routines:FUNCTION:REASON:FILE:LINE:…`.
    sign: /SSL routines:/,
    outcome(target, text) {
      const [, reason = ""] = /SSL routines:[^:]*:([^:]*)/.exec(text) ?? [];
      return fail({
        code: "tls",
        message: reason === "wrong version number"
          ? `${target} does not speak TLS`
          : `The TLS handshake with ${target} failed: ${reason}`,
      });
    },
  },
  {
    sign: /\bEPROTO\b/,
    outcome: (target) =>
      fail({
        code: "tls",
        message: `The TLS handshake with ${target} failed`,
      }),
  },
  {
    sign: /UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT/,
    outcome: (target) =>
      fail({
        code: "timeout",
        message: `${target} did not answer before this runtime gave up`,
      }),
  },
  {
    sign: /UND_ERR_SOCKET/,
    outcome: (target) =>
      fail({
        code: "reset",
        message: `${target} closed the connection without a full answer`,
      }),
  },
  {
    sign: /Network connection lost/,
    outcome: (target) =>
      fail({
        code: "reset",
        message: `${target} refused the connection or closed it`,
      }),
  },
  {
    sign: /HEADERS_OVERFLOW|ResponseHeadersTooLarge/,
    outcome: (target) =>
      fail({
        code: "protocol",
        message: `${target} sent more headers than this runtime reads`,
      }),
  },
  {
    sign: /InvalidHTTPResponse/,
    outcome: (target) =>
      fail({ code: "protocol", message: `${target} does not speak HTTP` }),
  },
  {
    sign: /\bZ_\w+_ERROR|ZlibError|Brotli\w*Error|decompression failed/i,
    outcome: () =>
      fail({
        code: "body",
        message: "Expected a body in its content coding, got one that is not",
      }),
  },
  {
    sign: /redirect count exceeded|TooManyRedirects|Too many redirects/,
    outcome: () =>
      fail({
        code: "protocol",
        message: "Expected an answer, got too many redirects",
      }),
  },
  {
    sign: /URL scheme must be|UnsupportedRedirectProtocol|cannot load/,
    outcome: () =>
      fail({
        code: "protocol",
        message: "Expected a redirect to an HTTP URL, got another",
      }),
  },
  {
    sign: /\binternal error; reference\b/,
    outcome: (target) =>
      error({
        code: "internal",
        message:
          `No verdict: this runtime does not say why ${target} did not answer`,
      }),
  },
];
