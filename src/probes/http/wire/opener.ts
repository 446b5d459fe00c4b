import { authority } from "../../address.ts";
import type { Family } from "../../connection/addresses.ts";
import type { Trust } from "../../connection/certificate.ts";
import { connect, type Destination } from "../../connection/connect.ts";
import {
  type Connection,
  isClosedByPeer,
} from "../../connection/connection.ts";
import type { Lifetime } from "../../connection/expiry.ts";
import {
  HandshakeEnded,
  secure,
  type TlsConnection,
} from "../../connection/tls.ts";
import type { TlsOptions } from "../../tls_options.ts";
import type { Phases } from "../phases.ts";
import { hostOf, portOf } from "./destination.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { NoAnswer } from "./framing.ts";
import { exchangeByProxy, type Proxy, tunnel } from "./proxy.ts";
import type { Kept } from "./pool.ts";
import type { Hop } from "./redirect.ts";

/** How connections are made. */
export interface OpenerOptions extends Trust {
  /** The URL of the proxy. */
  readonly proxy?: URL | undefined;
  /** The version of IP to connect by. */
  readonly family?: Family | undefined;
  /** Whether a connection may serve other requests, too. */
  readonly keepAlive: boolean;
  /** Whether HTTP/2 is offered at once, and not only where it is needed. */
  readonly prefersHttp2?: boolean;
}

/** One attempt, which may take several requests. */
export interface Attempt {
  /** The URL that was asked for first. */
  readonly first: URL;
  readonly tls: TlsOptions;
  readonly phases: Phases;
  /** How long the certificates on the way to the answer are valid. */
  readonly lifetimes: Lifetime[];
  readonly signal: AbortSignal;
}

/** Makes connections, and sends requests over them. */
export class Opener {
  readonly #options: OpenerOptions;

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  /**
   * Asks over a connection that was kept, unless the server has closed it or is
   * tired of waiting for a request (RFC 9110, section 15.5.9).
   */
  async reopen(
    kept: Kept | undefined,
    peer: string,
    hop: Hop,
    { signal, lifetimes }: Attempt,
  ): Promise<Exchange | undefined> {
    if (kept === undefined) return undefined;
    const { connection, next } = kept;
    const options = { peer, keepAlive: true, next };
    try {
      const opened = await exchange(connection, hop, options, signal);
      if (opened.head.status === 408) {
        opened.close();
        return undefined;
      }
      if ("lifetime" in connection) {
        lifetimes.push((connection as TlsConnection).lifetime);
      }
      return opened;
    } catch (thrown) {
      if (thrown instanceof NoAnswer) return undefined;
      throw thrown;
    }
  }

  /** Asks over a new connection, through the proxy if there is one. */
  async open(
    to: Destination,
    peer: string,
    hop: Hop,
    attempt: Attempt,
  ): Promise<Exchange> {
    const { signal, phases } = attempt;
    const { keepAlive } = this.#options;
    const proxy = this.#proxyFor(attempt);
    const isSecure = hop.url.protocol === "https:";
    if (proxy !== undefined && !isSecure) {
      return await exchangeByProxy(proxy, hop, signal);
    }
    const dial = async (): Promise<Connection> => {
      const connection = proxy === undefined
        ? await connect(to, signal, this.#options.family)
        : await tunnel(proxy, peer, signal);
      phases.end("connect");
      return connection;
    };
    return isSecure
      ? await this.#openSecurely(dial, peer, hop, attempt)
      : await exchange(await dial(), hop, { peer, keepAlive }, signal);
  }

  #proxyFor({ tls, phases, signal }: Attempt): Proxy | undefined {
    const { proxy: url, family } = this.#options;
    if (url === undefined) return undefined;
    const to = { hostname: hostOf(url), port: portOf(url) };
    const name = `the proxy ${authority(to)}`;
    const dial = async (): Promise<Connection> => {
      const connection = await connect(to, signal, family);
      phases.end("connect");
      if (url.protocol !== "https:") return connection;
      const settings = { ...tls, peer: name, hostname: to.hostname };
      return await secure(connection, settings, signal);
    };
    return { url, name, dial };
  }

  /** Asks over TLS, by HTTP/1.1 if the server speaks it. */
  async #openSecurely(
    dial: () => Promise<Connection>,
    peer: string,
    hop: Hop,
    attempt: Attempt,
  ): Promise<Exchange> {
    const { signal, phases, lifetimes, tls } = attempt;
    const { verify, fingerprint, keepAlive, prefersHttp2 } = this.#options;
    // A client certificate is for the host that it was given for.
    const isOwnHost = hop.url.hostname === attempt.first.hostname;
    const own = isOwnHost ? tls : { ca: tls.ca };
    const shake = async (...protocols: string[]): Promise<TlsConnection> => {
      const settings = {
        ...own,
        peer,
        hostname: hostOf(hop.url),
        verify,
        fingerprint,
        protocols,
      };
      try {
        const connection = await secure(await dial(), settings, signal);
        phases.end("tls");
        lifetimes.push(connection.lifetime);
        return connection;
      } catch (thrown) {
        // It may come before the handshake has begun.
        throw isClosedByPeer(thrown) ? new HandshakeEnded(peer) : thrown;
      }
    };
    const byHttp2 = async (connection: TlsConnection): Promise<Exchange> => {
      const { exchangeByHttp2 } = await import("./http2.ts");
      return await exchangeByHttp2(connection, hop, peer, signal);
    };
    let connection: TlsConnection;
    try {
      connection = prefersHttp2
        ? await shake("h2", "http/1.1")
        : await shake("http/1.1");
    } catch (thrown) {
      if (!isOtherProtocol(thrown)) throw thrown;
      return await byHttp2(await shake("h2"));
    }
    if (connection.socket.alpnProtocol === "h2") {
      return await byHttp2(connection);
    }
    return await exchange(connection, hop, { peer, keepAlive }, signal);
  }
}

/** Whether a server refused a handshake for the protocol that was offered. */
function isOtherProtocol(thrown: unknown): boolean {
  return /NO_APPLICATION_PROTOCOL|NoApplicationProtocol/i.test(
    `${(thrown as { code?: unknown }).code} ${(thrown as Error).message}`,
  );
}
