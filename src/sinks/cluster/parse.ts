import { toStrings } from "../../schema/values.ts";
import { serverOf } from "./nats/server.ts";
import type { ClusterLogin, ClusterTls, ClusterValue } from "./value.ts";

/** The key as it is in a file. */
export interface ClusterOptions {
  readonly servers: string | readonly string[];
  readonly name?: string;
  readonly id?: string;
  readonly region?: string;
  readonly labels?: Readonly<Record<string, string | number | boolean>>;
  readonly replicas?: number;
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
  const { name = DEFAULT_NAME, id = null, region = null } = options;
  const { labels = {}, replicas = 1 } = options;
  const servers = [options.servers].flat().map(readServer);
  return {
    servers: [...new Set(servers.map(({ url }) => url))],
    name,
    id,
    region,
    labels: toStrings(labels),
    replicas,
    login: loginsOf(options)[0] ?? servers[0]!.login ?? null,
    tls: options.tls === undefined ? null : { ...options.tls },
  };
}

/** A server as its URL says it. */
export interface Server {
  /** The URL with a port and without credentials. */
  readonly url: string;
  /** Its port. */
  readonly port: number;
  /** The credentials in the URL; `null` if there are none. */
  readonly login: ClusterLogin | null;
}

/**
 * Reads a URL that has met the schema.
 *
 * @throws {TypeError} If its host cannot be one.
 */
export function readServer(text: string): Server {
  const [, scheme, credentials = "", rest] = /^(\w+):\/\/(?:(.*)@)?(.+)$/
    .exec(text)!;
  const { authority, port } = serverOf(`${scheme}://${rest}`);
  const url = `${scheme}://${authority}`;
  return { url, port, login: loginOf(credentials) };
}

/** The credentials of a URL: a token alone, or a user and a password. */
function loginOf(credentials: string): ClusterLogin | null {
  if (credentials === "") return null;
  const [first = "", ...rest] = credentials.split(":").map(decoded);
  return rest.length === 0
    ? { type: "token", token: first }
    : { type: "user", user: first, password: rest.join(":") };
}

/** The logins that keys of their own say, of which there may be one. */
export function loginsOf(
  { credentials, token, user, password, nkey }: Partial<ClusterOptions>,
): ClusterLogin[] {
  const logins: ClusterLogin[] = [];
  if (credentials !== undefined) {
    logins.push({ type: "credentials", text: credentials });
  }
  if (token !== undefined) logins.push({ type: "token", token });
  if (user !== undefined && password !== undefined) {
    logins.push({ type: "user", user, password });
  }
  if (nkey !== undefined) logins.push({ type: "nkey", seed: nkey });
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
