import type { Incident } from "../../core/past/incident.ts";
import { type Uptime, uptimeOf } from "../../core/past/uptime.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { PastAttempt } from "../../fleet/history.ts";
import type { Archive, Range } from "../../fleet/past/archive.ts";
import { totalsOf } from "../../fleet/past/totals.ts";
import { findIncidents, type IncidentSources } from "../incidents/find.ts";
import { DAYS, type Days, daysOf } from "../look/days.ts";
import { Recent } from "../past/recent.ts";
import {
  attemptPoints,
  CHART_RANGES,
  type ChartRange,
  type Point,
  pointsOf,
} from "./points.ts";

const DAY_MS = 86_400_000;

/** How many attempts a page lists. */
const ATTEMPTS = 60;

/** How many incidents a page lists. */
const INCIDENTS = 50;

/** The uptime in a range of time. */
export interface UptimeOf {
  readonly name: string;
  readonly uptime: Uptime;
}

/** What changes little from one attempt to the next. */
interface LongAgo {
  readonly uptimes: readonly UptimeOf[];
  readonly days: Days;
}

/** What is known of the past of a check. */
export interface CheckPast {
  /** In each range; without an archive there are none. */
  readonly uptimes: readonly UptimeOf[];
  /** The last days, if there is an archive. */
  readonly days: Days | undefined;
  /** The range of the chart; without an archive it is that of the attempts. */
  readonly range: Range & { readonly name: string | undefined };
  readonly points: readonly Point[];
  readonly incidents: readonly Incident[];
  /** The last attempts, oldest first. */
  readonly attempts: readonly PastAttempt[];
  /** Whether there is an archive that cannot be read. */
  readonly isUnreadable: boolean;
}

/** How long what an archive says may be out of date. */
const FRESH_MS = 30_000;

/** What an archive says of checks, which live pages ask for again and again. */
export class KeptPast {
  readonly #archive: Archive;
  readonly #longAgo = new Recent<LongAgo>({ freshMs: FRESH_MS, most: 100 });
  readonly #points = new Recent<Point[]>({ freshMs: FRESH_MS, most: 100 });

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** The uptime and the days of a check. */
  longAgo(id: string, now: number): Promise<LongAgo> {
    return this.#longAgo.get(id, now, async () => {
      const [uptimes, days] = await Promise.all([
        this.#uptimes(id, now),
        this.#days(id, now),
      ]);
      return { uptimes, days };
    });
  }

  /** The points of a chart of a check. */
  points(id: string, range: ChartRange, now: number): Promise<Point[]> {
    return this.#points.get(`${range.name} ${id}`, now, async () => {
      const asked = { from: now - range.lengthMs, to: now };
      const found = await this.#archive.periods([id], range.step, asked);
      return pointsOf(found.get(id) ?? [], range);
    });
  }

  async #uptimes(id: string, now: number): Promise<UptimeOf[]> {
    return await Promise.all(CHART_RANGES.map(async ({ name, lengthMs }) => {
      const range = { from: now - lengthMs, to: now };
      const totals = await totalsOf(this.#archive, [id], range, now, {
        latency: false,
      });
      const { spans, from, to } = totals.get(id)!;
      return { name, uptime: uptimeOf(spans, to - from) };
    }));
  }

  async #days(id: string, now: number): Promise<Days> {
    const range = { from: now - (DAYS - 1) * DAY_MS, to: now };
    const periods = await this.#archive.periods([id], "day", range, {
      latency: false,
    });
    return daysOf(periods.get(id) ?? [], now);
  }
}

/** Where the past of a check is looked up, and which part of it. */
export type PastSources = IncidentSources & {
  readonly fleet: Fleet;
  readonly range: ChartRange;
  readonly now: number;
};

/** Looks up the past of a check, which may have been removed. */
export async function pastOf(
  id: string,
  kept: KeptPast | undefined,
  sources: PastSources,
): Promise<CheckPast> {
  const { archive: _, ...others } = sources;
  if (kept === undefined) return await recentPast(id, others);
  try {
    return await wholePast(id, kept, sources);
  } catch {
    return { ...await recentPast(id, others), isUnreadable: true };
  }
}

/** What is known without an archive. */
async function recentPast(
  id: string,
  { fleet, incidents, now }: Omit<PastSources, "archive">,
): Promise<CheckPast> {
  const attempts = fleet.history(id)?.attempts ?? [];
  return {
    uptimes: [],
    days: undefined,
    range: {
      name: undefined,
      from: attempts[0]?.at ?? now,
      to: attempts.at(-1)?.at ?? now,
    },
    points: attemptPoints(attempts),
    incidents: await incidentsOf(id, { archive: undefined, incidents }),
    attempts,
    isUnreadable: false,
  };
}

async function wholePast(
  id: string,
  kept: KeptPast,
  { fleet, archive, incidents, range, now }: PastSources,
): Promise<CheckPast> {
  const recent = fleet.history(id)?.attempts ?? [];
  const chartRange = { from: now - range.lengthMs, to: now };
  const [{ uptimes, days }, points, found, attempts] = await Promise.all([
    kept.longAgo(id, now),
    kept.points(id, range, now),
    incidentsOf(id, { archive, incidents }),
    recent.length > 0
      ? recent
      : archive!.attempts(id, { from: 0, to: now + 1 }, ATTEMPTS),
  ]);
  return {
    uptimes,
    days,
    range: { name: range.name, ...chartRange },
    points,
    incidents: found,
    attempts,
    isUnreadable: false,
  };
}

async function incidentsOf(
  id: string,
  sources: IncidentSources,
): Promise<readonly Incident[]> {
  return await findIncidents(sources, { checks: [id], limit: INCIDENTS });
}

/** Whether anything is known of the past of a check. */
export function hasPast({ days, incidents, attempts }: CheckPast): boolean {
  return (days?.days.size ?? 0) + incidents.length + attempts.length > 0;
}
