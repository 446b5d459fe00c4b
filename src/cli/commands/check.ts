import { formatDuration, parseDuration } from "../../core/duration.ts";
import type { Snapshot } from "../../core/types.ts";
import { untilSignal } from "../../io/signals.ts";
import { Fleet } from "../../fleet/fleet.ts";
import { fileOf, oneOf, parse } from "../args.ts";
import { columns, loadWidths, printable } from "../terminal/columns.ts";
import { type PluginOutput, toPluginError, toPluginOutput } from "../nagios.ts";
import { showProgress } from "../terminal/progress.ts";
import { painted } from "../terminal/style.ts";
import { isTarget, TARGET_HELP } from "../target.ts";
import {
  type Check,
  checksOfArgument,
  checksOfFile,
  checksOfTargets,
} from "../targets.ts";
import { EXIT, UsageError } from "../usage.ts";

/** What `lifesign check --help` says. */
export const help: string = `Tries everything once and says how it is.

Usage: lifesign check [OPTIONS] [FILE | TARGET ...]

FILE is lifesign.yaml unless it is given. On a terminal, stderr shows the
progress. A TARGET is written as

${TARGET_HELP}

Options:
  --format FORMAT  table, or json for machines [default: table]
  --timeout TIME   How long an attempt may take [default: the file's, or 5s]
  --nagios         One line as a plugin of Nagios prints it, with the time of
                   each check as perfdata, then one for each that is not well
  --help           Print this

With --nagios it exits with 0 (OK), 1 (WARNING) if something is degraded, 2
(CRITICAL) if something is unhealthy, and 3 (UNKNOWN) if something cannot be
told, or the command line or the file is wrong. Otherwise:

Exit codes:
  0    everything is healthy or degraded
  1    something is not
  2    the command line or the file is wrong
  130  a signal came first

Examples:
  lifesign check
  lifesign check tcp://localhost:5432 https://example.com/health
  lifesign check "exec:pg_isready -q" --format json
  lifesign check --nagios --timeout 10s /etc/lifesign.yaml
`;

/** Tries everything once. */
export async function run(args: readonly string[]): Promise<number> {
  if (!args.some((arg) => arg.startsWith("--nagios"))) return await check(args);
  try {
    return await check(args);
  } catch (error) {
    // It has to be told in its own way that the command line is wrong.
    return say(toPluginError((error as Error).message));
  }
}

async function check(args: readonly string[]): Promise<number> {
  const parsed = parse(args, {
    format: { type: "string" },
    timeout: { type: "string" },
    nagios: { type: "boolean" },
  });
  const { values, positionals } = parsed;
  const format = oneOf("format", values.format, ["table", "json"]);
  const isPlugin = values.nagios === true;
  if (isPlugin && values.format !== undefined) {
    throw new UsageError("--format: expected it without --nagios, got both");
  }
  const timeout = values.timeout as string | undefined;
  const checks = positionals.some(isTarget)
    ? checksOfTargets(positionals)
    : positionals.length === 1
    ? await checksOfArgument(positionals[0]!)
    : await checksOfFile(fileOf(parsed));
  const snapshots = await tryOnce(checks, timeout);
  if (snapshots === undefined) {
    return isPlugin
      ? say(toPluginError("a signal came first"))
      : EXIT.interrupted;
  }
  if (isPlugin) {
    const timeouts = new Map(
      checks.map(({ id, options }) => [id, timeout ?? options.timeout ?? "5s"]),
    );
    return say(
      toPluginOutput(snapshots, (id) => parseDuration(timeouts.get(id)!)),
    );
  }
  if (format === "json") {
    console.log(JSON.stringify(snapshots, null, 2));
  } else {
    for (const line of await toTable(snapshots)) console.log(line);
  }
  return snapshots.every(isWell) ? EXIT.ok : EXIT.failure;
}

/** Writes what a plugin has to say, and gives its exit code. */
function say({ lines, code }: PluginOutput): number {
  for (const line of lines) console.log(line);
  return code;
}

function isWell({ status }: Snapshot): boolean {
  return status === "healthy" || status === "degraded";
}

/** Tries everything; nothing is known if a signal comes first. */
async function tryOnce(
  checks: readonly Check[],
  timeout: string | undefined,
): Promise<Snapshot[] | undefined> {
  // Leaving the block ends the commands that still run.
  await using fleet = new Fleet({ background: false });
  for (const { id, probe, options } of checks) {
    // One attempt decides.
    const once = { ...options, id, retries: 1, rise: 1, startPeriod: 0 };
    try {
      fleet.add(probe, timeout === undefined ? once : { ...once, timeout });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new UsageError(`--${error.message}`, { cause: error });
    }
  }
  await using _progress = showProgress(fleet);
  return await Promise.race([
    fleet.attemptAll(),
    untilSignal().then(() => undefined),
  ]);
}

async function toTable(snapshots: readonly Snapshot[]): Promise<string[]> {
  const rows = snapshots.map(({ id, status, durationMs, reason }) => [
    printable(id),
    painted(status, status),
    durationMs === null ? "" : formatDuration(durationMs),
    printable(reason?.message ?? ""),
  ]);
  await loadWidths(rows.flat());
  return columns([["CHECK", "STATUS", "TIME", "REASON"], ...rows]);
}
