import { OptionError, readOption } from "../../core/option_error.ts";
import { parsedUrl } from "../../core/text.ts";
import { authority, type Endpoint, endpoint } from "../address.ts";
import { netPermissions } from "../connection/addresses.ts";
import { datagramPermissions, loadDatagrams } from "../connection/datagram.ts";
import { fingerprintFrom } from "../connection/certificate.ts";
import { wireTransport } from "../http/wire/transport.ts";
import { securityOf, type SecurityOptions } from "../tcp/security.ts";
import { mustBePlain, mustBeTls, tlsFiles } from "../tls_options.ts";
import type { Asker } from "./ask.ts";
import { httpsAsker } from "./https.ts";
import { RESOLVERS_FILE, systemResolvers } from "./resolvers.ts";
import { askByTcp, tlsAsker } from "./stream.ts";
import { askByUdp } from "./udp.ts";

/** How a name server is asked. */
export type DnsTransport = "udp" | "tcp" | "tls" | "https";

/** Which name server is asked, and how. */
export interface DnsServerOptions {
  /**
   * The name server: a name or an address; with `https`, it may be a URL. It
   * defaults to those of `/etc/resolv.conf`, of which the first answer counts.
   */
  server?: string;
  /**
   * The port of the server.
   *
   * @default {53}, or 853 with `tls` and 443 with `https`
   */
  port?: number;
  /**
   * How the server is asked. An answer that is too long for UDP is asked for
   * over TCP.
   *
   * @default {"udp"}
   */
  transport?: DnsTransport;
  /**
   * Where to connect instead of to the server, whose name is verified: a host,
   * and perhaps a port. It needs TLS or HTTPS.
   */
  address?: string;
}

/** A name server that can be asked, or the system's. */
export interface Server extends Asker {
  /** Where it is; nothing for the system's. */
  readonly to: Endpoint | undefined;
  /** What messages call it. */
  readonly peer: string;
  /** Whether it is asked over TLS. */
  readonly isSecure: boolean;
  /** What an attempt needs. */
  readonly permissions: readonly Deno.PermissionDescriptor[];
}

const PORTS: Readonly<Record<DnsTransport, number>> = {
  udp: 53,
  tcp: 53,
  tls: 853,
  https: 443,
};

/**
 * Makes the server of the options.
 *
 * @throws {OptionError} If an option is not valid.
 */
export function serverOf(options: DnsServerOptions & SecurityOptions): Server {
  const { transport = "udp", server } = options;
  if (!Object.hasOwn(PORTS, transport)) {
    throw new OptionError(
      "transport",
      `expected "udp", "tcp", "tls" or "https", got ${
        JSON.stringify(transport)
      }`,
    );
  }
  const port = options.port ?? PORTS[transport];
  readOption("port", () => endpoint("127.0.0.1", port));
  if (transport === "tls" || transport === "https") {
    if (server === undefined) {
      throw new OptionError(
        "server",
        `expected one with transport ${transport}`,
      );
    }
    return transport === "tls"
      ? tlsServer(hostOf(server, port), options)
      : httpsServer(urlOf(server, options), options);
  }
  const isTls = 'expected transport "tls" or "https" with it';
  mustBePlain(options, isTls);
  if (options.address !== undefined) throw new OptionError("address", isTls);
  return plainServer(transport, port, server);
}

/** A server that is asked by UDP or TCP. */
function plainServer(
  transport: "udp" | "tcp",
  port: number,
  server: string | undefined,
): Server {
  const to = server === undefined ? undefined : hostOf(server, port);
  const found = new WeakMap<AbortSignal, readonly Endpoint[]>();
  const needs = transport === "udp" ? datagramPermissions : hostPermissions;
  return {
    to,
    peer: to === undefined ? "the system's name server" : authority(to),
    isSecure: false,
    permissions: to === undefined
      ? [{ name: "net" }, { name: "read", path: RESOLVERS_FILE }]
      : needs(to),
    prepare(signal) {
      const loading = transport === "udp" ? loadDatagrams() : undefined;
      if (to !== undefined) return loading?.then(() => {});
      return (async () => {
        await loading;
        found.set(signal, await systemResolvers(port));
      })();
    },
    async ask(query, signal) {
      const servers = to === undefined
        ? found.get(signal) ?? await systemResolvers(port)
        : [to];
      return await (transport === "udp"
        ? askByUdp(servers, query, signal)
        : askByTcp(servers[0]!, query, signal));
    },
  };
}

function tlsServer(
  to: Endpoint,
  options: DnsServerOptions & SecurityOptions,
): Server {
  const at = addressOf(options, to.port) ?? to;
  const peer = authority(at);
  const security = securityOf(options, {
    peer,
    hostname: to.hostname,
    // RFC 7858 has no protocol name; it was registered later.
    protocols: ["dot"],
  });
  return {
    ...tlsAsker(at, security),
    to,
    peer,
    isSecure: true,
    permissions: [...hostPermissions(at), ...filePermissions(options)],
  };
}

function httpsServer(
  url: URL,
  options: DnsServerOptions & SecurityOptions,
): Server {
  const { ca, cert, key, verify, fingerprint } = options;
  mustBeTls({ ca, cert, key });
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const to = { hostname, port: Number(url.port || PORTS.https) };
  const at = addressOf(options, to.port);
  const transport = wireTransport({
    ca,
    cert,
    key,
    verify,
    ...(fingerprint !== undefined && {
      fingerprint: readOption(
        "fingerprint",
        () => fingerprintFrom(fingerprint),
      ),
    }),
    ...(at !== undefined && { address: at }),
    isSecure: true,
    keepAlive: false,
    // Some servers speak nothing else (RFC 8484, section 5.2).
    prefersHttp2: true,
  });
  return {
    ...httpsAsker(url, transport),
    to,
    peer: authority(at ?? to),
    isSecure: true,
    permissions: [...hostPermissions(at ?? to), ...filePermissions(options)],
  };
}

/** Where a server is. Its port is an option of its own. */
function hostOf(server: string, port: number): Endpoint {
  const to = readOption("server", () => endpoint(server, port));
  if (endpoint(server, port === 1 ? 2 : 1).port === to.port) {
    throw new OptionError(
      "server",
      `expected a host without a port, got ${JSON.stringify(server)}`,
    );
  }
  return to;
}

/** The URL of a server that is asked by HTTPS. */
function urlOf(server: string, { port }: DnsServerOptions): URL {
  if (!server.includes("://")) {
    const to = hostOf(server, port ?? PORTS.https);
    return new URL(`https://${authority(to)}/dns-query`);
  }
  const url = parsedUrl(server);
  if (url?.protocol !== "https:" || url.username !== "") {
    throw new OptionError("server", "expected a URL with https: and no user");
  }
  if (port !== undefined) {
    throw new OptionError("port", "expected the port in the URL of the server");
  }
  if (url.pathname === "/") url.pathname = "/dns-query";
  return url;
}

function addressOf(
  { address }: DnsServerOptions,
  port: number,
): Endpoint | undefined {
  return address === undefined
    ? undefined
    : readOption("address", () => endpoint(address, port));
}

function hostPermissions(to: Endpoint): Deno.PermissionDescriptor[] {
  return netPermissions(to, {});
}

function filePermissions(
  options: SecurityOptions,
): Deno.PermissionDescriptor[] {
  return tlsFiles(options).map((path) => ({ name: "read", path }) as const);
}
