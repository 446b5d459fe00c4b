import { formatDuration } from "../core/duration.ts";
import type { Snapshot } from "../core/types.ts";
import { columns, loadWidths, printable } from "./terminal/columns.ts";
import { painted } from "./terminal/style.ts";

/** The results of `lifesign check` as the lines of a table. */
export async function toTable(
  snapshots: readonly Snapshot[],
): Promise<string[]> {
  const rows = snapshots.map((snapshot) => [
    printable(snapshot.id),
    painted(snapshot.status, snapshot.status),
    snapshot.durationMs === null ? "" : formatDuration(snapshot.durationMs),
    whyOf(snapshot),
  ]);
  await loadWidths(rows.flat());
  return columns([["CHECK", "STATUS", "TIME", "REASON"], ...rows]);
}

/** The reason for a status, in one line; empty if there is none. */
export function whyOf(
  { attempts, checking, reason }: Pick<
    Snapshot,
    "attempts" | "checking" | "reason"
  >,
): string {
  if (reason !== null) return printable(reason.message);
  if (attempts > 0) return "";
  return checking ? "not finished" : "not tried";
}

/** Says how far the attempts came before a signal. */
export function sayInterrupted(
  snapshots: readonly Snapshot[],
  signal: Deno.Signal,
): string {
  const without = snapshots.filter(({ attempts }) => attempts === 0);
  const unfinished = without.filter(({ checking }) => checking).length;
  const untried = without.length - unfinished;
  return [
    `interrupted by ${signal}: ${
      snapshots.length - without.length
    } of ${snapshots.length} done`,
    unfinished > 0 && `${unfinished} not finished`,
    untried > 0 && `${untried} not tried`,
  ].filter(Boolean).join(", ");
}
