import type { Kind, Kinds } from "./kind.ts";
import type { TargetSyntax } from "./target_syntax.ts";

/** A built-in kind, which is loaded when it is named. */
export interface LazyKind {
  /** Loads it. */
  load(): Promise<Kind>;
  /** How its targets begin, and how they are written, if there are any. */
  readonly target?: Pick<TargetSyntax, "prefixes" | "pattern" | "forms">;
}

/** The built-in kinds of probes. */
export const LAZY_KINDS: Readonly<Record<string, LazyKind>> = {
  tcp: {
    load: async () => (await import("./tcp/kind.ts")).tcpKind,
    target: {
      prefixes: ["tcp://"],
      // A host and a port alone.
      pattern: /^(?:\[[^\]]*\]|[^:/\s]+):\d+$/,
      forms: ["tcp://HOST:PORT", "HOST:PORT"],
    },
  },
  http: {
    load: async () => (await import("./http/kind.ts")).httpKind,
    target: {
      prefixes: ["http://", "https://"],
      forms: ["http://HOST/PATH", "https://HOST/PATH"],
    },
  },
  command: {
    load: async () => (await import("./command/kind.ts")).commandKind,
    target: { prefixes: ["exec:"], forms: ["exec:COMMAND"] },
  },
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

/** The names of the built-in kinds that are not among some kinds. */
export function unloadedOf(kinds: Kinds): string[] {
  return Object.keys(LAZY_KINDS).filter((name) => !Object.hasOwn(kinds, name));
}

/**
 * Loads the built-in kinds of these names, and no others; without names, all.
 * Names of other kinds are ignored.
 */
export async function namedKinds(
  names: Iterable<string> = Object.keys(LAZY_KINDS),
): Promise<Kinds> {
  const named = new Set(names);
  const kinds = await Promise.all(
    Object.entries(LAZY_KINDS).filter(([name]) => named.has(name))
      .map(async ([name, { load }]) => [name, await load()] as const),
  );
  return Object.fromEntries(kinds);
}
