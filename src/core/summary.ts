import type { Rollup } from "./rollup.ts";
import type { Status } from "./types.ts";

/** A shape for each status, for people who cannot see colours. */
export const SIGNS: Readonly<Record<Status, string>> = {
  healthy: "●",
  degraded: "▲",
  unhealthy: "✕",
  unknown: "○",
};

/**
 * Summarizes counts of statuses in one sentence. Browsers get the source of this
 * function, so that it uses nothing outside it.
 */
export function summary({ counts }: Pick<Rollup, "counts">): string {
  const { healthy, degraded, unhealthy, unknown } = counts;
  const total = healthy + degraded + unhealthy + unknown;
  const say = (count: number, what: string): string =>
    `${count} of ${total} ${count === 1 ? "is" : "are"} ${what}`;
  if (total === 0) return "There are no checks";
  if (unhealthy > 0) return say(unhealthy, "down");
  if (unknown > 0) return say(unknown, "unknown");
  if (degraded > 0) return say(degraded, "degraded");
  return total === 1
    ? "The check is healthy"
    : `All ${total} checks are healthy`;
}
