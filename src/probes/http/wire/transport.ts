import { error } from "../../../core/outcome.ts";
import type { Detail } from "../../../core/types.ts";
import { wallTime } from "../../../io/clock.ts";
import { authority, type Endpoint } from "../../address.ts";
import { classify, internal } from "../../classify.ts";
import type { Trust } from "../../connection/certificate.ts";
import type { Family } from "../../connection/addresses.ts";
import { connect, type Destination } from "../../connection/connect.ts";
import { type Connection, isReset } from "../../connection/connection.ts";
import {
  HandshakeEnded,
  loadTls,
  secure,
  type TlsConnection,
} from "../../connection/tls.ts";
import { Failure, failure } from "../../failure.ts";
import { expiryDetail, type Lifetime } from "../../connection/expiry.ts";
import { tryTls } from "../../connection/own_tls.ts";
import { readTls, TlsError, type TlsOptions } from "../../tls_options.ts";
import { decoded } from "./coding.ts";
import { Cookies } from "./cookies.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { NoAnswer } from "./framing.ts";
import { Gathered } from "./gathered.ts";
import { headersOf, valuesOf } from "./head.ts";
import { Phases } from "../phases.ts";
import { Pool } from "./pool.ts";
import {
  bodyByProxy,
  proxyAuthorization,
  proxyFault,
  tunnel,
} from "./proxy.ts";
import { type Hop, MAX_REDIRECTS, nextHop } from "./redirect.ts";
import type { HttpAnswer, HttpRequest, Transport } from "../transport.ts";

/** Options for {@linkcode wireTransport}. */
export interface WireOptions extends TlsOptions, Trust {
  /** Where to connect instead of to the URL's host; its port may be left out. */
  readonly address?: Omit<Endpoint, "port"> & { readonly port?: number };
  /** The path of the Unix socket to connect to. */
  readonly unix?: string | undefined;
  /** The URL of the proxy. */
  readonly proxy?: URL | undefined;
  /** The version of IP to connect by. */
  readonly family?: Family | undefined;
  /** Whether the request is made over TLS. */
  readonly isSecure: boolean;
  /** Whether a connection may serve many attempts, while the transport is held. */
  readonly keepAlive: boolean;
}

/** One attempt at a URL. */
interface Attempt {
  readonly first: URL;
  readonly tls: TlsOptions;
  readonly phases: Phases;
  /** How long the certificates on the way to the answer are valid. */
  readonly lifetimes: Lifetime[];
  readonly signal: AbortSignal;
}

/**
 * Makes the transport on Deno. Each request has a connection of its own, by
 * `Deno.connect`, and its certificate is verified each time.
 *
 * `fetch` cannot do this: it shows no certificate and may resume TLS sessions,
 * tries the addresses of a name one after the other without a limit, does not
 * tell where it hangs, refuses answers that others accept, overwrites the Host
 * header, and takes a proxy from the environment.
 */
export function wireTransport(options: WireOptions): Transport {
  const prepared = new WeakMap<AbortSignal, TlsOptions>();
  const hasTls = (options.ca ?? options.cert) !== undefined;
  const { keepAlive } = options;
  const kept = options.keepAlive ? new Pool() : undefined;

  /** Where connections are kept. Those to a proxy serve several targets. */
  function poolFor({ protocol }: URL): Pool | undefined {
    return options.proxy === undefined || protocol === "https:"
      ? kept
      : undefined;
  }

  let tried: TlsOptions = {};

  /** Reads certificates and keys, which may have been renewed. */
  async function read(): Promise<TlsOptions> {
    const tls = await readTls(options);
    if (!isSame(tls, tried)) await tryTls(tls);
    return tried = tls;
  }

  async function prepare(signal: AbortSignal): Promise<void> {
    if (options.isSecure) await loadTls();
    if (hasTls) prepared.set(signal, await read());
  }

  async function ask(
    target: string,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const tls = prepared.get(signal) ?? (hasTls ? await read() : {});
    const attempt: Attempt = {
      first: new URL(target),
      tls,
      phases: new Phases(),
      lifetimes: [],
      signal,
    };
    return await follow(attempt, { url: attempt.first, request });
  }

  /** Asks, and follows redirects. */
  async function follow(attempt: Attempt, hop: Hop): Promise<HttpAnswer> {
    const cookies = new Cookies();
    const own = hop.request.headers.cookie;
    for (let redirects = 0;; redirects++) {
      const answer = await askOnce(attempt, hop, redirects > 0);
      try {
        const next = nextHop(hop, answer.status, answer.location);
        if (next === undefined) return answer;
        await answer.close();
        if (redirects === MAX_REDIRECTS) {
          throw failure(
            "protocol",
            "Expected an answer, got more than 20 redirects",
          );
        }
        for (const value of answer.cookies) {
          cookies.set(value, hop.url, wallTime());
        }
        const sameSite = next.url.origin === attempt.first.origin;
        hop = withCookie(
          next,
          cookies.headerFor(next.url, sameSite ? own : undefined),
        );
      } catch (thrown) {
        await answer.close();
        throw thrown;
      }
    }
  }

  /** Sends one request, and blames whoever keeps it from an answer. */
  async function askOnce(
    attempt: Attempt,
    hop: Hop,
    isRedirected: boolean,
  ): Promise<WireAnswer> {
    const { signal } = attempt;
    const to = destinationOf(hop.url, attempt.first, options);
    const peer = "path" in to ? to.path : authority(to);
    const { proxy } = options;
    const pool = poolFor(hop.url);
    const server = `${hop.url.origin} at ${peer}`;
    try {
      const kept = pool?.take(server, signal);
      const opened = await reopen(kept, peer, hop, attempt) ??
        await (proxy === undefined
          ? open(to, peer, hop, attempt)
          : openByProxy(proxy, peer, hop, attempt));
      attempt.phases.end("processing");
      return new WireAnswer(opened, {
        peer,
        signal,
        phases: attempt.phases,
        lifetime: attempt.lifetimes.toSorted((a, b) => a.to - b.to)[0],
        ...(isRedirected && { from: placeOf(hop.url, attempt.first) }),
        ...(pool !== undefined &&
          { giveBack: () => pool.give(server, opened) }),
      });
    } catch (thrown) {
      // It may come as early as that.
      throw blame(isReset(thrown) ? new NoAnswer(peer) : thrown, peer, signal);
    }
  }

  /** Asks over a connection that was kept, unless the server has closed it. */
  async function reopen(
    kept: Connection | undefined,
    peer: string,
    hop: Hop,
    { signal, lifetimes }: Attempt,
  ): Promise<Exchange | undefined> {
    if (kept === undefined) return undefined;
    if ("lifetime" in kept) lifetimes.push((kept as TlsConnection).lifetime);
    try {
      return await exchange(kept, hop, { peer, keepAlive: true }, signal);
    } catch (thrown) {
      if (thrown instanceof NoAnswer) return undefined;
      throw thrown;
    }
  }

  async function open(
    to: Destination,
    peer: string,
    hop: Hop,
    attempt: Attempt,
  ): Promise<Exchange> {
    const { signal, phases } = attempt;
    const dial = async (): Promise<Connection> => {
      const connection = await connect(to, signal, options.family);
      phases.end("connect");
      return connection;
    };
    return hop.url.protocol === "https:"
      ? await exchangeSecurely(dial, peer, hop, attempt)
      : await exchange(await dial(), hop, { peer, keepAlive }, signal);
  }

  async function openByProxy(
    proxy: URL,
    peer: string,
    hop: Hop,
    attempt: Attempt,
  ): Promise<Exchange> {
    const { signal, phases, tls } = attempt;
    const by = destinationOf(proxy, proxy, {});
    const name = `the proxy ${"path" in by ? by.path : authority(by)}`;
    const dial = async (): Promise<Connection> => {
      const connection = await connect(by, signal, options.family);
      phases.end("connect");
      return proxy.protocol === "https:"
        ? await secure(connection, {
          ...tls,
          peer: name,
          hostname: hostOf(proxy),
        }, signal)
        : connection;
    };
    try {
      if (hop.url.protocol === "http:") {
        const headers = {
          ...hop.request.headers,
          ...proxyAuthorization(proxy),
        };
        const opened = await exchange(
          await dial(),
          { ...hop, request: { ...hop.request, headers } },
          { peer: name, isProxied: true },
          signal,
        );
        if (opened.head.status !== 407) {
          return { ...opened, body: bodyByProxy(opened.body, name, signal) };
        }
        opened.close();
        throw new Failure(error({
          code: "status",
          message: `The${name.slice(3)} asks for credentials: it answered 407`,
        }));
      }
    } catch (thrown) {
      signal.throwIfAborted();
      throw proxyFault(thrown, name);
    }
    const dialTunnel = async (): Promise<Connection> => {
      try {
        const options = { to: peer, proxy, peer: name };
        const connection = await tunnel(await dial(), options, signal);
        phases.end("connect");
        return connection;
      } catch (thrown) {
        signal.throwIfAborted();
        throw proxyFault(thrown, name);
      }
    };
    return await exchangeSecurely(dialTunnel, peer, hop, attempt);
  }

  /** Asks over TLS, by HTTP/1.1 if the server speaks it. */
  async function exchangeSecurely(
    dial: () => Promise<Connection>,
    peer: string,
    hop: Hop,
    attempt: Attempt,
  ): Promise<Exchange> {
    const { signal, phases, lifetimes, tls } = attempt;
    const { verify, fingerprint } = options;
    const shake = async (protocol: string): Promise<TlsConnection> => {
      const settings = {
        ...tls,
        peer,
        hostname: hostOf(hop.url),
        verify,
        fingerprint,
        protocols: [protocol],
      };
      try {
        const connection = await secure(await dial(), settings, signal);
        phases.end("tls");
        lifetimes.push(connection.lifetime);
        return connection;
      } catch (thrown) {
        // It may come before the handshake has begun.
        throw isReset(thrown) ? new HandshakeEnded(peer) : thrown;
      }
    };
    let connection: TlsConnection;
    try {
      connection = await shake("http/1.1");
    } catch (thrown) {
      if (!isOtherProtocol(thrown)) throw thrown;
      const { exchangeByHttp2 } = await import("./http2.ts");
      return await exchangeByHttp2(await shake("h2"), hop, peer, signal);
    }
    return await exchange(connection, hop, { peer, keepAlive }, signal);
  }

  return {
    ask,
    prepare(signal) {
      return hasTls || options.isSecure && loadTls() !== undefined
        ? prepare(signal)
        : undefined;
    },
    ...(kept !== undefined && { hold: () => kept.hold() }),
  };
}

function isSame(a: TlsOptions, b: TlsOptions): boolean {
  return a.ca === b.ca && a.cert === b.cert && a.key === b.key;
}

/** Whether a server refused a handshake for the protocol that was offered. */
function isOtherProtocol(thrown: unknown): boolean {
  return /NO_APPLICATION_PROTOCOL|NoApplicationProtocol/i.test(
    `${(thrown as { code?: unknown }).code} ${(thrown as Error).message}`,
  );
}

/**
 * Where to connect for a URL. A redirect stays at the given address as long as
 * its host is the same; on another port or by another scheme, it goes to that
 * port of it.
 */
function destinationOf(
  url: URL,
  first: URL,
  { address, unix }: Pick<WireOptions, "address" | "unix">,
): Destination {
  const own = { hostname: hostOf(url), port: portOf(url) };
  if (url.hostname !== first.hostname) return own;
  if (unix !== undefined) return { path: unix };
  if (address === undefined) return own;
  return {
    hostname: address.hostname,
    port: own.port === portOf(first) ? address.port ?? own.port : own.port,
  };
}

/** The host of a URL, an IPv6 address without brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** The port of a URL, or that of its scheme. */
export function portOf({ port, protocol }: URL): number {
  return port === "" ? protocol === "https:" ? 443 : 80 : Number(port);
}

/** Where an answer came from after a redirect, without its query. */
function placeOf(url: URL, first: URL): string {
  return url.origin === first.origin
    ? url.pathname
    : `${url.origin}${url.pathname}`;
}

function withCookie({ url, request }: Hop, cookie: string | undefined): Hop {
  const { cookie: _, ...headers } = request.headers;
  return {
    url,
    request: {
      ...request,
      headers: cookie === undefined ? headers : { ...headers, cookie },
    },
  };
}

/** What a failed request means, if the signal has not ended it. */
function blame(thrown: unknown, peer: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (thrown instanceof Failure || thrown instanceof TlsError) return thrown;
  return new Failure(classify(thrown, peer) ?? internal(thrown), {
    cause: thrown,
  });
}

interface AnswerOptions {
  readonly peer: string;
  readonly signal: AbortSignal;
  readonly phases: Phases;
  readonly lifetime: Lifetime | undefined;
  readonly from?: string;
  /** Keeps the connection for another attempt. */
  readonly giveBack?: () => Promise<void>;
}

class WireAnswer implements HttpAnswer {
  readonly from: string | undefined;
  readonly lifetime: Lifetime | undefined;
  readonly #exchange: Exchange;
  readonly #peer: string;
  readonly #signal: AbortSignal;
  readonly #phases: Phases;
  readonly #giveBack: (() => Promise<void>) | undefined;
  #headers: HttpAnswer["headers"] | undefined;

  constructor(exchange: Exchange, options: AnswerOptions) {
    this.#exchange = exchange;
    this.#peer = options.peer;
    this.#signal = options.signal;
    this.#phases = options.phases;
    this.from = options.from;
    this.lifetime = options.lifetime;
    this.#giveBack = options.giveBack;
  }

  get status(): number {
    return this.#exchange.head.status;
  }

  get headers(): HttpAnswer["headers"] {
    return this.#headers ??= headersOf(this.#exchange.head);
  }

  get location(): string | undefined {
    return valuesOf(this.#exchange.head, "location")[0];
  }

  get cookies(): string[] {
    return valuesOf(this.#exchange.head, "set-cookie");
  }

  get detail(): Detail {
    return {
      ...this.#phases.detail,
      ...(this.lifetime && expiryDetail(this.lifetime, wallTime())),
    };
  }

  async readBody(
    maxBytes: number,
    isEnough: (part: Uint8Array) => boolean = () => false,
  ): Promise<Uint8Array> {
    const { head, body } = this.#exchange;
    // The coding of the transfer was applied after that of the content.
    const coding = [
      ...valuesOf(head, "content-encoding"),
      ...valuesOf(head, "transfer-encoding"),
    ].join(",");
    const gathered = new Gathered();
    let left = maxBytes;
    try {
      if (maxBytes === 0) return gathered.bytes;
      for await (const part of coding === "" ? body : decoded(body, coding)) {
        const kept = part.subarray(0, left);
        gathered.add(kept);
        left -= kept.length;
        if (left === 0 || isEnough(kept)) break;
      }
    } catch (thrown) {
      throw blame(thrown, this.#peer, this.#signal);
    }
    this.#phases.end("transfer");
    return gathered.bytes;
  }

  close(): Promise<void> {
    if (this.#giveBack === undefined) this.#exchange.close();
    else void this.#giveBack();
    return Promise.resolve();
  }
}
