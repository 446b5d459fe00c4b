import { readCapped } from "../io/read.ts";
import { readTls, type TlsOptions, type Transport } from "./http_transport.ts";

/** How {@linkcode fetchTransport} reaches a server. */
export interface FetchTransportOptions extends TlsOptions {
  /** The proxy to go through. */
  readonly proxy?: string | undefined;
  /** Whether a connection may serve many attempts. */
  readonly keepAlive: boolean;
}

/** Asks by `fetch`, with a fresh connection unless `keepAlive`. */
export function fetchTransport(options: FetchTransportOptions): Transport {
  const clients = clientsFor(options);
  return ({ url, method, headers, body, redirect }, signal, read) =>
    clients.use(async (client) => {
      const response = await fetch(url, {
        method,
        headers,
        redirect,
        signal,
        ...(body !== undefined && { body }),
        ...(client !== undefined && { client }),
      });
      try {
        return await read({
          status: response.status,
          headers: response.headers,
          readBody: (maxBytes) => readBody(response, maxBytes),
        });
      } finally {
        // A body that nobody reads would hold its connection.
        if (response.body?.locked === false) await response.body.cancel();
      }
    });
}

/**
 * Reads a body whole where its length is known to be in bounds, which costs
 * the runtime a fraction of reading it in parts.
 */
async function readBody(
  response: Response,
  maxBytes: number,
): Promise<Uint8Array> {
  const { body, headers } = response;
  if (body === null) return new Uint8Array();
  const length = headers.get("content-length");
  // A coded body has another length when it is decoded.
  const isShort = length !== null && Number(length) <= maxBytes &&
    !headers.has("content-encoding");
  return isShort
    ? await response.bytes()
    : (await readCapped(body, { maxBytes })).bytes;
}

/** Gives a client to those who use it. */
interface Clients {
  use<T>(
    run: (client: Deno.HttpClient | undefined) => Promise<T>,
  ): Promise<T>;
}

/** A client that exists only while somebody uses it. */
class SharedClient implements Clients {
  #client: Promise<Deno.HttpClient> | undefined;
  #users = 0;
  readonly #make: () => Promise<Deno.HttpClient>;
  readonly #keep: boolean;

  constructor(make: () => Promise<Deno.HttpClient>, keep = false) {
    this.#make = make;
    this.#keep = keep;
  }

  async use<T>(run: (client: Deno.HttpClient) => Promise<T>): Promise<T> {
    this.#users++;
    const made = this.#client ??= this.#make();
    try {
      return await run(await made);
    } catch (error) {
      // What could not be made may be made the next time.
      await made.catch(() => this.#client = undefined);
      throw error;
    } finally {
      this.#users--;
      if (this.#users === 0 && !this.#keep && this.#client !== undefined) {
        this.#client = undefined;
        (await made).close();
      }
    }
  }
}

/** It keeps no connection, so that each attempt makes one. */
const FRESH = new SharedClient(() =>
  Promise.resolve(Deno.createHttpClient({ poolMaxIdlePerHost: 0 }))
);

/** The runtime's own client, which keeps connections. */
const KEPT: Clients = { use: (run) => run(undefined) };

function clientsFor(options: FetchTransportOptions): Clients {
  const { proxy, keepAlive } = options;
  const own = proxy ?? options.ca ?? options.cert ?? options.key;
  if (own === undefined) return keepAlive ? KEPT : FRESH;
  return new SharedClient(async () => {
    const { ca, cert, key } = await readTls(options);
    return Deno.createHttpClient({
      ...(ca !== undefined && { caCerts: [ca] }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
      ...(proxy !== undefined && { proxy: { url: proxy } }),
      ...(!keepAlive && { poolMaxIdlePerHost: 0 }),
    });
  }, keepAlive);
}
