/** Where to connect. */
export interface Endpoint {
  /** A name or an address, IPv6 without brackets. */
  readonly hostname: string;
  /** The port, from 1 to 65535. */
  readonly port: number;
}

/** A name, an IPv4 address, or an IPv6 one with an optional zone. */
const HOST = /^(?:[^\s/\\:@?#[\]]+|[\da-f]*:[\da-f:.]+(?:%[\w.-]+)?)$/i;

/**
 * Reads a host and perhaps a port: `"db"`, `"10.0.0.7:5432"`, `"::1"`,
 * `"[::1]"` or `"[::1]:80"`.
 *
 * @throws {TypeError} If the host cannot be one.
 * @throws {RangeError} If the port is not one.
 */
export function endpoint(address: string, defaultPort: number): Endpoint {
  const [, bracketed, plain, portText] =
    /^(?:\[([^\]]*)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/.exec(address) ?? [];
  const hostname = bracketed ?? plain ?? "";
  if (!HOST.test(hostname)) {
    throw new TypeError(
      `Expected a host such as "localhost" or "::1", got ${
        JSON.stringify(address)
      }`,
    );
  }
  const port = portText === undefined ? defaultPort : Number(portText);
  if (!(Number.isInteger(port) && port >= 1 && port <= 65535)) {
    throw new RangeError(`Expected a port between 1 and 65535, got ${port}`);
  }
  return { hostname, port };
}

/** An endpoint as it stands in a URL, IPv6 in brackets. */
export function authority({ hostname, port }: Endpoint): string {
  return [hostname.includes(":") ? `[${hostname}]` : hostname, port].join(":");
}
