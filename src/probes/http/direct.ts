import type { IncomingMessage } from "node:http";
import { readCapped } from "../../io/read.ts";
import type { PeerCertificate } from "node:tls";
import type { Endpoint } from "../address.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";
import {
  ofNoUse,
  readTls,
  tlsClient,
  type TlsOptions,
} from "../tls_options.ts";

/** Where {@linkcode directTransport} connects, if not to the URL's host. */
export interface DirectTransportOptions extends TlsOptions {
  /** The endpoint to connect to, whatever the URL says. */
  readonly address?: Endpoint | undefined;
  /** The path of the Unix socket to connect to. */
  readonly unix?: string | undefined;
}

/** Each certificate of a PEM text. */
const CERTIFICATES =
  /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

/** The Fetch standard's bound on redirects. */
const MAX_REDIRECTS = 20;

/**
 * Asks over a fresh connection to exactly where it is told, whatever proxy the
 * environment names, with the URL's host for the Host header and for TLS.
 *
 * `fetch` cannot: its `tcp` and `unix` transports speak no TLS and send the
 * target in absolute form, it overwrites a Host header of one's own, and it
 * follows the environment's proxy. So this is `node:http`, which is loaded
 * only when it is needed.
 */
export function directTransport(options: DirectTransportOptions): Transport {
  const prepared = new WeakMap<AbortSignal, TlsOptions>();
  const hasTls = (options.ca ?? options.cert) !== undefined;

  async function read(): Promise<TlsOptions> {
    const tls = await readTls(options);
    await mustBeOfUse(tls);
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
          // A redirect to another host goes to that host.
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
      if (url.origin !== from.origin) headers = forOthers(headers);
      if (status === 303 || status < 303 && method === "POST") {
        [method, body] = [method === "HEAD" ? "HEAD" : "GET", undefined];
      }
    }
  }
}

/** Whether the modules of Node have been loaded. */
let isLoaded = false;
let loading: Promise<void> | undefined;

/** Loads the modules, which takes 40 ms in a process that has none of Node's. */
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
 * Tries certificates and keys: `node:tls` waits for ever with some that are of
 * no use, and others end the process, as it throws outside of any promise.
 */
async function mustBeOfUse({ ca, cert, key }: TlsOptions): Promise<void> {
  if (ca !== undefined) {
    tlsClient({ ca }).close();
    const { X509Certificate } = await import("node:crypto");
    for (const [certificate] of ca.matchAll(CERTIFICATES)) {
      try {
        new X509Certificate(certificate);
      } catch (error) {
        throw ofNoUse({ ca }, (error as Error).message);
      }
    }
  }
  if (cert === undefined) return;
  try {
    tlsClient({ cert, key }).close();
  } catch (error) {
    // Unlike `fetch`, it shows those of version 1 as well.
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
    // No agent: no connection is kept, and none is waited for.
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
      // Nothing means the system's authorities, which takes a permission;
      // an empty text means the runtime's, as in `fetch`.
      ca: ca ?? "",
      cert,
      key,
    }),
  }, resolve);
  outgoing.on("error", reject);
  // Without this, an answer of 101 would be none at all.
  outgoing.on("upgrade", (message, socket) => {
    socket.destroy();
    resolve(message);
  });
  outgoing.end(body);
  return await promise;
}

/** What goes to another origin than the headers were meant for, as in `fetch`. */
function forOthers(headers: HttpRequest["headers"]): HttpRequest["headers"] {
  const { authorization: _, cookie: __, host: ___, ...others } = headers;
  return others;
}

/** SNI has names only (RFC 6066, section 3). */
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
    // An abort may look like the end of a body.
    this.#signal.throwIfAborted();
    return bytes;
  }

  close(): Promise<void> {
    this.#message.destroy();
    return Promise.resolve();
  }
}

/** Names and values in turns, as `node:http` has them, the same name perhaps often. */
function toHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    headers.append(raw[i]!, raw[i + 1]!);
  }
  return headers;
}
