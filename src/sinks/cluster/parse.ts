import { toStrings } from "../../schema/values.ts";
import type { ClusterTls, ClusterValue, Login } from "./value.ts";

/** The key as it is in a file. */
export interface ClusterOptions {
  readonly servers: string | readonly string[];
  readonly name?: string;
  readonly id?: string;
  readonly region?: string;
  readonly labels?: Readonly<Record<string, string | number | boolean>>;
  readonly credentials?: string;
  readonly token?: string;
  readonly user?: string;
  readonly password?: string;
  readonly nkey?: string;
  readonly tls?: ClusterTls;
}

/** The name of a cluster that has none. */
const DEFAULT_NAME = "lifesign";

/** Converts a valid value. */
export function parseCluster(
  options: ClusterOptions | undefined,
): ClusterValue | undefined {
  if (options === undefined) return undefined;
  const { name = DEFAULT_NAME, id = null, region = null, labels = {} } =
    options;
  const servers = serversOf(options);
  return {
    servers: [...new Set(servers.map(({ url }) => url))],
    name,
    id,
    region,
    labels: toStrings(labels),
    login: loginsOf(options)[0] ?? servers[0]?.login ?? null,
    tls: options.tls ?? null,
  };
}

/** A server as its URL says it. */
export interface Server {
  /** The URL with a port and without credentials. */
  readonly url: string;
  /** Its protocol, such as `"nats:"`. */
  readonly protocol: string;
  /** Its host and port. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
  /** The credentials in the URL; `null` if there are none. */
  readonly login: Login | null;
}

/** The usual ports. NATS has the same one with TLS. */
const PORTS: Readonly<Record<string, number>> = { "ws:": 80, "wss:": 443 };
const NATS_PORT = 4222;

/** The servers of a value; those that are not valid are left out. */
export function serversOf({ servers }: Partial<ClusterOptions>): Server[] {
  return [servers ?? []].flat().filter((url) => url !== undefined)
    .map(serverOf);
}

/** Reads a URL that has met the schema. */
export function serverOf(text: string): Server {
  const { protocol, hostname, port: written, username, password } = new URL(
    text,
  );
  const port = Number(written || (PORTS[protocol] ?? NATS_PORT));
  const host = `${hostname}:${port}`;
  const user = decoded(username);
  const login: Login | null = password !== ""
    ? { by: "password", user, password: decoded(password) }
    : user !== ""
    ? { by: "token", token: user }
    : null;
  return { url: `${protocol}//${host}`, protocol, host, port, login };
}

/** The logins that keys of their own say, of which there may be one. */
export function loginsOf(
  { credentials, token, user, password, nkey }: Partial<ClusterOptions>,
): Login[] {
  const logins: Login[] = [];
  if (credentials !== undefined) {
    logins.push({ by: "credentials", credentials });
  }
  if (token !== undefined) logins.push({ by: "token", token });
  if (user !== undefined && password !== undefined) {
    logins.push({ by: "password", user, password });
  }
  if (nkey !== undefined) logins.push({ by: "nkey", seed: nkey });
  return logins;
}

/** A part of a URL without escapes; one with a `%` that starts none is itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
