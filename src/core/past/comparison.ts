import type { Incident } from "./incident.ts";
import type { RecordedAttempt } from "./replay.ts";

/** Incidents of a check that are one to who looks at both sides. */
export interface Outage {
  /** When the first of them began. */
  readonly began: number;
  /** When the last of them ended; `null` while it lasts. */
  readonly ended: number | null;
  /** How many there are. */
  readonly incidents: number;
  /** How long they lasted in the range, all together. */
  readonly downMs: number;
  /** The time from the first failure of its row to `began`; `null` if unknown. */
  readonly delayMs: number | null;
  /** The message of the first reason. */
  readonly reason: string;
}

/** What an outage was, and what it would have been; one of the two may be `null`. */
export interface OutagePair {
  readonly was: Outage | null;
  readonly would: Outage | null;
}

/** The figures of one side. */
export interface Side {
  readonly incidents: number;
  /** How long the check was in incidents. */
  readonly downMs: number;
  /** One for each beginning and one for each end of an incident. */
  readonly messages: number;
  /** The mean delay of the outages whose delay is known. */
  readonly meanDelayMs: number | null;
}

/** How the incidents of a check would have been, beside how they were. */
export interface Comparison {
  readonly was: Side;
  readonly would: Side;
  /** How many incidents that were would have been noticed, even if not at once. */
  readonly found: number;
  /** How many would not have been. */
  readonly missed: number;
  /** How many of the outages on both sides would have been shorter. */
  readonly shortened: number;
  /** How many incidents would have been where there was none. */
  readonly added: number;
  /** The outages, oldest first. */
  readonly outages: readonly OutagePair[];
}

/** What is compared. */
export interface Compared {
  readonly from: number;
  readonly to: number;
  /** The attempts, oldest first. */
  readonly attempts: readonly RecordedAttempt[];
  /** The incidents that were, oldest first. */
  readonly was: readonly Incident[];
  /** The incidents that would have been, oldest first. */
  readonly would: readonly Incident[];
}

/** Compares the incidents that lasted at any time in a range. */
export function compare(compared: Compared): Comparison {
  const { from, to } = compared;
  const isInRange = (incident: Incident): boolean =>
    incident.began < to && endOf(incident) > from;
  const was = compared.was.filter(isInRange);
  const would = compared.would.filter(isInRange);
  const failing = failingSince(compared.attempts);
  const outage = (incidents: readonly Incident[]): Outage | null =>
    outageOf(incidents, { from, to, failing });
  const clusters = clustersOf(was, would);
  const outages = clusters.map(([was, would]) => ({
    was: outage(was),
    would: outage(would),
  }));
  const sumOf = (count: (was: number, would: number) => number): number =>
    clusters.reduce(
      (sum, [was, would]) => sum + count(was.length, would.length),
      0,
    );
  return {
    was: sideOf(was, outages.map(({ was }) => was), compared),
    would: sideOf(would, outages.map(({ would }) => would), compared),
    found: sumOf((was, would) => would > 0 ? was : 0),
    missed: sumOf((was, would) => would > 0 ? 0 : was),
    added: sumOf((was, would) => was > 0 ? 0 : would),
    shortened:
      outages.filter(({ was, would }) =>
        was !== null && would !== null && would.downMs < was.downMs
      ).length,
    outages,
  };
}

function endOf({ ended }: Incident): number {
  return ended ?? Infinity;
}

/** Incidents of both sides that touch each other, directly or through others. */
function clustersOf(
  was: readonly Incident[],
  would: readonly Incident[],
): (readonly [Incident[], Incident[]])[] {
  const all = [
    ...was.map((incident) => ({ incident, side: 0 as const })),
    ...would.map((incident) => ({ incident, side: 1 as const })),
  ].sort((a, b) => a.incident.began - b.incident.began);
  const clusters: (readonly [Incident[], Incident[]])[] = [];
  let end = -Infinity;
  for (const { incident, side } of all) {
    if (incident.began >= end) clusters.push([[], []]);
    clusters.at(-1)![side].push(incident);
    end = Math.max(end, endOf(incident));
  }
  return clusters;
}

/** Since when a check had been failing at the end of each failed attempt. */
function failingSince(
  attempts: readonly RecordedAttempt[],
): ReadonlyMap<number, number> {
  const failing = new Map<number, number>();
  let since: number | null = null;
  for (const { verdict, at } of attempts) {
    // An error says nothing of the target.
    if (verdict === "error") continue;
    if (verdict !== "fail") since = null;
    else failing.set(at, since ??= at);
  }
  return failing;
}

function outageOf(
  incidents: readonly Incident[],
  { from, to, failing }: {
    readonly from: number;
    readonly to: number;
    readonly failing: ReadonlyMap<number, number>;
  },
): Outage | null {
  const [first] = incidents;
  if (first === undefined) return null;
  const since = failing.get(first.began);
  const last = incidents.reduce((a, b) => endOf(b) > endOf(a) ? b : a);
  return {
    began: first.began,
    ended: last.ended,
    incidents: incidents.length,
    downMs: downMs(incidents, from, to),
    delayMs: since === undefined ? null : first.began - since,
    reason: first.firstReason.message,
  };
}

function sideOf(
  incidents: readonly Incident[],
  outages: readonly (Outage | null)[],
  { from, to }: Compared,
): Side {
  const delays = outages.flatMap((outage) => outage?.delayMs ?? []);
  return {
    incidents: incidents.length,
    downMs: downMs(incidents, from, to),
    messages: incidents.filter(({ began }) => began >= from).length +
      incidents.filter((incident) => endOf(incident) < to).length,
    meanDelayMs: delays.length === 0
      ? null
      : delays.reduce((sum, ms) => sum + ms, 0) / delays.length,
  };
}

/** How long incidents lasted in a range. */
function downMs(
  incidents: readonly Incident[],
  from: number,
  to: number,
): number {
  return incidents.reduce(
    (sum, incident) =>
      sum + Math.min(endOf(incident), to) - Math.max(incident.began, from),
    0,
  );
}
