import { parseDuration } from "../../core/duration.ts";
import { OptionError } from "../../core/option_error.ts";
import type { Snapshot } from "../../core/types.ts";
import { untilSignal } from "../../io/signals.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import {
  type Arguments,
  DEFAULT_FILE,
  oneOf,
  type OptionsConfig,
  parse,
} from "../args.ts";
import { sayInterrupted, toTable } from "../check_table.ts";
import { kindsOf, PLUGIN_HELP, PLUGIN_OPTION } from "../plugin_kinds.ts";
import { type PluginOutput, toPluginError, toPluginOutput } from "../nagios.ts";
import {
  type CheckSource,
  selectChecks,
  SELECTION_HELP,
  SELECTION_OPTIONS,
} from "../selection.ts";
import { printable } from "../terminal/columns.ts";
import { showProgress } from "../terminal/progress.ts";
import { isTarget, TARGET_HELP } from "../target.ts";
import {
  type Check,
  checksOfArgument,
  checksOfFile,
  checksOfTargets,
  expectTls,
  type Limits,
} from "../targets.ts";
import { EXIT, flagError, UsageError } from "../usage.ts";

/** What `lifesign check --help` says. */
export const help: string = `Tries each check once and prints the results.

Usage: lifesign check [OPTIONS] [FILE | TARGET ...]

Without arguments, FILE is lifesign.yaml. Files and targets can be given
together. On a terminal, stderr shows the progress. A TARGET is written as

${TARGET_HELP}

Options:
${SELECTION_HELP}
${PLUGIN_HELP}
  --format FORMAT  table, or json for programs [default: table]
  --timeout TIME   How long an attempt may take [default: the file's, or 5s]
  --nagios         Print one line in the format of a Nagios plugin, with the
                   duration of each check as performance data, and then a line
                   for each check that is not healthy
  --help           Print this help

After SIGINT (Ctrl-C) or SIGTERM it prints the results so far, and which checks
were not finished or not tried.

Exit codes:
  0    every check is healthy or degraded
  1    some check is not
  2    the command line or a file is wrong
  130  a signal came before all results

Exit codes with --nagios:
  0  OK: every check is healthy
  1  WARNING: some check is degraded
  2  CRITICAL: some check is unhealthy
  3  UNKNOWN: the status of some check is not known, or the command line or a
     file is wrong

Examples:
  lifesign check
  lifesign check lifesign.yaml tcp://localhost:5432
  lifesign check --group edge --check postgres
  lifesign check "exec:pg_isready -q" --format json
  lifesign check --plugin ./my_kind.ts queue:orders
  lifesign check --nagios --timeout 10s /etc/lifesign.yaml
`;

const OPTIONS: OptionsConfig = {
  ...SELECTION_OPTIONS,
  ...PLUGIN_OPTION,
  format: { type: "string" },
  timeout: { type: "string" },
  nagios: { type: "boolean" },
};

/** Tries each check once. */
export async function run(args: readonly string[]): Promise<number> {
  if (!args.some((arg) => arg.startsWith("--nagios"))) return await check(args);
  try {
    return await check(args);
  } catch (error) {
    // A plugin reports a wrong command line in its own format, too.
    return print(toPluginError((error as Error).message));
  }
}

async function check(args: readonly string[]): Promise<number> {
  const parsed = parse(args, OPTIONS);
  const { values } = parsed;
  const format = oneOf("format", values.format, ["table", "json"]);
  const isPlugin = values.nagios === true;
  if (isPlugin && values.format !== undefined) {
    throw new UsageError("--format: expected it without --nagios, got both");
  }
  const timeout = values.timeout as string | undefined;
  const sources = await sourcesOf(parsed);
  const checks = withoutHeard(selectChecks(sources, parsed));
  // Leaving the block ends the commands that still run.
  await using fleet = await fleetOf(checks, timeout, limitsOf(sources));
  const signal = await tryOnce(fleet);
  const parts = new Set(
    checks.filter(({ isPart }) => isPart).map(({ id }) => id),
  );
  const snapshots = fleet.list().filter(({ id }) => !parts.has(id));
  if (isPlugin) {
    const timeouts = new Map(
      checks.map(({ id, options }) => [id, timeout ?? options.timeout ?? "5s"]),
    );
    return print(toPluginOutput(snapshots, {
      timeoutMs: (id) => parseDuration(timeouts.get(id)!),
      signal,
    }));
  }
  if (format === "json") {
    console.log(JSON.stringify(snapshots, null, 2));
  } else {
    for (const line of await toTable(snapshots)) console.log(line);
  }
  if (signal !== undefined) {
    console.error(`lifesign: ${sayInterrupted(snapshots, signal)}`);
    return EXIT.interrupted;
  }
  return snapshots.every(isWell) ? EXIT.ok : EXIT.failure;
}

/** Leaves out checks that only hear of their targets, while an agent runs. */
function withoutHeard(checks: readonly Check[]): readonly Check[] {
  const tried = checks.filter(({ probe, isPart }) =>
    isPart || !probe.hearsOnly
  );
  const heard = checks.filter((check) => !tried.includes(check));
  if (heard.length === 0) return checks;
  const ids = heard.map(({ id }) => printable(id)).join(", ");
  const are = heard.length === 1 ? "is" : "are";
  const message = `${ids} ${are} known only to an agent, which gets the pings`;
  if (tried.length === 0) throw new UsageError(message);
  console.error(`lifesign: left out: ${message}`);
  return tried;
}

/** Prints what a plugin says, and returns its exit code. */
function print({ lines, code }: PluginOutput): number {
  for (const line of lines) console.log(line);
  return code;
}

function isWell({ status }: Snapshot): boolean {
  return status === "healthy" || status === "degraded";
}

/** The files and the targets of a command line, in its order. */
async function sourcesOf(parsed: Arguments): Promise<CheckSource[]> {
  const words = new Set(parsed.positionals);
  expectTls(parsed.positionals.join(" "));
  const kinds = await kindsOf(parsed);
  if (words.size === 0) return [await checksOfFile(DEFAULT_FILE)];
  const isOne = (word: string): boolean => isTarget(word, kinds);
  const targets = checksOfTargets([...words].filter(isOne), kinds).values();
  const sources: CheckSource[] = [];
  for (const word of words) {
    sources.push(
      isOne(word)
        ? { checks: [targets.next().value!] }
        : await checksOfArgument(word, kinds),
    );
  }
  return sources;
}

/** The lowest limits of the files, if there are files. */
function limitsOf(sources: readonly CheckSource[]): Partial<Limits> {
  const limits = sources.flatMap((source) =>
    "file" in source ? [source.limits] : []
  );
  return limits.length === 0 ? {} : {
    concurrency: Math.min(...limits.map(({ concurrency }) => concurrency)),
    perHost: Math.min(...limits.map(({ perHost }) => perHost)),
  };
}

/** A fleet in which one attempt decides the status of a check. */
async function fleetOf(
  checks: readonly Check[],
  timeout: string | undefined,
  limits: Partial<Limits>,
): Promise<Fleet> {
  const [{ Fleet }, { isolateHold }] = await Promise.all([
    import("../../fleet/fleet.ts"),
    import("../../fleet/run/shared_resources.ts"),
  ]);
  const fleet = new Fleet({ ...limits, background: false });
  for (const { id, probe, options } of checks) {
    const once = { ...options, id, retries: 1, rise: 1, startPeriod: 0 };
    try {
      isolateHold(
        probe,
        (probe) =>
          fleet.add(probe, timeout === undefined ? once : { ...once, timeout }),
      );
    } catch (error) {
      throw error instanceof OptionError ? flagError(error) : error;
    }
  }
  return fleet;
}

/** Tries everything once, and returns the signal that came first, if any. */
async function tryOnce(fleet: Fleet): Promise<Deno.Signal | undefined> {
  await using _progress = showProgress(fleet);
  return await Promise.race([
    fleet.attemptAll().then(() => undefined),
    untilSignal(),
  ]);
}
