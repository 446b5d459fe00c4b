import { captionOf } from "./caption.ts";
import type { Case, Mention, Pending } from "./case.ts";
import type { Cases } from "./cases.ts";
import type { Message, ToldIncident } from "./message.ts";
import type { Problem } from "./problem.ts";

/**
 * A message as it is to be sent now. The keys of the beginnings in it are settled
 * with it, as something may have been taken out since it was made.
 */
export function build(message: Pending, cases: Cases): Message {
  const mentions = [...message.mentions.values()].sort(byAge);
  const first = mentions.find(({ kind }) => kind === "begin");
  const key = first?.of.problem.id;
  if (key !== undefined) {
    for (const { kind, of } of mentions) {
      if (kind === "begin" && of.told !== null && of.told.key !== key) {
        cases.tell(of, { ...of.told, key });
      }
    }
  }
  const { id, event, at, storm, held, limitedUntil } = message;
  return {
    id,
    event,
    at,
    incidents: mentions.map((mention) => incidentOf(mention, key)),
    closed: closedBy(mentions, cases),
    ...(storm === undefined ? {} : { storm }),
    ...(held === undefined ? {} : { held }),
    ...(limitedUntil === undefined ? {} : { limitedUntil }),
  };
}

/** A problem as it was told last. */
export function toldIncident({ problem, told }: Case): ToldIncident {
  return toIncident(problem, {
    status: told?.status ?? problem.status,
    key: told?.key ?? problem.id,
    isOver: problem.ended !== null,
  });
}

function incidentOf(
  { of: { problem, told }, kind, status }: Mention,
  key: string | undefined,
): ToldIncident {
  return toIncident(problem, {
    status,
    key: told?.key ?? key ?? problem.id,
    isOver: kind === "end" || kind === "held",
  });
}

function toIncident(
  problem: Problem,
  { status, key, isOver }: {
    readonly status: Problem["status"];
    readonly key: string;
    readonly isOver: boolean;
  },
): ToldIncident {
  return {
    ...captionOf(problem),
    id: problem.id,
    status,
    firstReason: problem.firstReason,
    reason: problem.reason,
    began: problem.began,
    ended: isOver ? problem.ended : null,
    end: isOver ? problem.end : null,
    because: problem.because,
    key,
  };
}

/** The keys of which nothing is left once the ends of some are told. */
function closedBy(mentions: readonly Mention[], cases: Cases): string[] {
  const ends = new Map<string, number>();
  for (const { kind, of } of mentions) {
    if (kind !== "end" || of.told === null) continue;
    ends.set(of.told.key, (ends.get(of.told.key) ?? 0) + 1);
  }
  return [...ends].filter(([key, count]) => cases.withKey(key) === count)
    .map(([key]) => key);
}

function byAge(a: Mention, b: Mention): number {
  const { id: first, began } = a.of.problem;
  const { id: second, began: other } = b.of.problem;
  return began - other || (first < second ? -1 : 1);
}
