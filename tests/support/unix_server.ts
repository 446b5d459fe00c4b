import "./no_proxy.ts";
import { type Asked, toAsked } from "./servers.ts";

/**
 * The one Unix socket that the tests may use: Deno permits `unix:` by an exact
 * path only, so that `deno.json` has to name it.
 */
export const SOCKET = "/tmp/lifesign_test.sock";

/** Another file than the socket: who deletes a lock cannot hold it. */
const LOCK = `${SOCKET}.lock`;

let isHeld = false;

/**
 * Waits until no other test uses {@linkcode SOCKET}, in this process or another
 * one, and keeps others from using it until it is disposed of. Nobody listens
 * at it then. The system releases the lock of a process that ends.
 *
 * @throws {Error} If this test module holds it already: it would wait for ever.
 */
export async function lockSocket(): Promise<Disposable> {
  if (isHeld) throw new Error(`${SOCKET} is in use by this test module`);
  isHeld = true;
  const file = await Deno.open(LOCK, { write: true, create: true });
  await file.lock(true);
  removeIfThere(SOCKET);
  return {
    [Symbol.dispose]() {
      removeIfThere(SOCKET);
      // Closing it releases the lock.
      file.close();
      isHeld = false;
    },
  };
}

/** A server on {@linkcode SOCKET} that answers each request as `respond` says. */
export async function unixServer(
  respond: (request: Request) => Response | Promise<Response>,
): Promise<AsyncDisposable & { readonly asked: readonly Asked[] }> {
  const lock = await lockSocket();
  const asked: Asked[] = [];
  const server = Deno.serve(
    { path: SOCKET, onListen() {} },
    async (request) => {
      asked.push(await toAsked(request));
      return await respond(request);
    },
  );
  return {
    asked,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      lock[Symbol.dispose]();
    },
  };
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
