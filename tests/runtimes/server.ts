/**
 * Serves `examples/worker.ts` in Deno, Node and Bun as workerd does: with scheduled
 * events, and a store for its records, which is a file. The path of the file is the
 * only argument. Prints its URL.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import worker from "../../examples/worker.ts";

const [, , file] = process.argv;
const env = {
  RECORDS: {
    async get(): Promise<string | null> {
      try {
        return await readFile(file!, "utf8");
      } catch {
        return null;
      }
    },
    put: (_key: string, value: string) => writeFile(file!, value),
  },
};

async function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname !== "/cdn-cgi/handler/scheduled") {
    return await worker.fetch(request, env);
  }
  await worker.scheduled({}, env);
  return new Response("ok");
}

/** Serves on a free port. Returns the port. */
async function serve(): Promise<number> {
  const address = { hostname: "127.0.0.1", port: 0 };
  if ("Deno" in globalThis) {
    return Deno.serve({ ...address, onListen() {} }, handle).addr.port;
  }
  if ("Bun" in globalThis) {
    const { Bun } = globalThis as unknown as {
      Bun: { serve(options: object): { port: number } };
    };
    return Bun.serve({ ...address, fetch: handle }).port;
  }
  // Node has no server for functions of requests.
  const server = createServer(async (incoming, outgoing) => {
    const response = await handle(requestOf(incoming));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(new Uint8Array(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function requestOf({ url, method, headers }: IncomingMessage): Request {
  return new Request(new URL(url!, `http://${headers.host}`), {
    method: method!,
  });
}

console.log(`http://127.0.0.1:${await serve()}/`);
