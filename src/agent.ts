import type { Config, ListenAddress } from "./config/config.ts";
import { wallTime } from "./io/clock.ts";
import { patience, sleep } from "./io/sleep.ts";
import { Fleet } from "./monitor/fleet.ts";
import type { FleetOptions } from "./monitor/fleet_options.ts";
import type { Telemetry } from "./otel.ts";
import { authority } from "./probes/address.ts";
import { createApp } from "./server/app.ts";

/** How long requests that are being answered may take at the end. */
const LAST_ANSWERS_MS = 500;

/** How long after a server failed it is tried again. */
const LISTEN_AGAIN_MS = 1000;

/** A fleet and its HTTP app, running. */
export interface Agent extends AsyncDisposable {
  /** The fleet of the config's checks. */
  readonly fleet: Fleet;
  /** Where the app is, or `null` if it is nowhere. */
  readonly url: string | null;
  /** Ends it in order: attempts first, then the app. Idempotent. */
  close(): Promise<void>;
}

/** Options for {@linkcode startAgent}. */
export interface AgentOptions
  extends Pick<FleetOptions, "onChange" | "onError"> {
  /** Tells others what the fleet does. */
  telemetry?: Telemetry | undefined;
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
  { telemetry, ...options }: AgentOptions = {},
): Agent {
  const fleet = new Fleet({ ...options, concurrency: config.concurrency });
  const traced = telemetry?.(fleet) ?? ((_id, probe) => probe);
  const { listen, token } = config;
  const loaded = { successful: true, succeededAt: new Date(wallTime()) };
  const app = createApp(fleet, {
    ...(token !== undefined && { token }),
    configLoad: () => loaded,
  });
  const onError = options.onError ?? ((error: unknown) => reportError(error));
  const server = listen === false ? null : serve(app.fetch, listen, onError);
  for (const { id, probe, options } of config.checks) {
    fleet.add(traced(id, probe), { ...options, id });
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
  onError: (error: unknown) => void,
): { readonly url: string; readonly close: () => Promise<void> } {
  const end = new AbortController();
  const closing = new AbortController();
  let server = bind(handler, address, end.signal);
  const bound = { ...address, port: server.addr.port };
  const serving = keepServing();

  /** A server ends when it cannot accept, say without file descriptors. */
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
          server = bind(handler, bound, end.signal);
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
      let open = true;
      const finished = server.shutdown().catch(() => {})
        .then(() => open = false);
      await patience(finished, LAST_ANSWERS_MS);
      // What is still being answered is cut off.
      if (open) end.abort();
      await finished;
      await serving;
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
