import { isDeepStrictEqual } from "node:util";
import { compareChecks } from "../config/compare.ts";
import type { Config, ListenAddress } from "../config/config.ts";
import { wallTime } from "../io/clock.ts";
import { patience, sleep } from "../io/sleep.ts";
import { Fleet } from "../fleet/fleet.ts";
import type { FleetOptions } from "../fleet/fleet_options.ts";
import type { CheckRecord } from "../fleet/record.ts";
import type { Telemetry } from "../sinks/otel/telemetry.ts";
import { authority } from "../probes/address.ts";
import { createApp } from "../server/app.ts";

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
  /**
   * Goes on with another config. Checks of which it says the same go on as if
   * nothing had happened, and of those that change what is known stays until
   * their next attempt. Resolves when the attempts of removed ones have ended.
   */
  reload(config: Config): Promise<Reloaded>;
  /** Notes, for the metrics, that there was no other config to be had. */
  reloadFailed(): void;
  /** Ends it in order: attempts first, then the app. Idempotent. */
  close(): Promise<void>;
}

/** Options for {@linkcode startAgent}. */
export interface AgentOptions
  extends Pick<FleetOptions, "onChange" | "onError"> {
  /** Tells others what the fleet does. */
  telemetry?: Telemetry | undefined;
  /** What was known of checks before, by their ids. */
  readonly records?: ReadonlyMap<string, CheckRecord>;
}

/** What became of another config. */
export interface Reloaded {
  /** How many checks are new. */
  readonly added: number;
  /** How many are gone. */
  readonly removed: number;
  /** How many are different. */
  readonly changed: number;
  /** Whether those that stay are in another order. */
  readonly isOrderNew: boolean;
  /** Whether the HTTP app asks for another token. */
  readonly isTokenNew: boolean;
  /** The settings that have another value now, which needs a restart. */
  readonly needRestart: readonly RestartSetting[];
}

/** What an agent cannot change while it runs. */
const RESTART_SETTINGS = ["listen", "concurrency", "state"] as const;

/** A setting that an agent cannot change while it runs. */
export type RestartSetting = typeof RESTART_SETTINGS[number];

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
  const { listen } = config;
  let loaded = { successful: true, succeededAt: new Date(wallTime()) };
  const appOf = ({ token }: Config): ReturnType<typeof createApp> =>
    createApp(fleet, {
      ...(token !== undefined && { token }),
      configLoad: () => loaded,
    });
  let app = appOf(config);
  const onError = options.onError ?? ((error: unknown) => reportError(error));
  const server = listen === false
    ? null
    : serve((request) => app.fetch(request), listen, onError);
  for (const { id, probe, options: policy } of config.checks) {
    fleet.add(traced(id, probe), {
      ...policy,
      id,
      record: options.records?.get(id),
    });
  }

  let current = config;
  async function reload(next: Config): Promise<Reloaded> {
    const before = current;
    current = next;
    loaded = { successful: true, succeededAt: new Date(wallTime()) };
    const changes = compareChecks(before.checks, next.checks);
    const { added, removed, changed, isOrderNew } = changes;
    const left = removed.map((id) => fleet.remove(id));
    for (const { id, probe, options } of changed) {
      fleet.replace(traced(id, probe), { ...options, id });
    }
    for (const { id, probe, options } of added) {
      fleet.add(traced(id, probe), { ...options, id });
    }
    if (isOrderNew || added.length > 0) {
      fleet.arrange(next.checks.map(({ id }) => id));
    }
    const isTokenNew = next.token !== before.token;
    if (isTokenNew) app = appOf(next);
    await Promise.all(left);
    return {
      added: added.length,
      removed: removed.length,
      changed: changed.length,
      isOrderNew,
      isTokenNew,
      needRestart: RESTART_SETTINGS.filter((key) =>
        !isDeepStrictEqual(next[key], before[key]) &&
        !isDeepStrictEqual(next[key], config[key])
      ),
    };
  }

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    closing ??= Promise.all([fleet.close(), server?.close()]).then(() => {});
  return {
    fleet,
    url: server?.url ?? null,
    reload,
    reloadFailed() {
      loaded = { ...loaded, successful: false };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function serve(
  handler: (request: Request) => Response | Promise<Response>,
  address: ListenAddress,
  onError: (error: unknown) => void,
): { readonly url: string; readonly close: () => Promise<void> } {
  const closing = new AbortController();
  let server = bind(handler, address);
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
      // What is still being answered then ends with the process: once it is
      // being shut down, a server can no longer be aborted.
      await patience(
        Promise.all([server.shutdown(), serving]),
        LAST_ANSWERS_MS,
      );
    },
  };
}

function bind(
  handler: (request: Request) => Response | Promise<Response>,
  address: ListenAddress,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ ...address, onListen() {} }, handler);
  } catch (cause) {
    const where = authority(address);
    const why = cause instanceof Deno.errors.NotCapable
      ? `not allowed by Deno: run with --allow-net=${where}`
      : (cause as Error).message;
    throw new ListenError(`Cannot listen on ${where}: ${why}`, { cause });
  }
}
