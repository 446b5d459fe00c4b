import type { Rollup } from "./rollup.ts";
import type { Status } from "./types.ts";

/** A shape beside each colour, for those who see no colours. */
export const SIGNS: Readonly<Record<Status, string>> = {
  healthy: "●",
  degraded: "▲",
  unhealthy: "✕",
  unknown: "○",
};

/** How things are, in one sentence. */
export function summary({ counts }: Rollup, total: number): string {
  const checks = `${total} check${total === 1 ? "" : "s"}`;
  if (total === 0) return "There are no checks";
  if (counts.unhealthy > 0) {
    return `${counts.unhealthy} of ${checks} ${are(counts.unhealthy)} down`;
  }
  if (counts.unknown > 0) {
    return `${counts.unknown} of ${checks} ${are(counts.unknown)} unknown`;
  }
  if (counts.degraded > 0) {
    return `${counts.degraded} of ${checks} ${are(counts.degraded)} degraded`;
  }
  return total === 1 ? "The check is healthy" : `All ${checks} are healthy`;
}

function are(count: number): string {
  return count === 1 ? "is" : "are";
}
