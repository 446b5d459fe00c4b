import type { Rollup } from "../rollup.ts";
import type { Snapshot, Status } from "../types.ts";

/** A shape for each status, for people who cannot see colours. */
export const SIGNS: Readonly<Record<Status, string>> = {
  healthy: "●",
  degraded: "▲",
  unhealthy: "✕",
  unknown: "○",
};

/**
 * Summarizes counts of statuses in one sentence, the worst first, such as
 * `4 of 50 are down, 10 degraded`. Checks in maintenance are counted apart.
 * Browsers get the source of this function, so that it uses nothing outside it.
 */
export function summary(
  { counts, maintenance = 0 }: Pick<Rollup, "counts"> & {
    readonly maintenance?: number;
  },
): string {
  const { healthy, degraded, unhealthy, unknown } = counts;
  const total = healthy + degraded + unhealthy + unknown + maintenance;
  if (total === 0) return "There are no checks";
  const parts = ([
    [unhealthy, "down"],
    [unknown, "unknown"],
    [degraded, "degraded"],
    [maintenance, "in maintenance"],
  ] as const).filter(([count]) => count > 0);
  const [worst, ...others] = parts;
  if (worst === undefined) {
    return total === 1
      ? "The check is healthy"
      : `All ${total} checks are healthy`;
  }
  const [count, what] = worst;
  return [
    `${count} of ${total} ${count === 1 ? "is" : "are"} ${what}`,
    ...others.map(([count, what]) => `${count} ${what}`),
  ].join(", ");
}

/** An attempt that is due earlier than this is not worth a word. */
const SOON_MS = 60_000;

/**
 * When the next attempt or ping is due, such as `next at 2026-11-27 03:00 UTC`;
 * empty if that is less than a minute away, or not known.
 */
export function upcoming(
  { nextAt }: Pick<Snapshot, "nextAt">,
  now: number,
): string {
  const inMs = nextAt === null ? 0 : nextAt.getTime() - now;
  if (Math.abs(inMs) < SOON_MS) return "";
  const at = nextAt!.toISOString().slice(0, 16).replace("T", " ");
  return `${inMs > 0 ? "next at" : "was due at"} ${at} UTC`;
}
