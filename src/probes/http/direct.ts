import type { IncomingMessage } from "node:http";
import { readCapped } from "../../io/read.ts";
import type { PeerCertificate } from "node:tls";
import type { Endpoint } from "../address.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";
import {
  readTls,
  tlsClient,
  tlsError,
  type TlsOptions,
} from "../tls_options.ts";

/** Options for {@linkcode directTransport}. */
export interface DirectTransportOptions extends TlsOptions {
  /** The endpoint to connect to instead of the URL's host. */
  readonly address?: Endpoint | undefined;
  /** The path of the Unix socket to connect to. */
  readonly unix?: string | undefined;
}

/** Matches each certificate of a PEM string. */
const CERTIFICATES =
  /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

/** The Fetch standard's limit on redirects. */
const MAX_REDIRECTS = 20;

/**
 * Makes a transport by `node:http`. It connects to the given address for each
 * request, ignores the proxy of the environment, and uses the URL's host for the
 * Host header and for TLS.
 *
 * `fetch` cannot do this: its `tcp` and `unix` transports do not speak TLS and
 * send the target in absolute form, it overwrites the Host header, and it uses
 * the proxy of the environment. `node:http` is loaded only when it is needed.
 */
export function directTransport(options: DirectTransportOptions): Transport {
  const prepared = new WeakMap<AbortSignal, TlsOptions>();
  const hasTls = (options.ca ?? options.cert) !== undefined;

  async function read(): Promise<TlsOptions> {
    const tls = await readTls(options);
    await verifyTls(tls);
    return tls;
  }

  return {
    ask,
    prepare(signal) {
      return isLoaded && !hasTls ? undefined : prepare(signal);
    },
  };

  async function prepare(signal: AbortSignal): Promise<void> {
    await (loading ??= load());
    prepared.set(signal, await read());
  }

  async function ask(
    target: string,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const tls = prepared.get(signal) ?? await read();
    let { method, headers, body } = request;
    const asked = new URL(target);
    let url = asked;
    for (let redirects = 0;; redirects++) {
      const elsewhere = url.host !== asked.host;
      const message = await send(
        url,
        { ...request, method, headers, body },
        signal,
        {
          ...tls,
          // A redirect to another host connects to that host.
          ...(!elsewhere && { address: options.address, unix: options.unix }),
        },
      );
      const status = message.statusCode ?? 0;
      const location = message.headers.location;
      if (
        request.redirect === "manual" || location === undefined ||
        ![301, 302, 303, 307, 308].includes(status)
      ) {
        return new DirectAnswer(message, signal);
      }
      message.destroy();
      if (redirects === MAX_REDIRECTS) {
        throw new TypeError("Maximum number of redirects (20) reached");
      }
      const from = url;
      url = new URL(location, from);
      if (!/^https?:$/.test(url.protocol)) {
        throw new TypeError("Can not redirect to a non HTTP(s) url");
      }
      if (url.origin !== from.origin) headers = forOtherOrigin(headers);
      if (status === 303 || status < 303 && method === "POST") {
        [method, body] = [method === "HEAD" ? "HEAD" : "GET", undefined];
      }
    }
  }
}

/** Whether the modules of Node are loaded. */
let isLoaded = false;
let loading: Promise<void> | undefined;

/** Loads the modules of Node, which takes about 40 ms the first time. */
async function load(): Promise<void> {
  await Promise.all([
    import("node:http"),
    import("node:https"),
    import("node:stream"),
    import("node:tls"),
  ]);
  isLoaded = true;
}

/**
 * Tries certificates and keys. `node:tls` never ends with some invalid ones, and
 * throws outside of any promise with others, which ends the process.
 */
async function verifyTls({ ca, cert, key }: TlsOptions): Promise<void> {
  if (ca !== undefined) {
    tlsClient({ ca }).close();
    const { X509Certificate } = await import("node:crypto");
    for (const [certificate] of ca.matchAll(CERTIFICATES)) {
      try {
        new X509Certificate(certificate);
      } catch (error) {
        throw tlsError({ ca }, (error as Error).message);
      }
    }
  }
  if (cert === undefined) return;
  try {
    tlsClient({ cert, key }).close();
  } catch (error) {
    // Unlike `fetch`, `node:tls` accepts certificates of version 1.
    if (!(error as Error).message.includes("CertVersion")) throw error;
  }
}

async function send(
  url: URL,
  { method, headers, body }: HttpRequest,
  signal: AbortSignal,
  { address, unix, ca, cert, key }: DirectTransportOptions,
): Promise<IncomingMessage> {
  const secure = url.protocol === "https:";
  const { request } = secure
    ? await import("node:https")
    : await import("node:http");
  const { checkServerIdentity } = await import("node:tls");
  signal.throwIfAborted();
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request({
    method,
    path: `${url.pathname}${url.search}`,
    headers: {
      // As fetch sends them.
      accept: "*/*",
      ...(body !== undefined &&
        { "content-type": "text/plain;charset=UTF-8" }),
      host: url.host,
      ...headers,
      connection: "close",
      ...(body !== undefined &&
        { "content-length": new TextEncoder().encode(body).length }),
    },
    signal,
    // Without an agent, no connection is kept or waited for.
    agent: false,
    ...(unix === undefined
      ? {
        host: address?.hostname ?? hostname,
        port: address?.port ?? (url.port || (secure ? 443 : 80)),
      }
      : { socketPath: unix }),
    ...(secure && {
      servername: isIp(hostname) ? "" : hostname,
      checkServerIdentity: (_host: string, shown: PeerCertificate) =>
        checkServerIdentity(hostname, shown),
      // `undefined` means the certificate authorities of the system, which
      // needs a permission; an empty string means those of the runtime, which
      // `fetch` uses.
      ca: ca ?? "",
      cert,
      key,
    }),
  }, resolve);
  outgoing.on("error", reject);
  // Without this listener, a response with status 101 would be lost.
  outgoing.on("upgrade", (message, socket) => {
    socket.destroy();
    resolve(message);
  });
  outgoing.end(body);
  return await promise;
}

/** The headers that may be sent to another origin, as in `fetch`. */
function forOtherOrigin(
  headers: HttpRequest["headers"],
): HttpRequest["headers"] {
  const { authorization: _, cookie: __, host: ___, ...others } = headers;
  return others;
}

/** Whether it is an address. SNI has only names (RFC 6066, section 3). */
function isIp(hostname: string): boolean {
  return hostname.includes(":") || /^[\d.]+$/.test(hostname);
}

class DirectAnswer implements HttpAnswer {
  readonly #message: IncomingMessage;
  readonly #signal: AbortSignal;
  #headers: Headers | undefined;

  constructor(message: IncomingMessage, signal: AbortSignal) {
    this.#message = message;
    this.#signal = signal;
  }

  get status(): number {
    return this.#message.statusCode ?? 0;
  }

  get headers(): Headers {
    return this.#headers ??= toHeaders(this.#message.rawHeaders);
  }

  async readBody(maxBytes: number): Promise<Uint8Array> {
    const { Readable } = await import("node:stream");
    const stream = Readable.toWeb(this.#message) as ReadableStream<Uint8Array>;
    const { bytes } = await readCapped(stream, { maxBytes });
    // After an abort the body may seem to end.
    this.#signal.throwIfAborted();
    return bytes;
  }

  close(): Promise<void> {
    this.#message.destroy();
    return Promise.resolve();
  }
}

/** Reads a list of alternating names and values, in which names may repeat. */
function toHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    headers.append(raw[i]!, raw[i + 1]!);
  }
  return headers;
}
