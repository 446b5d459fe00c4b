import { readCapped } from "../../io/read.ts";
import { directTransport } from "./direct.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";
import { proxyInEnvironment } from "./proxy_env.ts";
import {
  readTls,
  tlsClient,
  tlsFiles,
  type TlsOptions,
} from "../tls_options.ts";

/** Options for {@linkcode fetchTransport}. */
export interface FetchTransportOptions extends TlsOptions {
  /** The URL of the proxy. */
  readonly proxy?: string | undefined;
  /** Whether a connection may serve many attempts. */
  readonly keepAlive: boolean;
}

/**
 * Makes a transport by `fetch`, with a fresh connection for each request unless
 * connections are to be kept alive. Nothing is opened before the first one.
 */
export function fetchTransport(options: FetchTransportOptions): Transport {
  const { ca, cert, key, proxy, keepAlive } = options;
  if ((proxy ?? ca ?? cert ?? key) === undefined) {
    return keepAlive ? KEPT : FRESH;
  }
  const made = transportOf(
    new SharedClient(() => makeClient(options)),
    options,
  );
  // Certificates may be renewed: files are read for each attempt.
  return tlsFiles(options).length === 0
    ? made
    : { ...made, hold: () => NOTHING };
}

/** Holds nothing. */
const NOTHING: Disposable = { [Symbol.dispose]() {} };

function transportOf(
  clients: SharedClient,
  { proxy, ...tls }: Omit<FetchTransportOptions, "keepAlive">,
): Transport {
  const direct = directTransport(tls);
  return {
    async ask(url, request, signal) {
      const entered = clients.enter(signal);
      try {
        const client = entered instanceof Promise ? await entered : entered;
        if (client !== null) {
          const response = await fetch(url, initOf(request, signal, client));
          return new FetchAnswer(response, clients);
        }
      } catch (error) {
        if (
          proxy !== undefined || refusedPort(error) !== new URL(url).port
        ) {
          clients.leave();
          throw error;
        }
      }
      clients.leave();
      return await direct.ask(url, request, signal);
    },
    prepare(signal) {
      return isWarm && clients.isReady ? undefined : prepare(signal);
    },
    hold: () => clients.hold(),
  };

  async function prepare(signal: AbortSignal): Promise<void> {
    if (await clients.prepare(signal) === null) await direct.prepare(signal);
    else await (warming ??= warmUp());
  }
}

/** Whether `fetch` has been used in this process. */
let isWarm = false;
let warming: Promise<void> | undefined;

/**
 * Uses `fetch` without a network. Its first use in a process takes 10 to 20 ms,
 * which must not count for a target.
 */
async function warmUp(): Promise<void> {
  const response = await fetch("data:,", {
    redirect: "manual",
    headers: { "user-agent": "lifesign" },
    signal: new AbortController().signal,
  });
  await response.bytes();
  isWarm = true;
}

/**
 * Returns the port if the error says that `fetch` refuses it: one of the bad
 * ports of the Fetch standard. No connection was made then.
 */
export function refusedPort(error: unknown): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  return /Requests to port (\d+) are blocked/.exec(error.message)?.[1];
}

function initOf(
  { method, headers, body, redirect }: HttpRequest,
  signal: AbortSignal,
  client: Client,
): RequestInit {
  const init: RequestInit & { client?: Deno.HttpClient } = {
    method,
    headers,
    redirect,
    signal,
  };
  if (body !== undefined) init.body = body;
  if (client !== "default") init.client = client;
  return init;
}

class FetchAnswer implements HttpAnswer {
  readonly #response: Response;
  readonly #clients: SharedClient;

  constructor(response: Response, clients: SharedClient) {
    this.#response = response;
    this.#clients = clients;
  }

  get status(): number {
    return this.#response.status;
  }

  get headers(): Headers {
    return this.#response.headers;
  }

  /**
   * Reads a body at once where its length is known and within the limit. That
   * costs a fraction of reading it in parts.
   */
  async readBody(maxBytes: number): Promise<Uint8Array> {
    const { body, headers } = this.#response;
    if (body === null) return new Uint8Array();
    const length = headers.get("content-length");
    // A compressed body has another length when it is decoded.
    const isShort = length !== null && Number(length) <= maxBytes &&
      !headers.has("content-encoding");
    return isShort
      ? await this.#response.bytes()
      : (await readCapped(body, { maxBytes })).bytes;
  }

  async close(): Promise<void> {
    const { body } = this.#response;
    try {
      // A body that is not read would keep its connection open.
      if (body?.locked === false) await body.cancel();
    } finally {
      this.#clients.leave();
    }
  }
}

/** A client of `fetch`; `"default"` is the one of the runtime. */
type Client = Deno.HttpClient | "default";

/**
 * A client that is made at its first use and closed when it has no holder. It is
 * `null` if it might use a proxy of the environment. A client reads the proxy
 * variables when it is made, so they are looked at at the same time.
 */
class SharedClient {
  #client: Client | null | undefined;
  /** The signals of the attempts that hold the client before they start. */
  readonly #prepared = new WeakSet<AbortSignal>();
  #making: Promise<Client | null> | undefined;
  #holders = 0;
  readonly #make: () => Promise<Client | null> | Client | null;

  constructor(make: () => Promise<Client | null> | Client | null) {
    this.#make = make;
  }

  /** Whether there is a client that the next attempt can use. */
  get isReady(): boolean {
    return this.#client !== undefined;
  }

  /** Makes the client for an attempt that enters later, unless it is aborted. */
  async prepare(signal: AbortSignal): Promise<Client | null> {
    const client = this.enter(signal);
    try {
      return await client;
    } finally {
      if (signal.aborted) this.leave();
      else {
        this.#prepared.add(signal);
        signal.addEventListener("abort", () => {
          if (this.#prepared.delete(signal)) this.leave();
        }, { once: true });
      }
    }
  }

  /** Returns the client to an attempt, which has to call `leave()`. */
  enter(signal: AbortSignal): Client | null | Promise<Client | null> {
    if (!this.#prepared.delete(signal)) this.#holders++;
    return this.#client !== undefined
      ? this.#client
      : this.#making ??= this.#made();
  }

  /** Ends one use, and closes the client after the last one. */
  leave(): void {
    if (--this.#holders > 0) return;
    if (typeof this.#client === "object") this.#client?.close();
    this.#client = undefined;
  }

  /** Keeps the client from its first use until the result is disposed of. */
  hold(): Disposable {
    this.#holders++;
    return new Hold(this);
  }

  async #made(): Promise<Client | null> {
    try {
      return this.#client = await this.#make();
    } finally {
      // If the client could not be made, the next attempt tries again.
      this.#making = undefined;
    }
  }
}

/** A hold on a client. It is a class, since each check of a fleet has one. */
class Hold implements Disposable {
  #client: SharedClient | null;

  constructor(client: SharedClient) {
    this.#client = client;
  }

  [Symbol.dispose](): void {
    this.#client?.leave();
    this.#client = null;
  }
}

/** Keeps no connections: each attempt makes its own. */
const FRESH = transportOf(
  new SharedClient(() =>
    proxyInEnvironment()
      ? null
      : Deno.createHttpClient({ poolMaxIdlePerHost: 0 })
  ),
  {},
);

/** Keeps connections, by the default client of the runtime. */
const KEPT = transportOf(
  new SharedClient(() => proxyInEnvironment() ? null : "default"),
  {},
);

async function makeClient(
  options: FetchTransportOptions,
): Promise<Deno.HttpClient | null> {
  const { proxy, keepAlive } = options;
  if (proxy === undefined && proxyInEnvironment()) return null;
  return tlsClient(await readTls(options), {
    ...(proxy !== undefined && { proxy: { url: proxy } }),
    ...(!keepAlive && { poolMaxIdlePerHost: 0 }),
  });
}
