import { incidentId } from "../past/incident_rules.ts";
import type { Reason, Status } from "../types.ts";
import { type Caption, captionOf } from "./caption.ts";
import type { Sighting } from "./sighting.ts";

/**
 * What is wrong with a check, from when its status is one that a notifier tells of
 * until it is well or removed. Times are milliseconds of the epoch.
 */
export interface Problem extends Caption {
  /** The id of the incident, if it begins with one. */
  readonly id: string;
  /** The status now. */
  readonly status: Status;
  /** Since when it is that. */
  readonly since: number;
  /** The last incident of its check. */
  readonly incident: string | null;
  readonly firstReason: Reason;
  /** What the check said last while its status was one that is told. */
  readonly reason: Reason;
  readonly began: number;
  readonly ended: number | null;
  readonly end: "recovered" | "removed" | null;
  /** The check that it is because of. */
  readonly because: string | null;
  readonly isMuted: boolean;
  /** Since when it is not muted. */
  readonly unmutedAt: number;
}

/** What decides how a problem goes on. */
export interface ProblemOptions {
  /** The statuses that are told. */
  readonly on: readonly Status[];
  /** Whether the check is one of those that are told of. */
  readonly isInScope: boolean;
  /** The status that was told last; `null` if none was. */
  readonly told: Status | null;
}

/** What became of the problem of a check. */
export interface ProblemStep {
  /** The problem that has ended, if one has. */
  readonly ended: Problem | null;
  /** The problem that lasts, if one does. */
  readonly lasting: Problem | null;
}

const NO_REASON: Reason = {
  code: "internal",
  message: "Why it failed is not known",
};

/**
 * Takes the problem of a check to how the check is now. Pure; the problem is the
 * same object if nothing changes.
 *
 * It begins with a status in `on`. It goes on through other ones, and ends with
 * `healthy`, or with `degraded` unless that is in `on` or was told last: what people
 * know as degraded is not over.
 */
export function nextProblem(
  last: Problem | null,
  sighting: Sighting,
  options: ProblemOptions,
): ProblemStep {
  const { on, isInScope, told } = options;
  const { status, incident } = sighting;
  const begins = on.includes(status) && isInScope;
  if (last === null) {
    return { ended: null, lasting: begins ? begun(sighting) : null };
  }
  const endsDegraded = !on.includes("degraded") && told !== "degraded";
  if (status === "healthy" || status === "degraded" && endsDegraded) {
    return { ended: ended(last, sighting.at, "recovered"), lasting: null };
  }
  // Its incident has ended, and another one has begun, since it was last seen.
  const isOther = incident !== null && last.incident !== null &&
    incident.id !== last.incident;
  if (isOther && endsDegraded) {
    return {
      ended: ended(last, incident.began, "recovered"),
      lasting: begins ? begun(sighting) : null,
    };
  }
  return { ended: null, lasting: changed(last, sighting, options) };
}

/** A problem that is over. */
export function ended(
  problem: Problem,
  at: number,
  end: "recovered" | "removed",
): Problem {
  // The clock may have been set back.
  return { ...problem, ended: Math.max(at, problem.began), end };
}

function begun(sighting: Sighting): Problem {
  const { check, status, incident, muted, at } = sighting;
  const reason = sighting.reason ?? NO_REASON;
  const isIncident = status === "unhealthy" && incident !== null;
  const since = Math.min(sighting.since, at);
  const began = isIncident ? Math.min(incident.began, at) : since;
  return {
    ...captionOf(sighting),
    id: isIncident ? incident.id : incidentId(check, began, null),
    status,
    since,
    incident: incident?.id ?? null,
    firstReason: reason,
    reason,
    began,
    ended: null,
    end: null,
    because: muted?.by === "dependency" ? muted.check : null,
    isMuted: muted !== null,
    unmutedAt: muted === null ? began : at,
  };
}

function changed(
  last: Problem,
  sighting: Sighting,
  { on, told }: ProblemOptions,
): Problem {
  const { status, incident, muted, at } = sighting;
  const isMuted = muted !== null;
  // The clock may have been set back.
  const isToCome = sighting.since > at;
  const isOld = isToCome && status === last.status;
  const since = isOld ? last.since : Math.min(sighting.since, at);
  const next: Problem = {
    ...captionOf(sighting),
    id: last.id,
    // Services know it by these: with others it would be another one.
    ...(told === null ? {} : { group: last.group, type: last.type }),
    status,
    since,
    incident: incident?.id ?? last.incident,
    firstReason: last.firstReason,
    reason: on.includes(status) ? sighting.reason ?? last.reason : last.reason,
    began: last.began,
    ended: null,
    end: null,
    because: muted?.by === "dependency" ? muted.check : null,
    isMuted,
    unmutedAt: last.isMuted && !isMuted ? at : last.unmutedAt,
  };
  return isSame(last, next) ? last : next;
}

function isSame(a: Problem, b: Problem): boolean {
  return a.status === b.status && a.since === b.since &&
    a.isMuted === b.isMuted && a.because === b.because &&
    a.reason.message === b.reason.message && a.reason.code === b.reason.code &&
    a.incident === b.incident && a.name === b.name && a.group === b.group &&
    a.type === b.type && a.target === b.target && a.link === b.link;
}
