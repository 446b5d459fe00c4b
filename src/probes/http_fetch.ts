import { readCapped } from "../io/read.ts";
import {
  type Hold,
  type HttpAnswer,
  type HttpRequest,
  readTls,
  type TlsOptions,
  type Transport,
} from "./http_transport.ts";

/** How {@linkcode fetchTransport} reaches a server. */
export interface FetchTransportOptions extends TlsOptions {
  /** The proxy to go through. */
  readonly proxy?: string | undefined;
  /** Whether a connection may serve many attempts. */
  readonly keepAlive: boolean;
}

/** A transport by `fetch`. */
export interface FetchTransport {
  /** Asks with a fresh connection, unless it is to be kept alive. */
  readonly ask: Transport;
  /** Keeps the client that attempts share. */
  readonly hold: Hold;
}

/** Makes a transport by `fetch`. Nothing is opened until somebody asks. */
export function fetchTransport(options: FetchTransportOptions): FetchTransport {
  const clients = clientsFor(options);
  const ask: Transport = async (request, signal, read) => {
    const client = clients?.enter();
    try {
      return await fetchOnce(request, signal, await client, read);
    } finally {
      clients?.leave();
    }
  };
  return { ask, hold: () => clients?.hold() ?? NOTHING };
}

/** Where there is nothing to keep. */
const NOTHING: Disposable = { [Symbol.dispose]() {} };

async function fetchOnce<T>(
  { url, method, headers, body, redirect }: HttpRequest,
  signal: AbortSignal,
  client: Deno.HttpClient | undefined,
  read: (answer: HttpAnswer) => Promise<T>,
): Promise<T> {
  const init: RequestInit & { client?: Deno.HttpClient } = {
    method,
    headers,
    redirect,
    signal,
  };
  if (body !== undefined) init.body = body;
  if (client !== undefined) init.client = client;
  const response = await fetch(url.href, init);
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

/** A client that is made when it is first used, and closed when nobody holds it. */
class SharedClient {
  #client: Deno.HttpClient | undefined;
  #making: Promise<Deno.HttpClient> | undefined;
  #holders = 0;
  readonly #make: () => Promise<Deno.HttpClient> | Deno.HttpClient;

  constructor(make: () => Promise<Deno.HttpClient> | Deno.HttpClient) {
    this.#make = make;
  }

  /** Gives the client to somebody who will leave it. */
  enter(): Deno.HttpClient | Promise<Deno.HttpClient> {
    this.#holders++;
    return this.#client ?? (this.#making ??= this.#made());
  }

  /** Closes the client if it was the last one that left it. */
  leave(): void {
    if (--this.#holders > 0) return;
    this.#client?.close();
    this.#client = undefined;
  }

  /** Keeps the client, once there is one, until this is disposed of. */
  hold(): Disposable {
    this.#holders++;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) this.leave();
        held = false;
      },
    };
  }

  async #made(): Promise<Deno.HttpClient> {
    try {
      return this.#client = await this.#make();
    } finally {
      // What could not be made may be made the next time.
      this.#making = undefined;
    }
  }
}

/** It keeps no connection, so that each attempt makes one. */
const FRESH = new SharedClient(() =>
  Deno.createHttpClient({ poolMaxIdlePerHost: 0 })
);

/** The client to share; without one, it is the runtime's, which keeps alive. */
function clientsFor(options: FetchTransportOptions): SharedClient | undefined {
  const { proxy, keepAlive } = options;
  const own = proxy ?? options.ca ?? options.cert ?? options.key;
  if (own === undefined) return keepAlive ? undefined : FRESH;
  return new SharedClient(async () => {
    const { ca, cert, key } = await readTls(options);
    return Deno.createHttpClient({
      ...(ca !== undefined && { caCerts: [ca] }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
      ...(proxy !== undefined && { proxy: { url: proxy } }),
      ...(!keepAlive && { poolMaxIdlePerHost: 0 }),
    });
  });
}
