import { commandKind } from "./command/kind.ts";
import { httpKind } from "./http/kind.ts";
import type { Kind, Kinds } from "./kind.ts";
import type { TargetSyntax } from "./target_syntax.ts";
import { tcpKind } from "./tcp/kind.ts";

/** The built-in kinds of probes that are always there. */
export const KINDS: Kinds = {
  tcp: tcpKind,
  http: httpKind,
  command: commandKind,
};

/** A built-in kind that is loaded when it is named. */
export interface LazyKind {
  /** Loads it. */
  load(): Promise<Kind>;
  /** How its targets begin, and how they are written, if there are any. */
  readonly target?: Pick<TargetSyntax, "prefixes" | "forms">;
}

/** The other built-in kinds. */
export const LAZY_KINDS: Readonly<Record<string, LazyKind>> = {
  tls: {
    load: async () => (await import("./tls/kind.ts")).tlsKind,
    target: { prefixes: ["tls://"], forms: ["tls://HOST:PORT"] },
  },
  dns: {
    load: async () => (await import("./dns/kind.ts")).dnsKind,
    target: {
      prefixes: ["dns://"],
      forms: ["dns://SERVER/NAME?type=MX", "dns:///NAME"],
    },
  },
  grpc: {
    load: async () => (await import("./grpc/kind.ts")).grpcKind,
    target: {
      prefixes: ["grpc://", "grpcs://"],
      forms: ["grpc://HOST:PORT/SERVICE", "grpcs://HOST:PORT/SERVICE"],
    },
  },
  websocket: {
    load: async () => (await import("./websocket/kind.ts")).websocketKind,
    target: {
      prefixes: ["ws://", "wss://"],
      forms: ["ws://HOST/PATH", "wss://HOST/PATH"],
    },
  },
  udp: { load: async () => (await import("./udp/kind.ts")).udpKind },
  ping: {
    load: async () => (await import("./ping/kind.ts")).pingKind,
    target: { prefixes: ["ping:"], forms: ["ping:HOST"] },
  },
  heartbeat: {
    load: async () => (await import("./heartbeat/kind.ts")).heartbeatKind,
  },
  quorum: { load: async () => (await import("./quorum/kind.ts")).quorumKind },
};

/**
 * Loads built-in kinds of probes by their names: `tcp`, `http` and `command`,
 * and those of the others that are named. Names of other kinds are ignored.
 *
 * Without names, it loads all of them.
 */
export async function builtInKinds(
  names: Iterable<string> = Object.keys(LAZY_KINDS),
): Promise<Kinds> {
  const named = new Set(names);
  const loaded = await Promise.all(
    Object.entries(LAZY_KINDS).filter(([name]) => named.has(name))
      .map(async ([name, { load }]) => [name, await load()] as const),
  );
  return loaded.length === 0
    ? KINDS
    : { ...KINDS, ...Object.fromEntries(loaded) };
}
