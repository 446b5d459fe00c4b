import { formatDuration, parseDuration } from "../../core/duration.ts";
import { closest, shellQuoted } from "../../core/text.ts";
import type { Snapshot } from "../../core/types.ts";
import { untilSignal } from "../../io/signals.ts";
import { Fleet } from "../../fleet/fleet.ts";
import { type Arguments, type OptionsConfig, parse, wordsOf } from "../args.ts";
import { become } from "../become.ts";
import { printable } from "../terminal/columns.ts";
import { flagsOf, isGranted, merged } from "../../io/permission_flags.ts";
import { isTarget, TARGET_HELP } from "../target.ts";
import { type Check, checksOfFile, checksOfTargets } from "../targets.ts";
import { EXIT, UsageError } from "../usage.ts";
import { type Ending, waitFor, type Wish } from "../wait_for.ts";
import { DOWN, UP, whyNot } from "../waiting.ts";

/** What `lifesign wait --help` says. */
export const help: string = `Waits until all targets pass, then runs a command.

Usage: lifesign wait [OPTIONS] TARGET ... [-- COMMAND [ARGUMENTS]]

All targets are tried at the same time, again and again, and must pass at the
same time. Meanwhile stderr says what is missing. A TARGET is written as

${TARGET_HELP}

COMMAND gets our arguments, environment, terminal and signals, and its exit
code is ours. Where stdin is a terminal, Ctrl-C reaches it from there, and
SIGINT, SIGQUIT and SIGWINCH are not passed on a second time.

Options:
  --timeout TIME   When to give up; 0 is never [default: 30s]
  --interval TIME  The time from one attempt to the next [default: 250ms]
  --any            Until one of them passes
  --down           Until they are down; what cannot be told is not down
  --file FILE      The checks of this file, without their start periods
  --check ID       Of the file's checks only this one; may come again
  --quiet          Say nothing, unless it cannot be done at all
  --help           Print this

Exit codes:
  0        everything passed, and there is no COMMAND
  2        the command line or the file is wrong, or a permission is missing
  124      the time is over; why is on stderr, and COMMAND was not run
  126      COMMAND cannot be executed
  127      COMMAND was not found
  128 + N  signal N came first, or ended COMMAND: 130 is SIGINT, 143 SIGTERM
  others   are those of COMMAND

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
  file: { type: "string" },
  check: { type: "string", multiple: true },
  quiet: { type: "boolean" },
};

/** The exit codes of those who end by a signal, as shells have them. */
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
  const { values, checks } = await askedOf(args);
  const wish: Wish = {
    goal: values.down === true ? DOWN : UP,
    any: values.any === true,
    quiet: values.quiet === true,
    timeoutMs: timeoutOf(values.timeout as string | undefined),
  };
  const interval = (values.interval ?? "250ms") as string;
  // Before anything runs that would have to be ended.
  const done = new AbortController();
  const interrupt = new AbortController();
  void untilSignal(done.signal).then((signal) => {
    if (signal !== undefined) interrupt.abort(signal);
  });
  await using fleet = fleetOf(checks, interval, wish);
  mustBeAllowed(command);
  const ending = await waitFor(fleet, wish, interrupt.signal);
  await fleet.close();
  if (interrupt.signal.aborted) {
    return CODES[interrupt.signal.reason as Deno.Signal]!;
  }
  const code = conclude(ending, wish, checks);
  if (code !== EXIT.ok || command.length === 0) return code;
  const successor = become(command);
  // From now on signals are the command's.
  done.abort();
  return await successor.code;
}

/** What has been asked for: the options, and what is to be tried. */
async function askedOf(
  args: readonly string[],
): Promise<Pick<Arguments, "values"> & { checks: readonly Check[] }> {
  const end = args.indexOf("--");
  try {
    const parsed = parse(end < 0 ? args : args.slice(0, end), OPTIONS);
    return { values: parsed.values, checks: await checksOf(parsed) };
  } catch (error) {
    const isExplained = !(error instanceof UsageError) ||
      error.message.endsWith("?");
    if (end >= 0 || isExplained || !hasCommand(args)) throw error;
    throw new UsageError(`${error.message}; put -- before a command`, {
      cause: error,
    });
  }
}

/** Whether a word comes after a target and is none: a command, most likely. */
function hasCommand(args: readonly string[]): boolean {
  const words = wordsOf(args, OPTIONS);
  const first = words.findIndex(isTarget);
  return first >= 0 && !words.slice(first).every(isTarget);
}

async function checksOf({ values, positionals }: Arguments): Promise<Check[]> {
  const file = values.file as string | undefined;
  const ids = values.check as readonly string[] | undefined;
  if (ids !== undefined && file === undefined) {
    throw new UsageError("--check: expected --file with it");
  }
  const targets = checksOfTargets(positionals);
  const ofFile = file === undefined ? [] : await checksOfFile(file);
  const chosen = ids?.map((id) => find(ofFile, id)) ?? ofFile;
  const checks = new Map<string, Check>();
  for (const check of new Set([...targets, ...chosen])) {
    if (checks.has(check.id)) {
      throw new UsageError(
        `There is a check named ${check.id} in the file, too`,
      );
    }
    checks.set(check.id, check);
  }
  if (checks.size === 0) throw new UsageError("Expected a target, got none");
  return [...checks.values()];
}

function find(checks: readonly Check[], id: string): Check {
  const found = checks.find((check) => check.id === id);
  if (found !== undefined) return found;
  const meant = closest(id, checks.map(({ id }) => id));
  throw new UsageError(
    `--check: there is no check ${JSON.stringify(id)}` +
      (meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`),
  );
}

/** How long to wait, in milliseconds; 0 is for ever. */
function timeoutOf(text: string | undefined): number {
  if (text === undefined) return 30_000;
  if (text === "0") return Infinity;
  try {
    return parseDuration(text) || Infinity;
  } catch (cause) {
    const hint = /^\d+$/.test(text) ? `; did you mean ${text}s?` : "";
    throw new UsageError(
      `--timeout: expected a duration such as 500ms or 30s, got ${
        JSON.stringify(text)
      }${hint}`,
      { cause },
    );
  }
}

/** The fleet of what is tried. One attempt decides how a target is. */
function fleetOf(
  checks: readonly Check[],
  interval: string,
  { timeoutMs }: Wish,
): Fleet {
  const fleet = new Fleet();
  for (const { id, probe, options } of checks) {
    const { timeout = "5s", ...others } = options;
    try {
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
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new UsageError(`--${error.message}`, { cause: error });
    }
  }
  return fleet;
}

/** That it may not be run is better known now than after all the waiting. */
function mustBeAllowed([command]: readonly string[]): void {
  if (command === undefined) return;
  const { state } = Deno.permissions.querySync({ name: "run", command });
  if (state === "granted") return;
  throw new UsageError(
    `${command}: not found, or not allowed by Deno: run with --allow-run=${command}`,
  );
}

/** Says how it ended, and gives the exit code for it. */
function conclude(
  { type, snapshots, elapsedMs }: Ending,
  { goal, quiet }: Wish,
  checks: readonly Check[],
): number {
  const took = formatDuration(elapsedMs);
  switch (type) {
    case "done":
      if (!quiet) {
        const [first] = snapshots;
        const which = snapshots.length === 1
          ? `${printable(first!.id)} is`
          : `all ${snapshots.length} are`;
        console.error(`lifesign: ${which} ${goal.name} after ${took}`);
      }
      return EXIT.ok;
    case "late":
      if (!quiet) console.error(`lifesign: gave up after ${took}`);
      if (!quiet) sayWhyNot(snapshots);
      return EXIT.timeout;
    case "hopeless":
      console.error(`lifesign: not allowed by Deno${remedy(checks)}`);
      sayWhyNot(snapshots);
      return EXIT.usage;
    default:
      return type satisfies never;
  }
}

/** All that is missing at once, as far as it is known before. */
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
