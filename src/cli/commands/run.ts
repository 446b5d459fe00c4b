import { type Agent, startAgent } from "../../agent/agent.ts";
import { loadConfig } from "../../agent/config.ts";
import { watchConfig } from "../../agent/watch_config.ts";
import { traceOf } from "../../io/watch_file.ts";
import type { Config } from "../../config/config.ts";
import { oneLine } from "../../core/text.ts";
import { onSignal, untilSignal } from "../../io/signals.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { fileOf, parse } from "../args.ts";
import { askedLogFormat, type Log, logFormatOf, withLog } from "../log.ts";
import { unboundedFlags } from "../../io/permission_flags.ts";
import { HeldErrors } from "../terminal/held_errors.ts";
import { Reloader } from "../../agent/reloader.ts";
import { hasScreen } from "../terminal/terminal.ts";
import { EXIT, UsageError } from "../usage.ts";

/** What `lifesign run --help` says. */
export const help =
  `Runs the agent: the checks of a config file, and the HTTP app that shows them.

Usage: lifesign run [OPTIONS] [FILE]

FILE is lifesign.yaml by default.

On a terminal it shows a table of all checks, with the last message below. A
row has the status of a check, the duration of its last attempt, its last
attempts as bars (✕ failed, ○ could not be checked), the time since the status
changed, and the reason. Where there is not room for all checks, the worst come
first. Arrow keys select a check, Enter opens it, / filters, and ? shows all
keys. The key q quits, and prints all messages.

Otherwise, and with --log, it writes a line for each change of status to
stdout, and messages to stderr. In the format json, each line is an object.
Those on stdout have time, id, group, type, target, from, to, reason and
durationMs; those on stderr have time, level (info, warn or error) and message.

When FILE changes, the agent reloads it. If anything in it is wrong, the agent
continues with the config that it has. With permission to read the folder of
FILE, it notices changes at once, otherwise within two seconds.

SIGINT (Ctrl-C) or SIGTERM ends the agent in order, a second one at once. If it
was started on a terminal, SIGHUP ends it, too.

Every path of the HTTP app but /livez and the public page asks for the bearer
token of the file, or else of LIFESIGN_TOKEN, if there is one.

Options:
  --log FORMAT  Write lines instead of the table: text, or json for programs
  --no-watch    Do not watch FILE: only SIGHUP reloads it
  --strict      Refuse to start, with exit code 2, if Deno allows everything of
                a kind, such as --allow-net without hosts (see lifesign
                permissions --help)
  --help        Print this help

Examples:
  lifesign run
  lifesign run --log text /etc/lifesign.yaml >>lifesign.log &
  lifesign run --log json | jq -r 'select(.to == "unhealthy").id'
`;

/** Runs the agent until a signal or a key ends it. */
export async function run(args: readonly string[]): Promise<number> {
  return await withLog(askedLogFormat(args), "run", async (log) => {
    const parsed = parse(args, {
      log: { type: "string" },
      "no-watch": { type: "boolean" },
      strict: { type: "boolean" },
    });
    const format = logFormatOf(parsed.values.log);
    const file = fileOf(parsed);
    if (parsed.values.strict === true) mustBeBounded();
    return await runAgent(() => loadConfig(file), {
      log,
      isLive: format === undefined && hasScreen(),
      ...(parsed.values["no-watch"] !== true && { watched: file }),
    });
  });
}

/** @throws {UsageError} If Deno allows everything of a kind. */
function mustBeBounded(): void {
  const surplus = unboundedFlags();
  if (surplus.length === 0) return;
  throw new UsageError(
    `--strict: ${surplus.join(" ")} ${
      surplus.length === 1 ? "allows" : "allow"
    } everything of a kind; use the flags that lifesign permissions prints`,
  );
}

/** Options for {@linkcode runAgent}. */
export interface RunOptions {
  /** Where changes of status and messages go. */
  readonly log: Log;
  /** Whether a table on the terminal shows the changes instead. */
  readonly isLive: boolean;
  /** The file whose changes reload the config, if any. */
  readonly watched?: string;
}

/** Runs the agent of a config until a signal or a key ends it. */
export async function runAgent(
  loadConfig: () => Promise<Config>,
  { log, isLive, watched }: RunOptions,
): Promise<number> {
  let follow = (_include: readonly string[]): void => {};
  const load = async (): Promise<Config> => {
    const config = await loadConfig();
    follow(config.include);
    return config;
  };
  const since = watched === undefined ? "" : await traceOf(watched);
  const config = await load();
  using held = isLive ? new HeldErrors() : undefined;
  const quit = new AbortController();
  const isHungUp = endsWithTerminal();
  const { say } = log;
  // First, so that a signal ends whatever is started below.
  const signalled = untilSignal(
    quit.signal,
    isHungUp ? ["SIGINT", "SIGTERM", "SIGHUP"] : ["SIGINT", "SIGTERM"],
  );
  await using agent = await startAgent(config, {
    onChange(snapshot, previous) {
      if (!isLive) log.transition(snapshot, previous);
    },
    onError: log.error,
    onMessage: say,
  });
  const { signal: quitting } = quit;
  const reloader = new Reloader(agent, { load, say, signal: quitting });
  using _hangUps = isHungUp
    ? undefined
    : onSignal("SIGHUP", () => void reloader.reload("asked"));
  if (!isLive) sayWhatRuns(config.checks.length, agent, log);
  sayWhatCannotBeTold(agent.fleet, log);
  if (watched !== undefined) {
    follow = watchConfig(watched, reloader, {
      say,
      signal: quitting,
      hasDatabase: config.sections.history !== undefined,
      since,
    });
    follow(config.include);
  }
  if (held !== undefined) {
    const { showLive } = await import("../terminal/live.ts");
    await showLive(agent, {
      note: () => held.latest.replace(/^lifesign: /, ""),
      onQuit: () => quit.abort(),
      until: signalled,
    });
    held[Symbol.dispose]();
  }
  const signal = await signalled;
  quit.abort();
  say(signal === undefined ? "ending" : `${signal}, ending`);
  await agent.close();
  return EXIT.ok;
}

/** Says what the agent runs, and where its HTTP app is. */
function sayWhatRuns(checks: number, { url }: Agent, { say }: Log): void {
  const what = `${checks} check${checks === 1 ? "" : "s"}`;
  const where = url === null ? "" : `, listening on ${url}`;
  say(what + where, "info", { checks, url });
}

/** Whether SIGHUP means the end: the program was started on a terminal. */
function endsWithTerminal(): boolean {
  return Deno.build.os === "windows" ||
    [Deno.stdin, Deno.stdout, Deno.stderr].some((it) => it.isTerminal());
}

/** Says why the status of a check cannot be told, each reason once. */
function sayWhatCannotBeTold(fleet: Fleet, { say }: Log): void {
  const said = new Map<string, string>();
  // Not by watching, which makes a snapshot after each attempt.
  fleet.observe((step) => {
    if (step.type === "leave") said.delete(step.id);
    if (step.type !== "end") return;
    const { id, after: { verdict, reason } } = step;
    if (verdict !== "error") said.delete(id);
    else if (reason !== null && said.get(id) !== reason.message) {
      said.set(id, reason.message);
      const message = `${oneLine(id)}: could not be checked: ${reason.message}`;
      say(message, "error", { id, reason });
    }
  });
}
