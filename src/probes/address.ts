import { OptionError, readOption } from "../core/option_error.ts";
import { withoutCredentials } from "../core/secrets.ts";
import { parsedUrl } from "../core/text.ts";

/** A host and a port to connect to. */
export interface Endpoint {
  /** A host name or an address; IPv6 without brackets. */
  readonly hostname: string;
  /** The port, from 1 to 65535. */
  readonly port: number;
}

/** A host name, an IPv4 address, or an IPv6 address with an optional zone. */
const HOST = /^(?:[\w.-]+|[\da-f]*:[\da-f:.]+(?:%[\w.-]+)?)$/i;

/** What may be a host name once it is in ASCII. */
const NAME = /^[^\s/\\:@?#[\]]+$/;

/**
 * Reads a host with an optional port: `"db"`, `"bücher.example"`, `"10.0.0.7:5432"`, `"::1"`,
 * `"[::1]"` or `"[::1]:80"`.
 *
 * @throws {TypeError} If the host is not valid.
 * @throws {RangeError} If the port is not valid.
 */
export function endpoint(address: string, defaultPort: number): Endpoint {
  const [, bracketed, plain, portText] =
    /^(?:\[([^\]]*)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/.exec(address) ?? [];
  const hostname = toAscii(bracketed ?? plain ?? "");
  if (!HOST.test(hostname)) {
    const hint = /\$\w/.test(address)
      ? "; a variable is written as ${NAME}"
      : "";
    throw new TypeError(
      `Expected a host such as "localhost" or "::1", got ${
        JSON.stringify(withoutCredentials(address))
      }${hint}`,
    );
  }
  const port = portText === undefined ? defaultPort : Number(portText);
  if (!(Number.isInteger(port) && port >= 1 && port <= 65535)) {
    throw new RangeError(`Expected a port between 1 and 65535, got ${port}`);
  }
  return { hostname, port };
}

/** Where a probe connects to, as its options have it. */
export interface Places {
  /** Its host and port. */
  readonly named: Endpoint;
  /** Where to connect: its `address`, if there is one. */
  readonly to: Endpoint;
}

/**
 * Reads the options `host`, which has no port, `port` and `address`, which may
 * have a port of its own.
 *
 * @throws {OptionError} If one is not valid.
 */
export function placesOf(
  { host, port, address }: {
    readonly host: string;
    readonly port: number;
    readonly address?: string | undefined;
  },
): Places {
  readOption("port", () => endpoint("127.0.0.1", port));
  const named = withoutPort("host", host, port);
  return {
    named,
    to: address === undefined
      ? named
      : readOption("address", () => endpoint(address, port)),
  };
}

/**
 * Reads an option that is a host alone, and gives it a port.
 *
 * @throws {OptionError} If it is not valid, or has a port.
 */
export function withoutPort(
  option: string,
  host: string,
  port: number,
): Endpoint {
  const named = readOption(option, () => endpoint(host, port));
  if (named.port === port) return named;
  throw new OptionError(
    option,
    `expected a host without a port, got ${
      JSON.stringify(withoutCredentials(host))
    }`,
  );
}

/** Makes `xn--` of a name with other letters; what is no name stays as it is. */
function toAscii(name: string): string {
  if (!/[^\0-\x7f]/.test(name) || !NAME.test(name)) return name;
  return parsedUrl(`http://${name}`)?.hostname ?? "";
}

/** Writes an endpoint as in a URL, with IPv6 in brackets. */
export function authority({ hostname, port }: Endpoint): string {
  return [hostname.includes(":") ? `[${hostname}]` : hostname, port].join(":");
}
