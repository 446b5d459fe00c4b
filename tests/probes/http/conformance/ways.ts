import type { HttpOptions } from "../../../../src/probes/http/options.ts";
import { pem, readHead } from "../../../support/servers.ts";
import { lockSocket, SOCKET } from "../../../support/unix_server.ts";

/** Answers a request; the connection stays open until it closes it. */
export type Respond = (conn: Deno.Conn, head: string) => unknown;

/** A server, and how it is asked. */
export interface Place extends AsyncDisposable {
  /** The URL of its root. */
  readonly url: string;
  readonly options: HttpOptions;
  /** What messages call it. */
  readonly peer: string;
}

/** A way to a server that answers in some way. */
export type Way = (respond: Respond) => Promise<Place>;

function listen(): Deno.Listener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
}

function listenTls(): Deno.Listener {
  return Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: pem.cert,
    key: pem.key,
  });
}

/** Serves until it is disposed of. */
function serve(
  listener: Deno.Listener,
  handle: (conn: Deno.Conn) => Promise<unknown>,
): AsyncDisposable & { readonly authority: string } {
  const conns: Deno.Conn[] = [];
  const handled: Promise<unknown>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      // The client may be gone at any time.
      handled.push(handle(conn).catch(() => {}));
    }
  })();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    authority: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const conn of conns) {
        try {
          conn.close();
        } catch {
          // It is closed already.
        }
      }
      await Promise.all(handled);
    },
  };
}

function answering(respond: Respond) {
  return async (conn: Deno.Conn): Promise<void> => {
    await respond(conn, await readHead(conn as Deno.TcpConn));
  };
}

/** A proxy that relays whatever it is asked to connect to. */
function relay(): ReturnType<typeof serve> {
  return serve(listen(), async (conn) => {
    const head = await readHead(conn as Deno.TcpConn);
    const [, hostname, port] = /^CONNECT ([\d.]+):(\d+) /.exec(head) ?? [];
    const target = await Deno.connect({ hostname: hostname!, port: +port! });
    try {
      await conn.write(
        new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"),
      );
      await Promise.all([
        conn.readable.pipeTo(target.writable),
        target.readable.pipeTo(conn.writable),
      ]);
    } finally {
      try {
        target.close();
      } catch {
        // The streams have closed it.
      }
    }
  });
}

/** Every way to a server. No verdict and no reason depends on it. */
export const WAYS: Readonly<Record<string, Way>> = {
  "at its host"(respond) {
    const server = serve(listen(), answering(respond));
    return place(server, `http://${server.authority}`, {});
  },
  "by its name"(respond) {
    const server = serve(listen(), answering(respond));
    const { port } = new URL(`http://${server.authority}`);
    return place(server, `http://localhost:${port}`, {}, `localhost:${port}`);
  },
  "by one version of IP"(respond) {
    const server = serve(listen(), answering(respond));
    return place(server, `http://${server.authority}`, { family: 4 });
  },
  "at an address"(respond) {
    const server = serve(listen(), answering(respond));
    const { authority } = server;
    return place(server, "http://shop.invalid", { address: authority });
  },
  "with a Host header"(respond) {
    const server = serve(listen(), answering(respond));
    const headers = { host: "shop.invalid" };
    return place(server, `http://${server.authority}`, { headers });
  },
  "over a connection that may be kept"(respond) {
    const server = serve(listen(), answering(respond));
    return place(server, `http://${server.authority}`, { keepAlive: true });
  },
  async "over a Unix socket"(respond) {
    const lock = await lockSocket();
    const listener = Deno.listen({ transport: "unix", path: SOCKET });
    const server = serve(listener, answering(respond));
    return {
      url: "http://shop.invalid",
      options: { unix: SOCKET },
      peer: SOCKET,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        lock[Symbol.dispose]();
      },
    };
  },
  "over TLS"(respond) {
    const server = serve(listenTls(), answering(respond));
    return place(server, `https://${server.authority}`, { ca: pem.ca });
  },
  "over TLS at an address"(respond) {
    const server = serve(listenTls(), answering(respond));
    const { authority } = server;
    const options = { ca: pem.ca, address: authority };
    return place(server, "https://lifesign.test", options);
  },
  async "over TLS through a proxy"(respond) {
    const proxy = relay();
    const server = serve(listenTls(), answering(respond));
    const options = { ca: pem.ca, proxy: `http://${proxy.authority}` };
    const { url, peer } = await place(
      server,
      `https://${server.authority}`,
      {},
    );
    return {
      url,
      peer,
      options,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await proxy[Symbol.asyncDispose]();
      },
    };
  },
};

function place(
  server: ReturnType<typeof serve>,
  url: string,
  options: HttpOptions,
  peer = server.authority,
): Promise<Place> {
  return Promise.resolve({
    url,
    options,
    peer,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  });
}
