import type { Config, ListenAddress } from "./config/config.ts";
import { patience } from "./io/sleep.ts";
import { Fleet, type FleetOptions } from "./monitor/fleet.ts";
import { authority } from "./probes/address.ts";
import { createApp } from "./server/app.ts";

/** How long requests that are being answered may take at the end. */
const LAST_ANSWERS_MS = 500;

/** A fleet and its HTTP app, running. */
export interface Agent extends AsyncDisposable {
  /** The fleet of the config's checks. */
  readonly fleet: Fleet;
  /** Where the app is, or `null` if it is nowhere. */
  readonly url: string | null;
  /** Ends it in order: attempts first, then the app. Idempotent. */
  close(): Promise<void>;
}

/** The HTTP app cannot listen where it should. */
export class ListenError extends Error {
  /** What it is called. */
  override readonly name: string = "ListenError";
}

/**
 * Starts what a config says.
 *
 * @throws {ListenError} If the HTTP app cannot listen at the config's address.
 */
export function startAgent(
  config: Config,
  options: Pick<FleetOptions, "onChange" | "onError"> = {},
): Agent {
  const fleet = new Fleet({ ...options, concurrency: config.concurrency });
  const { listen, token } = config;
  const app = createApp(fleet, token === undefined ? {} : { token });
  const server = listen === false ? null : serve(app.fetch, listen);
  for (const { id, probe, options } of config.checks) {
    fleet.add(probe, { ...options, id });
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closing ??= Promise.all([fleet.close(), server?.close()]).then(() => {});
  return {
    fleet,
    url: server?.url ?? null,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function serve(
  handler: (request: Request) => Response | Promise<Response>,
  address: ListenAddress,
): { readonly url: string; readonly close: () => Promise<void> } {
  const end = new AbortController();
  const server = bind(handler, address, end.signal);
  return {
    url: `http://${authority({ ...address, port: server.addr.port })}/`,
    async close() {
      let open = true;
      const finished = server.shutdown().then(() => open = false);
      await patience(finished, LAST_ANSWERS_MS);
      // What is still being answered is cut off.
      if (open) end.abort();
      await finished;
    },
  };
}

function bind(
  handler: (request: Request) => Response | Promise<Response>,
  address: ListenAddress,
  signal: AbortSignal,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ ...address, signal, onListen() {} }, handler);
  } catch (cause) {
    const { message } = cause as Error;
    throw new ListenError(
      `Cannot listen on ${authority(address)}: ${message}`,
      { cause },
    );
  }
}
