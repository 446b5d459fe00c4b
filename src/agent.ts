import type { Config } from "./config/config.ts";
import { patience } from "./io/sleep.ts";
import { Fleet, type FleetOptions } from "./monitor/fleet.ts";
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
  const server = config.listen === false
    ? null
    : serve(createApp(fleet).fetch, config.listen);
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
  { hostname, port }: { readonly hostname: string; readonly port: number },
): { readonly url: string; readonly close: () => Promise<void> } {
  const end = new AbortController();
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const server = listen();

  function listen(): Deno.HttpServer<Deno.NetAddr> {
    const { signal } = end;
    try {
      return Deno.serve({ hostname, port, signal, onListen() {} }, handler);
    } catch (cause) {
      const { message } = cause as Error;
      throw new ListenError(
        `Cannot listen on ${host}:${port}: ${message}`,
        { cause },
      );
    }
  }

  return {
    url: `http://${host}:${server.addr.port}/`,
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

/**
 * Waits for SIGINT or SIGTERM. The one after it ends the process at once, as
 * it would without us.
 */
export function untilSignal(): Promise<Deno.Signal> {
  const signals = ["SIGINT", "SIGTERM"] as const;
  return new Promise((resolve) => {
    const listeners = signals.map((signal) => {
      const listener = (): void => {
        for (const [signal, listener] of listeners) {
          Deno.removeSignalListener(signal, listener);
        }
        resolve(signal);
      };
      Deno.addSignalListener(signal, listener);
      return [signal, listener] as const;
    });
  });
}
