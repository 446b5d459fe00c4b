/** Where a server of NATS is. */
export interface ServerAddress {
  /** Its name or address, without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Host and port as they stand in a URL and in a permission. */
  readonly authority: string;
  /** Whether TLS is demanded. */
  readonly secure: boolean;
}

const DEFAULT_PORT = 4222;

/**
 * Reads `nats://host:port` or `tls://host:port`. The port is 4222 by default.
 *
 * Throws a `TypeError` that does not repeat the URL, which may have a password.
 */
export function serverOf(url: string): ServerAddress {
  const [, scheme, rest] = /^(nats|tls):\/\/(.+)$/i.exec(url) ?? [];
  const parsed = URL.parse(`http://${rest}`);
  if (rest === undefined || parsed === null || parsed.hostname === "") {
    throw new TypeError(
      "Expected a URL such as nats://host:4222 or tls://host",
    );
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new TypeError("Expected a URL without user and password");
  }
  if (parsed.pathname !== "/" || parsed.search !== "" || parsed.hash !== "") {
    throw new TypeError("Expected a URL of a host and a port only");
  }
  // The URL has no port where it is the default one of HTTP.
  const port = Number(/:(\d+)\/?$/.exec(rest)?.[1] ?? DEFAULT_PORT);
  const { hostname } = parsed;
  return {
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    authority: `${hostname}:${port}`,
    secure: scheme?.toLowerCase() === "tls",
  };
}
