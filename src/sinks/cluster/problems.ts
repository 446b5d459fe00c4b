import { isDeepStrictEqual } from "node:util";
import { listed } from "../../core/text.ts";
import type { ConfigIssue } from "../../schema/issue.ts";
import { join } from "../../schema/issue.ts";
import { type ClusterOptions, loginsOf, serversOf } from "./parse.ts";
import type { ClusterTls } from "./value.ts";

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
    ...serverProblems(options),
    ...(areValid("password", ...LOGIN_KEYS) ? loginProblems(options) : []),
    ...(areValid("tls") ? tlsProblems(options) : []),
  ];
}

function serverProblems(options: Partial<ClusterOptions>): ConfigIssue[] {
  const servers = serversOf(options);
  const [first] = servers;
  return servers.flatMap(({ protocol, port, login }, i) => {
    const path = Array.isArray(options.servers)
      ? join("cluster.servers", i)
      : "cluster.servers";
    const messages: string[] = [];
    if (port < 1) messages.push("expected a port between 1 and 65535");
    if (isWeb(protocol) !== isWeb(first!.protocol)) {
      messages.push("expected all servers with ws: or wss:, or none");
    }
    // A client logs in to all of them in the same way.
    if (login !== null && !isDeepStrictEqual(login, first!.login)) {
      messages.push("expected the same credentials as in the first URL");
    }
    return messages.map((message) => ({ path, message }));
  });
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
    serversOf(options).some(({ login }) => login !== null);
  return hasBoth
    ? [{
      path: `cluster.${given[0]}`,
      message: `expected one way to log in, got ${
        given[0]
      } and the credentials of a URL`,
    }]
    : [];
}

function tlsProblems(options: Partial<ClusterOptions>): ConfigIssue[] {
  const { tls } = options;
  if (tls === undefined) return [];
  if (serversOf(options).some(({ protocol }) => isWeb(protocol))) {
    return [{
      path: "cluster.tls",
      message:
        "expected no tls with ws: and wss:, as WebSockets trust what Deno trusts",
    }];
  }
  return pairProblems(tls);
}

function pairProblems({ cert, key }: ClusterTls): ConfigIssue[] {
  if ((cert === undefined) === (key === undefined)) return [];
  const [given, missing] = cert === undefined
    ? ["key", "cert"]
    : ["cert", "key"];
  return [{
    path: `cluster.tls.${given}`,
    message: `expected cert and key together, got no ${missing}`,
  }];
}

/** Whether a URL of this protocol is of a WebSocket. */
function isWeb(protocol: string): boolean {
  return protocol.startsWith("ws");
}
