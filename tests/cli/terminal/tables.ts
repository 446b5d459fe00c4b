import { table, type TableDrawing } from "../../../src/cli/terminal/table.ts";
import { type ListView, START } from "../../../src/cli/terminal/view/view.ts";
import type { ClusterWords } from "../../../src/cli/terminal/cluster.ts";
import type { Content } from "../../../src/cli/terminal/content.ts";
import { noCounts, rollup } from "../../../src/core/rollup.ts";
import type { Snapshot, Status } from "../../../src/core/types.ts";
import type { PastAttempt } from "../../../src/fleet/history.ts";
import { NOW, snapshot } from "./snapshots.ts";

/** What is drawn, and for which terminal. */
export interface TableOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly colours?: boolean;
  readonly url?: string | null;
  readonly note?: string;
  readonly cluster?: ClusterWords;
  readonly attempts?: readonly PastAttempt[];
  readonly list?: Partial<ListView>;
}

/** What is known of checks that all have the same attempts. */
export function contentOf(
  snapshots: readonly Snapshot[],
  { url = null, note = "", cluster, attempts = [] }: TableOptions = {},
): Content {
  const counts = noCounts();
  for (const { status } of snapshots) counts[status]++;
  return {
    rollup: rollup(counts),
    snapshots,
    history: () => ({ attempts, passed: 0, failed: 0 }),
    policy: () => undefined,
    url,
    cluster,
    note,
    now: NOW,
  };
}

/** Draws a list of checks. */
export function drawing(
  snapshots: readonly Snapshot[],
  options: TableOptions = {},
): TableDrawing {
  const { columns = 80, rows = 24, colours = false, list = {} } = options;
  return table(
    { ...START.list, ...list },
    contentOf(snapshots, options),
    { columns, rows, colours },
  );
}

/** The lines of that. */
export function draw(
  snapshots: readonly Snapshot[],
  options: TableOptions = {},
): string[] {
  return [...drawing(snapshots, options).lines];
}

/** The same without spaces at the ends of lines. */
export function drawn(
  snapshots: readonly Snapshot[],
  options: TableOptions = {},
): string[] {
  return draw(snapshots, options).map((line) => line.trimEnd());
}

const INITIALS: Readonly<Record<string, Status>> = {
  h: "healthy",
  d: "degraded",
  u: "unhealthy",
  "?": "unknown",
};

/** A check for each initial of a status. */
export function row(initials: string): Snapshot[] {
  return [...initials].map((initial, i) =>
    snapshot({ id: `c${i}`, status: INITIALS[initial]! })
  );
}
