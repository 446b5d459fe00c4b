/**
 * The program: `lifesign run`, `check` and its other commands.
 *
 * ```sh
 * deno run --allow-net jsr:@lifesign/lifesign/cli check tcp://localhost:5432
 * ```
 *
 * @module
 */

import { closest } from "../core/text.ts";
import { VERSION } from "../version.ts";
import { explain } from "./explain.ts";
import { EXIT, UsageError } from "./usage.ts";

/** A command of the program. */
interface Command {
  readonly help: string;
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** The commands. Each is loaded when it is called. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: () => import("./commands/run.ts"),
  check: () => import("./commands/check.ts"),
  validate: () => import("./commands/validate.ts"),
  wait: () => import("./commands/wait.ts"),
  notify: () => import("./commands/notify.ts"),
  maintenance: () => import("./commands/maintenance.ts"),
  cluster: () => import("./commands/cluster.ts"),
  report: () => import("./commands/report.ts"),
  replay: () => import("./commands/replay.ts"),
  permissions: () => import("./commands/permissions.ts"),
  import: () => import("./commands/import.ts"),
  schema: () => import("./commands/schema.ts"),
  init: () => import("./commands/init.ts"),
};

const HELP = `lifesign tells whether the things you run are alive.

Usage: lifesign COMMAND [OPTIONS] [ARGUMENTS]

Commands:
  init         Write a small config file to start from
  run          Run the agent: the checks of a config file, and the HTTP app
  check        Try checks once and print the results
  validate     Print every problem of a config file
  wait         Wait until targets are up, then run a command
  notify       Send a test message by the notifiers of a config file
  maintenance  Start, stop and list maintenance of checks
  cluster      Print the agents that share the checks of a config file
  report       Print how checks were: uptime, incidents and latency
  replay       Print which incidents another policy would have found
  permissions  Print the fewest permissions, as Deno flags, for a config file
  import       Print the health checks of other programs' files as a config
  schema       Print the JSON Schema of config files

Options:
  --help     Print this help, or the help of a command
  --version  Print the version
`;

/** Runs a command line, and returns the exit code. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === "help" && args.length > 0) {
    return await main([args[0]!, "--help"]);
  }
  switch (name) {
    case "--help":
    case "-h":
    case "help":
      console.log(HELP.trimEnd());
      return EXIT.ok;
    case "--version":
    case "-V":
      console.log(`lifesign ${VERSION}`);
      return EXIT.ok;
    case undefined:
      console.error(HELP.trimEnd());
      return EXIT.usage;
  }
  try {
    if (!Object.hasOwn(COMMANDS, name)) throw unknownCommand(name);
    const command = await COMMANDS[name]!();
    if (wantsHelp(args)) {
      console.log(command.help.trimEnd());
      return EXIT.ok;
    }
    return await command.run(args);
  } catch (error) {
    return fail(error, name);
  }
}

/** Whether help is asked for, before the command after `--`. */
function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end))
    .some((arg) => arg === "--help" || arg === "-h");
}

function unknownCommand(name: string): UsageError {
  const meant = closest(name, Object.keys(COMMANDS));
  return new UsageError(
    `There is no command ${JSON.stringify(name)}` +
      (meant === undefined ? "" : `; did you mean ${meant}?`),
  );
}

/** Prints why a command failed, and returns the exit code. */
function fail(error: unknown, name: string): number {
  const command = Object.hasOwn(COMMANDS, name) ? name : null;
  const { message, hasSource, code } = explain(error, command);
  console.error(hasSource ? message : `lifesign: ${message}`);
  return code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
