import { formatDuration } from "../core/duration.ts";
import type { Snapshot } from "../core/types.ts";
import { untilSignal } from "../io/signals.ts";
import { Fleet } from "../monitor/fleet.ts";
import { fileOf, oneOf, parse } from "./args.ts";
import { columns, printable } from "./columns.ts";
import { showProgress } from "./progress.ts";
import { painted } from "./style.ts";
import { isTarget } from "./target.ts";
import { type Trial, trialsOfFile, trialsOfTargets } from "./trials.ts";
import { EXIT, UsageError } from "./usage.ts";

/** What `lifesign check --help` says. */
export const help = `Tries everything once and says how it is.

Usage: lifesign check [OPTIONS] [FILE | TARGET ...]

FILE is lifesign.yaml unless it is given. A TARGET is http://…, https://…,
tcp://host:port or "exec:command line". On a terminal, stderr shows how far it
is.

Options:
  --format FORMAT  table, or json for machines [default: table]
  --timeout TIME   How long an attempt may take [default: the file's, or 5s]
  --help           Print this

Exit codes:
  0    everything is healthy or degraded
  1    something is not
  2    the command line or the file is wrong
  130  a signal came first

Examples:
  lifesign check
  lifesign check tcp://localhost:5432 https://example.com/health
  lifesign check "exec:pg_isready -q" --format json
`;

/** Tries everything once. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args, {
    format: { type: "string" },
    timeout: { type: "string" },
  });
  const format = oneOf("format", parsed.values.format, ["table", "json"]);
  const timeout = parsed.values.timeout as string | undefined;
  const trials = parsed.positionals.some(isTarget)
    ? trialsOfTargets(parsed.positionals)
    : await trialsOfFile(fileOf(parsed));
  const snapshots = await tryOnce(trials, timeout);
  if (snapshots === undefined) return EXIT.interrupted;
  if (format === "json") {
    console.log(JSON.stringify(snapshots, null, 2));
  } else {
    for (const line of toTable(snapshots)) console.log(line);
  }
  return snapshots.every(isWell) ? EXIT.ok : EXIT.failure;
}

function isWell({ status }: Snapshot): boolean {
  return status === "healthy" || status === "degraded";
}

/** Tries everything; nothing is known if a signal comes first. */
async function tryOnce(
  trials: readonly Trial[],
  timeout: string | undefined,
): Promise<Snapshot[] | undefined> {
  // Leaving the block ends the commands that still run.
  await using fleet = new Fleet({ background: false });
  for (const { id, probe, options } of trials) {
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
    fleet.attempt(),
    untilSignal().then(() => undefined),
  ]);
}

function toTable(snapshots: readonly Snapshot[]): string[] {
  const rows = snapshots.map(({ id, status, durationMs, reason }) => [
    printable(id),
    painted(status, status),
    durationMs === null ? "" : formatDuration(durationMs),
    printable(reason?.message ?? ""),
  ]);
  return columns([["CHECK", "STATUS", "TIME", "REASON"], ...rows]);
}
