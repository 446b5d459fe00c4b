import { oneLine } from "../core/text.ts";
import type { Snapshot } from "../core/types.ts";

/** Whether a check serves; what was before a restart may be so no longer. */
function isReady({ status, stale }: Snapshot): boolean {
  return !stale && (status === "healthy" || status === "degraded");
}

/** Whether everything serves, and the same as text, as Kubernetes has it. */
export interface Readiness {
  readonly ready: boolean;
  readonly text: string;
}

/** Says whether every check is settled and serves. */
export function readiness(
  snapshots: readonly Snapshot[],
  verbose: boolean,
): Readiness {
  const ready = snapshots.every(isReady);
  const lines = verbose ? snapshots.map(toLine) : [];
  return {
    ready,
    text: [...lines, ready ? "ok" : "not ready", ""].join("\n"),
  };
}

function toLine(snapshot: Snapshot): string {
  const { id, status, stale, reason } = snapshot;
  const sign = isReady(snapshot) ? "[+]" : "[-]";
  // An id may have a line break in it.
  return `${sign}${oneLine(id)} ${status}${stale ? " before the restart" : ""}${
    reason === null ? "" : `: ${reason.message}`
  }`;
}
