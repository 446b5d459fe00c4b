import type { Taken } from "../receiver.ts";
import type { Outage, Span } from "./figures.ts";

/** What became of the messages about some outages. */
export interface Messages {
  /** How many outages began. */
  readonly outages: number;
  /** Beginnings and ends that nobody was told of. */
  readonly lost: number;
  /** What was told more than once. */
  readonly doubled: number;
  /** What was told again with another key. */
  readonly forked: number;
  /** What is wrong, in words. */
  readonly findings: readonly string[];
}

/**
 * What became of the messages about outages, which are over: what was lost of those
 * that began in a span, and what was told again in it.
 */
export function judgeMessages(
  { from, to }: Span,
  outages: readonly Outage[],
  taken: readonly Taken[],
  latestMs: number,
): Messages {
  const isIn = (at: number): boolean => at >= from && at < to;
  let [count, lost, doubled, forked] = [0, 0, 0, 0];
  const findings: string[] = [];
  for (const outage of outages) {
    if (isIn(outage.from)) count++;
    let key: string | undefined;
    for (const event of ["down", "up"]) {
      const told = taken.filter((it) =>
        it.event === event &&
        it.about.some((about) => causeOf(about, outages, latestMs) === outage)
      );
      const isLost = told.length === 0 && isIn(outage.from);
      if (isLost) lost++;
      const again = told.slice(1).filter(({ at }) => isIn(at));
      doubled += again.length;
      if (isLost || again.length > 0) {
        findings.push(describe(outage, event, told));
      }
      for (const { about, at } of told) {
        const own = about.find((it) =>
          causeOf(it, outages, latestMs) === outage
        )!;
        key ??= own.key;
        if (own.key !== key && isIn(at)) forked++;
      }
    }
  }
  return { outages: count, lost, doubled, forked, findings };
}

function describe(
  { check, from, to }: Outage,
  event: string,
  told: readonly Taken[],
): string {
  const time = (at: number) => new Date(at).toISOString().slice(11, 23);
  const messages = told.map(({ id, at, url, about }) =>
    `at ${time(at)} by ${url} as ${id} about ${about[0]!.id}`
  );
  return `${event} of ${check}, from ${time(from)} to ${time(to)}, was told ` +
    (messages.join(" and ") || "by nobody");
}

/** The incidents that no outage explains. */
export function falseIncidents<I extends { check: string; began: string }>(
  incidents: readonly I[],
  outages: readonly Outage[],
  latestMs: number,
): I[] {
  return incidents.filter((incident) =>
    causeOf(incident, outages, latestMs) === undefined
  );
}

/** The last outage that had begun by then, if it is not over for too long. */
function causeOf(
  { check, began }: { readonly check: string; readonly began: string },
  outages: readonly Outage[],
  latestMs: number,
): Outage | undefined {
  const at = Date.parse(began);
  const last = outages.findLast((it) => it.check === check && it.from <= at);
  return last !== undefined && at <= last.to + latestMs ? last : undefined;
}
