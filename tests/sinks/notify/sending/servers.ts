/**
 * Servers that answer as they are told to, or not at all.
 *
 * @module
 */

export const SECRET = "T0p5ecret/B12";

/** A server, and what it was sent. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  readonly bodies: string[];
}

export function serve(
  answer: (request: Request, count: number) => Response | Promise<Response>,
): Server {
  const bodies: string[] = [];
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(options, async (request) => {
    bodies.push(await request.text());
    return await answer(request, bodies.length);
  });
  const host = `127.0.0.1:${server.addr.port}`;
  return {
    url: `http://${host}/services/${SECRET}`,
    host,
    bodies,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A server of TCP that does something with each connection. */
export function serveTcp(
  talk: (connection: Deno.TcpConn) => Promise<void> | void,
): Disposable & { readonly url: string; readonly host: string } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.TcpConn>();
  void (async () => {
    for await (const connection of listener) {
      connections.add(connection);
      try {
        await talk(connection);
      } catch {
        // The client has gone.
      }
    }
  })();
  const host = `127.0.0.1:${listener.addr.port}`;
  return {
    url: `http://${host}/services/${SECRET}`,
    host,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // It is closed.
        }
      }
    },
  };
}

/** A host and port where nobody listens. */
export function closedHost(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return `127.0.0.1:${listener.addr.port}`;
}
