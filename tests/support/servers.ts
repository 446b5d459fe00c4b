/**
 * Loopback servers on free ports, as well and as badly behaved as a probe may
 * find them. Each is closed, with all of its connections, at the end of the
 * `await using` that holds it.
 *
 * @module
 */

import "./no_proxy.ts";

/** A server that listens. */
export interface Server extends AsyncDisposable {
  readonly port: number;
  /** Its host and port as they stand in a URL. */
  readonly authority: string;
  /** How many connections were made to it so far. */
  readonly connections: number;
}

/** A request that an HTTP server got. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A server that speaks HTTP. */
export interface HttpServer extends Server {
  /** The requests so far. */
  readonly asked: readonly Asked[];
}

/** Options of all servers. */
export interface ServerOptions {
  /** @default {"127.0.0.1"} */
  readonly hostname?: string;
}

/** Options for {@linkcode httpServer}. */
export interface HttpServerOptions extends ServerOptions {
  /** @default {0} One that is free. */
  readonly port?: number;
  /** Whether it speaks TLS, with the certificate in `tls/leaf.pem`. */
  readonly tls?: boolean;
}

/** Handles a connection, which stays open unless the handler closes it. */
export type Handle = (conn: Deno.TcpConn) => unknown;

/** A certificate authority, and a certificate that it issued, with its key. */
export interface Pem {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const tlsFolder = `${import.meta.dirname}/tls`;

/** The paths of the files for TLS. */
export const pemFiles: Pem = {
  ca: `${tlsFolder}/ca.pem`,
  cert: `${tlsFolder}/leaf.pem`,
  key: `${tlsFolder}/leaf.key`,
};

/** The files for TLS, as strings. */
export const pem: Pem = {
  ca: Deno.readTextFileSync(pemFiles.ca),
  cert: Deno.readTextFileSync(pemFiles.cert),
  key: Deno.readTextFileSync(pemFiles.key),
};

/** A server of raw TCP. */
export function tcpServer(handle: Handle, options: ServerOptions = {}): Server {
  const { hostname = "127.0.0.1" } = options;
  const listener = Deno.listen({ hostname, port: 0 });
  const conns: Deno.TcpConn[] = [];
  const handled: Promise<unknown>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      handled.push(deal(handle, conn));
    }
  })();
  return {
    ...placeOf(listener.addr as Deno.NetAddr),
    get connections() {
      return conns.length;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      // One more may have been accepted already.
      await accepting;
      conns.forEach(shut);
      await Promise.all(handled);
    },
  };
}

/** A server that answers each request as `respond` says. */
export function httpServer(
  respond: (request: Request) => Response | Promise<Response>,
  options: HttpServerOptions = {},
): HttpServer {
  const { hostname = "127.0.0.1", port = 0, tls = false } = options;
  const peers = new Set<number>();
  const asked: Asked[] = [];
  const server = Deno.serve({
    hostname,
    port,
    onListen() {},
    ...(tls && { cert: pem.cert, key: pem.key }),
  }, async (request, { remoteAddr }) => {
    peers.add((remoteAddr as Deno.NetAddr).port);
    asked.push(await toAsked(request));
    return await respond(request);
  });
  return {
    ...placeOf(server.addr as Deno.NetAddr),
    asked,
    get connections() {
      return peers.size;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A server that reads the head of a request, and then writes any bytes. */
export function rawHttpServer(
  respond: (conn: Deno.TcpConn, head: string) => unknown,
  options: ServerOptions = {},
): Server {
  return tcpServer(async (conn) => {
    await respond(conn, await readHead(conn));
  }, options);
}

/** A port at which nothing listens. */
export function closedPort(hostname = "127.0.0.1"): number {
  using listener = Deno.listen({ hostname, port: 0 });
  return listener.addr.port;
}

/** Does nothing with a connection until the server is closed. */
export function hang(): void {}

/** Closes a connection in the orderly way. */
export function close(conn: Deno.TcpConn): void {
  shut(conn);
}

/** Sends text or bytes, all of them. */
export async function say(
  conn: Deno.TcpConn,
  what: string | Uint8Array,
): Promise<void> {
  const bytes = typeof what === "string"
    ? new TextEncoder().encode(what)
    : what;
  for (let sent = 0; sent < bytes.length;) {
    sent += await conn.write(bytes.subarray(sent));
  }
}

/** Sends something again and again until the other side closes. */
export async function sayForEver(
  conn: Deno.TcpConn,
  what: string,
): Promise<void> {
  const bytes = new TextEncoder().encode(what);
  while (true) await conn.write(bytes);
}

/** Reads until a request's head is complete, or the other side has closed. */
export async function readHead(conn: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(65536);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const count = await conn.read(buffer);
    if (count === null) break;
    head += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return head;
}

/** A handler's connection may be gone at any time, which is no fault of it. */
async function deal(handle: Handle, conn: Deno.TcpConn): Promise<void> {
  try {
    await handle(conn);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return [
    Deno.errors.BrokenPipe,
    Deno.errors.ConnectionReset,
    Deno.errors.Interrupted,
    Deno.errors.BadResource,
  ].some((gone) => error instanceof gone);
}

function shut(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}

function placeOf(
  { hostname, port }: Deno.NetAddr,
): Pick<Server, "port" | "authority"> {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return { port, authority: `${host}:${port}` };
}

/** What a server was asked by a request. */
export async function toAsked(request: Request): Promise<Asked> {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    path: pathname + search,
    headers: new Headers(request.headers),
    body: await request.text(),
  };
}
