import { type Uptime, uptimeOf } from "../../core/past/uptime.ts";
import type { Archive } from "./archive.ts";
import { totalsOf } from "./totals.ts";

/** A window of time up to now that uptime is shown for. */
export type UptimeWindow = "24h" | "7d" | "30d" | "90d";

/** How long each window is, in milliseconds. */
export const WINDOW_MS: Readonly<Record<UptimeWindow, number>> = {
  "24h": 86_400_000,
  "7d": 7 * 86_400_000,
  "30d": 30 * 86_400_000,
  "90d": 90 * 86_400_000,
};

/** The uptime of checks in a window of time up to now, by their ids. */
export async function uptimesIn(
  archive: Archive,
  checks: readonly string[],
  window: UptimeWindow,
  now: number,
): Promise<ReadonlyMap<string, Uptime>> {
  const range = { from: now - WINDOW_MS[window], to: now };
  const totals = await totalsOf(archive, checks, range, now, {
    latency: false,
  });
  return new Map(
    Array.from(
      totals,
      ([check, { from, to, spans }]) => [check, uptimeOf(spans, to - from)],
    ),
  );
}
