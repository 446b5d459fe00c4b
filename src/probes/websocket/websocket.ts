import { OptionError, readOption } from "../../core/option_error.ts";
import { error, pass } from "../../core/outcome.ts";
import { withoutCredentials } from "../../core/secrets.ts";
import { excerpt, parsedUrl } from "../../core/text.ts";
import type { Detail, DetailMetric, Outcome, Probe } from "../../core/types.ts";
import { wallTime } from "../../io/clock.ts";
import { authority, type Endpoint, endpoint } from "../address.ts";
import {
  type AddressOptions,
  mustBeAddresses,
  netPermissions,
} from "../connection/addresses.ts";
import { connect } from "../connection/connect.ts";
import { type Connection, isClosedByPeer } from "../connection/connection.ts";
import {
  EXPIRY_METRIC,
  type ExpiryLimits,
  expiryTest,
} from "../connection/expiry.ts";
import { HandshakeEnded, type TlsConnection } from "../connection/tls.ts";
import { define } from "../define.ts";
import { mustBeOfFamily } from "../family.ts";
import { hrefOf, secretsOf } from "../http/request.ts";
import { NoAnswer } from "../http/wire/framing.ts";
import { hostOf, portOf } from "../http/wire/destination.ts";
import {
  securityOf,
  type SecurityOptions,
  tlsDetail,
} from "../tcp/security.ts";
import {
  expecting,
  sending,
  type TcpExpected,
  type TcpSent,
} from "../tcp/steps.ts";
import { mustBePlain, tlsFiles } from "../tls_options.ts";
import { classify, internal } from "../classify.ts";
import { withOutcome } from "../with_outcome.ts";
import { converse } from "./conversation.ts";
import { clientFrame, OPCODES } from "./frame.ts";
import { wishOf } from "./handshake.ts";
import { type Found, sayGoodbye, shakeHands } from "./opening.ts";

/** Options for {@linkcode websocket}. */
export interface WebSocketOptions
  extends SecurityOptions, Pick<AddressOptions, "family"> {
  /** The subprotocols to offer. The server has to choose one of them. */
  protocols?: readonly string[];
  /** Headers of the handshake, such as `origin`; a `host` is sent as it is. */
  headers?: HeadersInit;
  /** What to send: a string as a text message, bytes as a binary one. */
  send?: TcpSent;
  /**
   * What the first 64 KiB of a message should contain or match. Messages are
   * read until one does, at most 256 KiB of them.
   */
  expect?: TcpExpected;
  /**
   * When a certificate that ends soon warns or fails: a duration such as
   * `"21d"`, or a share of its lifetime such as `"20%"`.
   */
  certificate?: ExpiryLimits;
  /**
   * Where to connect instead, with the URL's host kept for the Host header and
   * for TLS: a host, and perhaps a port.
   */
  address?: string;
}

/** The metrics of its details, under the names of blackbox_exporter. */
const METRICS: readonly DetailMetric[] = Object.freeze([
  {
    name: "probe_websocket_status_code",
    help: "The HTTP status of the last handshake.",
    key: "httpStatus",
  },
  {
    name: "probe_websocket_connection_upgraded",
    help: "Whether the last handshake succeeded.",
    key: "upgraded",
  },
  EXPIRY_METRIC,
]);

/**
 * Probes a WebSocket: it passes if the handshake succeeds and, where something is
 * expected, a message has it. Each attempt makes a connection of its own, and
 * follows no redirects.
 *
 * @throws {OptionError} If the URL is not an absolute one with `ws:` or `wss:`
 * (`url`), or an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { websocket } from "@lifesign/lifesign/probes";
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, (request) => {
 *   const { socket, response } = Deno.upgradeWebSocket(request);
 *   socket.onmessage = ({ data }) => socket.send(`got ${data}`);
 *   return response;
 * });
 * const echo = websocket(`ws://127.0.0.1:${server.addr.port}/echo`, {
 *   send: "ping",
 *   expect: "got ping",
 * });
 *
 * const { verdict } = await echo(AbortSignal.timeout(5000));
 * assertEquals(verdict, "pass");
 * ```
 */
export function websocket(
  url: string | URL,
  options: WebSocketOptions = {},
): Probe {
  const parsed = parseUrl(url);
  const href = hrefOf(parsed);
  const isSecure = parsed.protocol === "wss:";
  const asked = new URL(parsed);
  asked.protocol = isSecure ? "https:" : "http:";
  const wish = wishOf(asked, options);
  const { family } = options;
  mustBeAddresses(options);
  const to = placeOf(asked, options);
  mustBeOfFamily(to.hostname, family);
  const peer = authority(to);
  if (!isSecure) mustBePlain(options, "expected a wss: URL with it");
  const security = isSecure
    ? securityOf(options, {
      peer,
      hostname: hostOf(asked),
      protocols: ["http/1.1"],
      detailOf: tlsDetail,
    })
    : undefined;
  const expiry = expiryTest("certificate", options.certificate ?? {});
  const opcode = typeof options.send === "string"
    ? OPCODES.text
    : OPCODES.binary;
  const payload = options.send === undefined
    ? undefined
    : sending("send", options.send).bytes([]);
  const expected = options.expect === undefined
    ? undefined
    : expecting("expect", options.expect).expected;

  async function open(signal: AbortSignal): Promise<Connection> {
    try {
      const connection = await connect(to, signal, family);
      return await security?.secure(connection, signal) ?? connection;
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isClosedByPeer(thrown)) throw thrown;
      // It may be closed before anything was sent.
      throw isSecure ? new HandshakeEnded(peer) : new NoAnswer(peer);
    }
  }

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    if (!("Deno" in globalThis)) {
      return error({
        code: "unsupported",
        message: "This runtime has no websocket checks: only Deno has",
      });
    }
    using connection = await open(signal);
    const secured = "lifetime" in connection
      ? connection as TlsConnection
      : undefined;
    const tls = secured && tlsDetail(secured);
    const found: Found = {};
    const detail = (): Detail => ({ ...found, ...tls });
    try {
      const source = await shakeHands(connection, peer, wish, found, signal);
      const fault = await converse(
        source,
        // Each frame has a mask of its own.
        { sent: payload && clientFrame(opcode, payload), expected },
        detail(),
        signal,
      );
      await sayGoodbye(source);
      signal.throwIfAborted();
      return fault ??
        (secured && expiry(secured.lifetime, wallTime(), detail())) ??
        pass(detail());
    } catch (thrown) {
      signal.throwIfAborted();
      const outcome = classify(thrown, peer) ?? internal(thrown);
      return { ...outcome, detail: detail() };
    }
  }

  return define(withOutcome(attempt, peer), {
    type: "websocket",
    target: href,
    permissions: [
      ...netPermissions(to, { ...(family !== undefined && { family }) }),
      ...tlsFiles(options).map((path) => ({ name: "read", path }) as const),
    ],
    metrics: METRICS,
    secrets: secretsOf(parsed, wish.request, {}),
    ...(security !== undefined && "Deno" in globalThis &&
      { prepare: security.prepare }),
  });
}

function parseUrl(url: string | URL): URL {
  const parsed = parsedUrl(url);
  if (parsed?.protocol === "ws:" || parsed?.protocol === "wss:") return parsed;
  throw new OptionError(
    "url",
    `expected an absolute URL with ws: or wss:, got ${
      parsed === null
        ? excerpt(withoutCredentials(String(url)))
        : `"${parsed.protocol}"`
    }`,
  );
}

/** Where the connection goes. */
function placeOf(url: URL, { address }: WebSocketOptions): Endpoint {
  const own = readOption("url", () => endpoint(url.hostname, portOf(url)));
  return address === undefined
    ? own
    : readOption("address", () => endpoint(address, own.port));
}
