import { isDeepStrictEqual } from "node:util";
import { listed } from "../../core/text.ts";
import type { ConfigIssue } from "../../schema/issue.ts";
import { join } from "../../schema/issue.ts";
import {
  type ClusterOptions,
  loginsOf,
  readServer,
  type Server,
} from "./parse.ts";
import { SERVER } from "./schema.ts";

/** The keys that say how to log in, with that of `password` beside `user`. */
const LOGIN_KEYS = ["credentials", "token", "user", "nkey"] as const;

/** Finds what the schema does not tell. What does not meet it is missing. */
export function clusterProblems(
  options: Partial<ClusterOptions>,
  isValid: (path: string) => boolean,
): ConfigIssue[] {
  const areValid = (...keys: readonly string[]): boolean =>
    keys.every((key) => isValid(`cluster.${key}`));
  return [
    ...(areValid("servers") ? serverProblems(options) : []),
    ...(areValid("password", "servers", ...LOGIN_KEYS)
      ? loginProblems(options)
      : []),
    ...(areValid("tls") ? tlsProblems(options) : []),
  ];
}

function serverProblems({ servers }: Partial<ClusterOptions>): ConfigIssue[] {
  const found = [servers ?? []].flat().map(tryToRead);
  const login = found[0]?.login ?? null;
  return found.flatMap((server, i) => {
    const path = Array.isArray(servers)
      ? join("cluster.servers", i)
      : "cluster.servers";
    const messages = server === undefined
      ? [`expected ${SERVER.title}, got another string`]
      : [
        ...(server.port < 1 ? ["expected a port between 1 and 65535"] : []),
        // A client logs in to all of them in the same way.
        ...(isDeepStrictEqual(server.login ?? login, login)
          ? []
          : ["expected the same credentials as in the first URL"]),
      ];
    return messages.map((message) => ({ path, message }));
  });
}

/** Reads a URL that has met the schema, but may not be right. */
function tryToRead(url: string): Server | undefined {
  try {
    return readServer(url);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function loginProblems(options: Partial<ClusterOptions>): ConfigIssue[] {
  const { user, password } = options;
  if ((user === undefined) !== (password === undefined)) {
    const [given, missing] = user === undefined
      ? ["password", "user"]
      : ["user", "password"];
    return [{
      path: `cluster.${given}`,
      message: `expected user and password together, got no ${missing}`,
    }];
  }
  const given = LOGIN_KEYS.filter((key) => options[key] !== undefined);
  if (given.length > 1) {
    return [{
      path: `cluster.${given[1]}`,
      message: `expected one way to log in, got ${listed(given, "and")}`,
    }];
  }
  const hasBoth = loginsOf(options).length > 0 &&
    [options.servers ?? []].flat().some((url) => tryToRead(url)?.login);
  return hasBoth
    ? [{
      path: `cluster.${given[0]}`,
      message: `expected one way to log in, got ${
        given[0]
      } and the credentials of a URL`,
    }]
    : [];
}

function tlsProblems(
  { tls: { cert, key } = {} }: Partial<ClusterOptions>,
): ConfigIssue[] {
  if ((cert === undefined) === (key === undefined)) return [];
  const [given, missing] = cert === undefined
    ? ["key", "cert"]
    : ["cert", "key"];
  return [{
    path: `cluster.tls.${given}`,
    message: `expected cert and key together, got no ${missing}`,
  }];
}
