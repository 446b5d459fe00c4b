import { formatDuration, parseDuration } from "../../core/duration.ts";
import { OptionError } from "../../core/option_error.ts";
import { shellQuoted } from "../../core/text.ts";
import type { Snapshot } from "../../core/types.ts";
import { untilSignal } from "../../io/signals.ts";
import { Fleet } from "../../fleet/fleet.ts";
import { isolateHold } from "../../fleet/run/shared_resources.ts";
import { type Arguments, type OptionsConfig, parse, wordsOf } from "../args.ts";
import { become } from "../become.ts";
import { kindsOf, PLUGIN_HELP, PLUGIN_OPTION } from "../plugin_kinds.ts";
import { printable } from "../terminal/columns.ts";
import { flagsOf, isGranted, merged } from "../../io/permission_flags.ts";
import {
  selectChecks,
  SELECTION_HELP,
  SELECTION_OPTIONS,
} from "../selection.ts";
import { isTarget, TARGET_HELP } from "../target.ts";
import {
  type Check,
  checksOfFile,
  checksOfTargets,
  expectTls,
} from "../targets.ts";
import { EXIT, flagError, UsageError } from "../usage.ts";
import { waitFor, type WaitOptions, type WaitResult } from "../wait_for.ts";
import { DOWN, UP, whyNot } from "../waiting.ts";

/** What `lifesign wait --help` says. */
export const help: string =
  `Waits until all targets are up, then runs a command.

Usage: lifesign wait [OPTIONS] TARGET ... [-- COMMAND [ARGUMENTS]]

All targets are tried at the same time, again and again, and must pass at the
same time. Meanwhile stderr says which ones do not. A TARGET is written as

${TARGET_HELP}

COMMAND gets the arguments, and the environment, the terminal and the signals
of lifesign, which exits with the exit code of COMMAND. A terminal sends SIGINT
(Ctrl-C), SIGQUIT and SIGWINCH to COMMAND by itself, so lifesign does not pass
them on if stdin is a terminal.

Options:
  --timeout TIME   When to give up; 0 is never [default: 30s]
  --interval TIME  The time from one attempt to the next [default: 250ms]
  --any            Wait until one of them is up
  --down           Wait until they are down; unknown is not down
  --file FILE      Wait for the checks of this config file, too, without their
                   start periods; may be repeated
${SELECTION_HELP}
${PLUGIN_HELP}
  --quiet          Print only problems with permissions
  --help           Print this help

Exit codes:
  0        all targets are up, and there is no COMMAND
  2        the command line or a file is wrong, or a permission is missing
  124      timed out: stderr says why, and COMMAND was not run
  126      COMMAND cannot be executed
  127      COMMAND was not found
  128 + N  signal N came first, or ended COMMAND: 130 is SIGINT, 143 SIGTERM
  others   the exit code of COMMAND

Examples:
  lifesign wait db:5432 http://api:8080/health -- ./serve --port 80
  lifesign wait --any --timeout 2m tcp://a:6379 tcp://b:6379
  lifesign wait --down --timeout 10s tcp://localhost:8080
  lifesign wait --file lifesign.yaml --check postgres -- npm start
`;

const OPTIONS: OptionsConfig = {
  timeout: { type: "string" },
  interval: { type: "string" },
  any: { type: "boolean" },
  down: { type: "boolean" },
  file: { type: "string", multiple: true },
  ...SELECTION_OPTIONS,
  ...PLUGIN_OPTION,
  quiet: { type: "boolean" },
};

/** The exit codes that shells give for a signal. */
const CODES: Partial<Record<Deno.Signal, number>> = {
  SIGHUP: 129,
  SIGINT: EXIT.interrupted,
  SIGTERM: 143,
};

/** Waits, and runs a command. */
export async function run(args: readonly string[]): Promise<number> {
  const end = args.indexOf("--");
  const command = end < 0 ? [] : args.slice(end + 1);
  if (end >= 0 && command.length === 0) {
    throw new UsageError("Expected a command after --, got nothing");
  }
  const { values, checks } = await parseWait(args);
  const options: WaitOptions = {
    goal: values.down === true ? DOWN : UP,
    any: values.any === true,
    quiet: values.quiet === true,
    timeoutMs: timeoutOf(values.timeout as string | undefined),
  };
  const interval = (values.interval ?? "250ms") as string;
  // First, so that a signal ends whatever is started below.
  const done = new AbortController();
  const interrupt = new AbortController();
  void untilSignal(done.signal).then((signal) => {
    if (signal !== undefined) interrupt.abort(signal);
  });
  await using fleet = fleetOf(checks, interval, options);
  mustBeAllowed(command);
  const ids = checks.filter(({ isPart }) => !isPart).map(({ id }) => id);
  const result = await waitFor(fleet, { ...options, ids }, interrupt.signal);
  await fleet.close();
  if (interrupt.signal.aborted) {
    return CODES[interrupt.signal.reason as Deno.Signal]!;
  }
  const code = conclude(result, options, checks);
  if (code !== EXIT.ok || command.length === 0) return code;
  const successor = become(command);
  // From now on signals are the command's.
  done.abort();
  return await successor.code;
}

/** The options of a command line, and the checks that it names. */
async function parseWait(
  args: readonly string[],
): Promise<Pick<Arguments, "values"> & { checks: readonly Check[] }> {
  const end = args.indexOf("--");
  try {
    const parsed = parse(end < 0 ? args : args.slice(0, end), OPTIONS);
    return { values: parsed.values, checks: await checksOf(parsed) };
  } catch (error) {
    const isExplained = !(error instanceof UsageError) ||
      error.hasSuggestion;
    if (end >= 0 || isExplained || !hasCommand(args)) throw error;
    throw new UsageError(`${error.message}; put -- before a command`, {
      cause: error,
    });
  }
}

/** Whether a word after a target is not a target: it is likely a command. */
function hasCommand(args: readonly string[]): boolean {
  const words = wordsOf(args, OPTIONS);
  const first = words.findIndex((word) => isTarget(word));
  return first >= 0 && !words.slice(first).every((word) => isTarget(word));
}

async function checksOf(
  { values, positionals }: Arguments,
): Promise<Check[]> {
  expectTls(positionals.join(" "));
  const kinds = await kindsOf({ values, positionals });
  const targets = checksOfTargets(positionals, kinds);
  const files = new Set((values.file ?? []) as readonly string[]);
  const ofFiles = await Promise.all(Array.from(files, checksOfFile));
  const checks = selectChecks([{ checks: targets }, ...ofFiles], { values });
  if (checks.length === 0) throw new UsageError("Expected a target, got none");
  const heard = checks.find(({ probe, isPart }) => !isPart && probe.hearsOnly);
  if (heard !== undefined) {
    const id = printable(heard.id);
    throw new UsageError(
      `${id} is known only to an agent, which gets the pings: select others by --check or --group`,
    );
  }
  return checks;
}

/** How long to wait, in milliseconds; `"0"` is for ever. */
function timeoutOf(text: string | undefined): number {
  if (text === undefined) return 30_000;
  if (text === "0") return Infinity;
  try {
    return parseDuration(text) || Infinity;
  } catch (cause) {
    throw new UsageError(
      `--timeout: expected a duration such as 500ms or 30s, got ${
        JSON.stringify(text)
      }`,
      { suggestion: /^\d+$/.test(text) ? `${text}s` : undefined, cause },
    );
  }
}

/** A fleet in which one attempt decides the status of a check. */
function fleetOf(
  checks: readonly Check[],
  interval: string,
  { timeoutMs }: WaitOptions,
): Fleet {
  const fleet = new Fleet();
  for (const { id, probe, options } of checks) {
    const { timeout = "5s", ...others } = options;
    try {
      isolateHold(probe, (probe) =>
        fleet.add(probe, {
          ...others,
          id,
          interval,
          timeout: Math.min(parseDuration(timeout), timeoutMs),
          retries: 1,
          rise: 1,
          initialDelay: 0,
          startPeriod: 0,
          backoff: false,
        }));
    } catch (error) {
      throw error instanceof OptionError ? flagError(error) : error;
    }
  }
  return fleet;
}

/** @throws {UsageError} If the command is not permitted, before any waiting. */
function mustBeAllowed([command]: readonly string[]): void {
  if (command === undefined) return;
  const { state } = Deno.permissions.querySync({ name: "run", command });
  if (state === "granted") return;
  throw new UsageError(
    `${command}: not found, or not allowed by Deno: run with --allow-run=${command}`,
  );
}

/** Prints the result of the waiting, and returns its exit code. */
function conclude(
  { type, snapshots, elapsedMs }: WaitResult,
  { goal, quiet }: WaitOptions,
  checks: readonly Check[],
): number {
  const took = formatDuration(elapsedMs);
  switch (type) {
    case "reached":
      if (!quiet) {
        const [first] = snapshots;
        const which = snapshots.length === 1
          ? `${printable(first!.id)} is`
          : `all ${snapshots.length} are`;
        console.error(`lifesign: ${which} ${goal.name} after ${took}`);
      }
      return EXIT.ok;
    case "timeout":
      if (!quiet) console.error(`lifesign: gave up after ${took}`);
      if (!quiet) sayWhyNot(snapshots);
      return EXIT.timeout;
    case "permission":
      console.error(`lifesign: not allowed by Deno${remedy(checks)}`);
      sayWhyNot(snapshots);
      return EXIT.usage;
    default:
      return type satisfies never;
  }
}

/** The flags for all permissions that are known to be missing. */
function remedy(checks: readonly Check[]): string {
  const permissions = checks.flatMap(({ probe }) => probe.permissions)
    .filter((permission) => !isGranted(permission));
  if (permissions.length === 0) return "";
  const flags = flagsOf(merged(permissions)).map(shellQuoted);
  return `: run with ${flags.join(" ")}`;
}

function sayWhyNot(snapshots: readonly Snapshot[]): void {
  for (const snapshot of snapshots) {
    console.error(`  ${printable(snapshot.id)}: ${whyNot(snapshot)}`);
  }
}
