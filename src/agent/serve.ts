import { patience, sleep } from "../io/sleep.ts";
import { authority } from "../probes/address.ts";
import { withoutLength } from "../server/head.ts";

/** How long requests may still be answered once the server ends. */
const LAST_ANSWERS_MS = 500;

/** How long after a server failed it is started again. */
const LISTEN_AGAIN_MS = 1000;

/** A host and a port to listen on. */
export interface ListenAddress {
  /** A host name or an address. */
  readonly hostname: string;
  /** The port; 0 for any free one. */
  readonly port: number;
}

/** The HTTP app cannot listen on its address. */
export class ListenError extends Error {
  /** The class's name, whichever copy of the package made the error. */
  override readonly name: string = "ListenError";
}

/** Answers a request. */
type Handler = (request: Request) => Response | Promise<Response>;

/** A server that listens. */
export interface Server {
  /** The URL of its root. */
  readonly url: string;
  /** Ends it; requests that are being answered get a moment to finish. */
  readonly close: () => Promise<void>;
}

/**
 * Serves HTTP until it is closed. A server that fails, for example because the
 * process is out of file descriptors, is started again.
 *
 * @throws {ListenError} If it cannot listen on the address.
 */
export function serve(
  handler: Handler,
  address: ListenAddress,
  onError: (error: unknown) => void,
): Server {
  const closing = new AbortController();
  let server = bind(handler, address);
  const bound = { ...address, port: server.addr.port };
  const serving = keepServing();

  async function keepServing(): Promise<void> {
    while (true) {
      try {
        return await server.finished;
      } catch (error) {
        onError(error);
      }
      while (true) {
        await sleep(LISTEN_AGAIN_MS, closing.signal);
        if (closing.signal.aborted) return;
        try {
          server = bind(handler, bound);
          break;
        } catch (error) {
          onError(error);
        }
      }
    }
  }

  return {
    url: `http://${authority(bound)}/`,
    async close() {
      closing.abort();
      // A server that is being shut down can no longer be aborted: requests
      // that take longer end with the process.
      await patience(
        Promise.all([server.shutdown(), serving]),
        LAST_ANSWERS_MS,
      );
    },
  };
}

function bind(
  handler: Handler,
  address: ListenAddress,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(
      { ...address, onListen() {} },
      async (request) => {
        const response = await handler(request);
        return request.method === "HEAD" ? withoutLength(response) : response;
      },
    );
  } catch (cause) {
    const where = authority(address);
    const why = cause instanceof Deno.errors.NotCapable
      ? `not allowed by Deno: run with --allow-net=${where}`
      : (cause as Error).message;
    throw new ListenError(`Cannot listen on ${where}: ${why}`, { cause });
  }
}
