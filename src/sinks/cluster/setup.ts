import { Secrets } from "../../core/secrets.ts";
import { denied } from "../../io/permission_flags.ts";
import { ContentError, readContent } from "./content.ts";
import {
  type ClusterLogin,
  type ClusterSetup,
  type ClusterTls,
  type ClusterValue,
  HOSTNAME,
  isContent,
} from "./value.ts";

/** An agent cannot join its cluster as its config says. */
export class ClusterError extends Error {
  /** The class's name, whichever copy of the package made the error. */
  override readonly name: string = "ClusterError";
}

/**
 * Reads the files of a cluster, and finds the id of this agent.
 *
 * Rejects with a {@linkcode ClusterError} if a file cannot be read, or if the id is
 * not known.
 */
export async function setUp(value: ClusterValue): Promise<ClusterSetup> {
  const id = value.id ?? hostId();
  const login = value.login && await withContent(value.login);
  const tls = value.tls && await withFiles(value.tls);
  const secrets = new Secrets(
    secretsOf(login, tls).map((secret) => [secret, "***"]),
  );
  const redact = (text: string): string => secrets.redact(text);
  return { ...value, id, login, tls, redact };
}

/** The name of the host, if it tells the host from others. */
function hostId(): string {
  // Not to be asked for on a terminal.
  const why = denied([HOSTNAME]);
  if (why !== undefined) {
    throw new ClusterError(
      `cluster.id: the name of the host is ${why}, or set cluster.id`,
    );
  }
  const name = Deno.hostname();
  if (name !== "localhost") return name;
  throw new ClusterError(
    'cluster.id: the host has the name "localhost", as others may; set cluster.id',
  );
}

async function withContent(login: ClusterLogin): Promise<ClusterLogin> {
  if (login.type !== "credentials") return login;
  return { ...login, text: await contentOf("credentials", login.text) };
}

async function withFiles(tls: ClusterTls): Promise<ClusterTls> {
  const contents = Object.entries(tls).map(async ([name, text]) =>
    [name, await contentOf(`tls.${name}`, text)] as const
  );
  return Object.fromEntries(await Promise.all(contents));
}

/** The content of a file, unless a text is that itself. */
async function contentOf(key: string, text: string): Promise<string> {
  if (isContent(text)) return text;
  const why = denied([{ name: "read", path: text }]);
  if (why !== undefined) {
    throw new ClusterError(`cluster.${key}: ${text} is ${why}`);
  }
  try {
    return await readContent(text);
  } catch (cause) {
    if (!(cause instanceof ContentError)) throw cause;
    throw new ClusterError(`cluster.${key}: ${cause.message}`, { cause });
  }
}

/** What nobody is to see. */
function secretsOf(
  login: ClusterLogin | null,
  tls: ClusterTls | null,
): string[] {
  const key = tls?.key === undefined ? [] : [tls.key];
  switch (login?.type) {
    case undefined:
      return key;
    case "token":
      return [...key, login.token];
    case "user":
      return [...key, login.password];
    case "nkey":
      return [...key, login.seed];
    case "credentials":
      return [...key, ...seedsIn(login.text)];
  }
}

/** The token and the seed in the content of a credentials file, and all of it. */
function seedsIn(credentials: string): string[] {
  const lines = credentials.split(/\r?\n/).map((line) => line.trim());
  return [credentials, ...lines.filter((line) => /^(?:SU|ey)\S+$/.test(line))];
}
