import { loadConfig } from "../../agent/config.ts";
import { environmentToken, TOKEN_VARIABLE } from "../../agent/token.ts";
import { wallTime } from "../../io/clock.ts";
import { authority } from "../../probes/address.ts";
import type { ClusterJson } from "../../server/cluster/json.ts";
import { DEFAULT_FILE, oneOf, parse } from "../args.ts";
import { askJson, sayOther, sayRefused, urlOf } from "../ask_agent.ts";
import { clusterLines, troublesOf } from "../cluster_table.ts";
import { EXIT, UsageError } from "../usage.ts";

/** What `lifesign cluster --help` says. */
export const help: string =
  `Prints the agents that share the checks of a config file, as one of them sees
them.

Usage: lifesign cluster status [OPTIONS] [FILE]

FILE is ${DEFAULT_FILE} by default. The HTTP app of its agent is asked, at the
address of its key listen, with its token, or else that of ${TOKEN_VARIABLE}.

Options:
  --url URL        Where the HTTP app is; FILE is then read only if it is named
  --format FORMAT  text or json [default: text]
  --help           Print this help

For each agent:
  STATE    live; leaving: it ends, and others take over; gone: it was not heard
           of for too long
  CHECKS   how many checks it runs, each region of a check counted, and the
           SHARE of all that are run
  SEEN     how long ago it was last heard of
  LAG      how long after they were due its attempts began of late
  CONFIG   a hash of the checks of its config: it shares them with agents that
           have the same ones
The agent that was asked has an asterisk.

Exit codes:
  0  all is well
  1  an agent is gone, a check is run by nobody, the cluster cannot be reached,
     or the agent could not be asked
  2  the command line or the config file is wrong, or the agent has no cluster

Examples:
  lifesign cluster status
  lifesign cluster status /etc/lifesign.yaml --format json
  lifesign cluster status --url https://status.example/
`;

/** Asks an agent, and prints its cluster. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals: [action, ...files] } = parse(args, {
    url: { type: "string" },
    format: { type: "string" },
  });
  const format = oneOf("format", values.format, ["text", "json"]);
  if (action !== "status") {
    throw new UsageError(
      `Expected status, got ${JSON.stringify(action) ?? "nothing"}`,
    );
  }
  if (files.length > 1) {
    throw new UsageError(
      `Expected one file, got ${files.length}: ${files.join(" ")}`,
    );
  }
  const { url, token } = await placeOf(
    files[0],
    values.url as string | undefined,
  );
  const answer = await askJson(new URL("cluster?format=json", url), {
    token,
    shownAs: url,
  });
  if (answer === undefined) return EXIT.failure;
  if (answer.status === 404) {
    console.error(`lifesign: the agent at ${url.host} has no cluster`);
    return EXIT.usage;
  }
  if (answer.status !== 200) return sayRefused(answer);
  const cluster = answer.json;
  if (!isCluster(cluster)) {
    sayOther(url);
    return EXIT.failure;
  }
  console.log(
    format === "json"
      ? JSON.stringify(cluster, null, 2)
      : (await clusterLines(cluster, wallTime())).join("\n"),
  );
  return troublesOf(cluster).length === 0 ? EXIT.ok : EXIT.failure;
}

/** Where the agent of a file is, and the token that it asks for. */
async function placeOf(
  file: string | undefined,
  given: string | undefined,
): Promise<{ readonly url: URL; readonly token: string | undefined }> {
  const fromEnvironment = () => environmentToken(() => {});
  if (given !== undefined && file === undefined) {
    return { url: urlOf(given), token: fromEnvironment() };
  }
  const path = file ?? DEFAULT_FILE;
  const { sections: { listen, cluster }, token } = await loadConfig(path);
  if (cluster === undefined) {
    throw new UsageError(`${path} has no key cluster`);
  }
  const url = given === undefined ? urlOf(urlAt(listen, path)) : urlOf(given);
  return { url, token: token ?? fromEnvironment() };
}

/** The URL of what listens on an address of this machine. */
function urlAt(
  listen: { readonly hostname: string; readonly port: number } | undefined,
  file: string,
): string {
  if (listen === undefined || listen.port === 0) {
    throw new UsageError(
      `${file} does not say where its agent listens; expected --url`,
    );
  }
  const { hostname, port } = listen;
  const here = hostname === "0.0.0.0"
    ? "127.0.0.1"
    : hostname === "::"
    ? "::1"
    : hostname;
  return `http://${authority({ hostname: here, port })}/`;
}

function isCluster(json: unknown): json is ClusterJson {
  const { members, uncovered, connectedSince } = Object(json);
  return Array.isArray(members) && Array.isArray(uncovered) &&
    typeof connectedSince === "string";
}
