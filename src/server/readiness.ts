import { oneLine } from "../core/text.ts";
import type { Snapshot, Status } from "../core/types.ts";

/** Statuses that serve. */
const READY: readonly Status[] = ["healthy", "degraded"];

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
  const ready = snapshots.every(({ status }) => READY.includes(status));
  const lines = verbose ? snapshots.map(toLine) : [];
  return {
    ready,
    text: [...lines, ready ? "ok" : "not ready", ""].join("\n"),
  };
}

function toLine({ id, status, reason }: Snapshot): string {
  const sign = READY.includes(status) ? "[+]" : "[-]";
  // An id may have a line break in it.
  return `${sign}${oneLine(id)} ${status}${
    reason === null ? "" : `: ${reason.message}`
  }`;
}
