import { type Agent, startAgent } from "../agent.ts";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { oneLine } from "../core/text.ts";
import { checkToken } from "../core/token.ts";
import type { Snapshot } from "../core/types.ts";
import { untilSignal } from "../io/signals.ts";
import type { Fleet } from "../monitor/fleet.ts";
import { fileOf, oneOf, parse } from "./args.ts";
import { HeldErrors } from "./held_errors.ts";
import { hasScreen } from "./screen.ts";
import { painted } from "./style.ts";
import { EXIT, UsageError } from "./usage.ts";

/** What `lifesign run --help` says. */
export const help =
  `Runs the agent: the checks of a file, and the HTTP app that shows them.

Usage: lifesign run [OPTIONS] [FILE]

FILE is lifesign.yaml unless it is given.

On a terminal it shows a table of all checks, the worst first if there is no
room for all of them, and what there was to say last beneath it. Each row has
the sign and the status of a check, how long its last attempt took, the last
attempts as bars (✕ failed, ○ could not tell), how long it has this status, and
why. The key q quits; all that was said is printed then.

Otherwise, or with --log, each change of status is a line on stdout.

SIGINT (Ctrl-C) or SIGTERM ends the agent, a second one at once.

Everything but /livez asks for the bearer token of the file, or else of
LIFESIGN_TOKEN, if there is one.

Options:
  --log FORMAT  Lines instead of the table: text, or json for machines
  --help        Print this

Examples:
  lifesign run
  lifesign run --log text /etc/lifesign.yaml >>lifesign.log &
  lifesign run --log json | jq -r 'select(.to == "unhealthy").id'
`;

/** Runs the agent until a signal ends it, or a key. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args, { log: { type: "string" } });
  const log = logOf(parsed.values.log);
  return await runAgent(await loadConfig(fileOf(parsed)), log);
}

/** How changes of status are told, if not in a table. */
export type Log = "text" | "json" | undefined;

/**
 * The value of `--log`.
 *
 * @throws {UsageError} If it is none.
 */
export function logOf(value: string | boolean | undefined): Log {
  return value === undefined
    ? undefined
    : oneOf<"text" | "json">("log", value, ["text", "json"]);
}

/** Runs the agent of a config until a signal ends it, or a key. */
export async function runAgent(read: Config, log: Log): Promise<number> {
  const isLive = log === undefined && hasScreen();
  using held = isLive ? new HeldErrors() : undefined;
  const config = withToken(read);
  const toLine = log === "json" ? toJson : toText;
  const quit = new AbortController();
  // Before anything runs that would have to be ended.
  const signalled = untilSignal(quit.signal);
  await using agent = startAgent(config, {
    onChange(snapshot, previous) {
      if (!isLive) console.log(toLine(snapshot, previous));
    },
    onError: (error) => console.error("lifesign:", error),
  });
  if (!isLive) sayWhatRuns(config.checks.length, agent);
  void sayWhatCannotBeTold(agent.fleet);
  if (isOpen(config)) {
    console.error(
      "lifesign: warning: anybody who reaches this address can see everything; set token or LIFESIGN_TOKEN",
    );
  }
  if (held !== undefined) {
    const { showLive } = await import("./live.ts");
    await showLive(agent, {
      note: () => held.latest.replace(/^lifesign: /, ""),
      onQuit: () => quit.abort(),
      until: signalled,
    });
    held[Symbol.dispose]();
  }
  const signal = await signalled;
  console.error(`lifesign: ${signal === undefined ? "" : `${signal}, `}ending`);
  await agent.close();
  return EXIT.ok;
}

function sayWhatRuns(count: number, { url }: Agent): void {
  console.error(
    `lifesign: ${count} check${count === 1 ? "" : "s"}` +
      (url === null ? "" : `, listening on ${url}`),
  );
}

/** A config with the environment's token, unless it has its own. */
function withToken(config: Config): Config {
  if (config.token !== undefined || config.listen === false) return config;
  const variable = "LIFESIGN_TOKEN";
  // Not to be asked for on a terminal: most have no token.
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (state !== "granted") {
    console.error(
      `lifesign: no token: ${variable} may be read only with --allow-env=${variable}`,
    );
    return config;
  }
  const token = Deno.env.get(variable);
  if (!token) return config;
  try {
    checkToken(token);
  } catch (cause) {
    throw new UsageError(`${variable}: ${(cause as Error).message}`, { cause });
  }
  return { ...config, token };
}

/** Whether others than this machine may look, without a token. */
function isOpen({ listen, token }: Config): boolean {
  return token === undefined && listen !== false &&
    !/^(?:127\.|::1$|localhost$)/.test(listen.hostname);
}

/** Says of each check why it cannot be told how it is, once a reason. */
async function sayWhatCannotBeTold(fleet: Fleet): Promise<void> {
  const said = new Map<string, string>();
  for await (const { id, verdict, reason } of fleet.watch()) {
    if (verdict !== "error") said.delete(id);
    else if (reason !== null && said.get(id) !== reason.message) {
      said.set(id, reason.message);
      console.error(`lifesign: ${oneLine(id)}: cannot tell: ${reason.message}`);
    }
  }
}

function toText(snapshot: Snapshot, previous: Snapshot): string {
  const { id, status, since, reason } = snapshot;
  return `${since.toISOString()} ${oneLine(id)} ${previous.status} -> ${
    painted(status, status)
  }${reason === null ? "" : `: ${reason.message}`}`;
}

function toJson(snapshot: Snapshot, previous: Snapshot): string {
  return JSON.stringify({
    time: snapshot.since,
    id: snapshot.id,
    from: previous.status,
    to: snapshot.status,
    reason: snapshot.reason,
  });
}
