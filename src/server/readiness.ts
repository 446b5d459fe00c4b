import { oneLine } from "../core/text.ts";
import type { Snapshot } from "../core/types.ts";

/** Whether a check is ready. A status from before a restart may be out of date. */
function isReady({ status, stale }: Snapshot): boolean {
  return !stale && (status === "healthy" || status === "degraded");
}

/** Whether every check is ready, and the text of the response. */
export interface Readiness {
  readonly ready: boolean;
  readonly text: string;
}

/**
 * Makes the response of `/readyz`. With `verbose` it lists the checks in the
 * format of Kubernetes.
 */
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
