import type { Server } from "node:net";

/** A relay to a local port, which keeps what each client sends first. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  readonly hellos: readonly Uint8Array[];
}

/** Starts a relay. */
export function startRelay(to: number): Relay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const hellos: Uint8Array[] = [];
  const relayed: Promise<unknown>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) relayed.push(relay(conn));
  })();

  async function relay(conn: Deno.Conn): Promise<void> {
    const target = await Deno.connect({ hostname: "127.0.0.1", port: to });
    const buffer = new Uint8Array(65536);
    const length = await conn.read(buffer) ?? 0;
    hellos.push(buffer.slice(0, length));
    await target.write(buffer.subarray(0, length));
    await Promise.allSettled([
      conn.readable.pipeTo(target.writable),
      target.readable.pipeTo(conn.writable),
    ]);
  }

  return {
    port: listener.addr.port,
    hellos,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(relayed);
    },
  };
}

/** Lets a server of Node listen until it is disposed of. */
export async function closing(
  server: Pick<Server, "listen" | "close" | "address">,
  hostname = "127.0.0.1",
): Promise<AsyncDisposable & { readonly port: number }> {
  await new Promise<void>((resolve) =>
    void server.listen(0, hostname, resolve)
  );
  const { port } = server.address() as { port: number };
  return {
    port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => void server.close(() => resolve())),
  };
}
