import type { Reason, Status, Verdict } from "../types.ts";
import type { Incident, IncidentStep, Muted } from "./incident.ts";

/** What is known of the incidents of one check. */
export interface CheckIncidents {
  /** The last one, which may have ended; `null` if there was none. */
  readonly incident: Incident | null;
  /**
   * When the last attempt began that did not pass; `null` if there was none in
   * this run.
   */
  readonly triedAt: number | null;
}

/** A check that has had no incident. */
export const NO_INCIDENTS: CheckIncidents = { incident: null, triedAt: null };

/** What happens to a check, as far as its incidents are concerned. */
export type CheckEvent =
  /** An attempt ended, or a result was reported. */
  | {
    readonly type: "attempt";
    readonly at: number;
    /**
     * When it began. It is compared only with {@linkcode Cause.failedUntil}, and
     * both may be of a clock that is never set.
     */
    readonly began: number;
    readonly verdict: Verdict;
    /** The status after it. */
    readonly status: Status;
    /** Since when it is that. */
    readonly since: number;
    /** Why the check last failed; `null` if that is not known. */
    readonly reason: Reason | null;
  }
  /** The check was removed. */
  | { readonly type: "remove"; readonly at: number }
  /** The circumstances may be others now. */
  | { readonly type: "look" };

/** A check that another one depends on. */
export interface Cause {
  /** Its id. */
  readonly check: string;
  /**
   * Until when it had failed: `Infinity` if it has failed now, and `-Infinity` if
   * it has not at any time that is known.
   */
  readonly failedUntil: number;
}

/** What mutes the incidents of a check. */
export interface Circumstances {
  /** Whether a maintenance window covers the check now. */
  readonly inMaintenance: boolean;
  /** The checks that it depends on. */
  readonly causes: readonly Cause[];
}

const UNKNOWN_REASON: Reason = {
  code: "internal",
  message: "Why it failed is not known",
};

/**
 * Whether a check has failed, as one that others depend on: at once with its last
 * attempt, before it settles.
 */
export function hasFailed(
  { verdict, status }: {
    readonly verdict: Verdict | null;
    readonly status: Status;
  },
): boolean {
  return verdict === "fail" || status === "unhealthy";
}

/**
 * Takes the incidents of a check from one event to the next. Pure: neither
 * argument is changed, and the same object is returned if nothing changes.
 *
 * An incident begins with an attempt after which the check is unhealthy, at the
 * time since when it is so; it may have been so before a restart. It ends with
 * the next attempt after which the check is healthy or degraded, or when it is
 * removed. A check that starts afresh, since it has another target, is unknown,
 * and the incident goes on.
 */
export function nextIncidents(
  check: string,
  state: CheckIncidents,
  event: CheckEvent,
  circumstances: Circumstances,
): CheckIncidents {
  const last = state.incident?.ended === null ? state.incident : null;
  switch (event.type) {
    case "attempt": {
      const { verdict, status, at } = event;
      const isUp = status === "healthy" || status === "degraded";
      if (isUp) return last === null ? state : ended(last, at, "recovered");
      if (last === null && status !== "unhealthy") return state;
      const passed = verdict === "pass" || verdict === "warn";
      const triedAt = passed ? state.triedAt : event.began;
      const reason = event.reason ?? UNKNOWN_REASON;
      const incident: Incident = last ?? {
        id: incidentId(check, event.since, state.incident),
        check,
        began: event.since,
        ended: null,
        end: null,
        firstReason: reason,
        lastReason: reason,
        muted: null,
      };
      const next = changed(incident, {
        lastReason: verdict === "fail" ? reason : incident.lastReason,
        muted: mutedBy(incident.muted, triedAt, circumstances),
      });
      return next === state.incident && triedAt === state.triedAt
        ? state
        : { incident: next, triedAt };
    }
    case "remove":
      return last === null ? state : ended(last, event.at, "removed");
    case "look": {
      if (last === null) return state;
      const { triedAt } = state;
      const muted = mutedBy(last.muted, triedAt, circumstances);
      const incident = changed(last, { muted });
      return incident === last ? state : { incident, triedAt };
    }
    default:
      return event satisfies never;
  }
}

/** The step from what was known of a check's incidents to what is now, if any. */
export function incidentStep(
  before: CheckIncidents,
  { incident }: CheckIncidents,
): IncidentStep & { readonly incident: Incident } | undefined {
  if (incident === null || incident === before.incident) return undefined;
  if (incident.ended !== null) return { type: "end", incident };
  const isSame = before.incident?.id === incident.id;
  return { type: isSame ? "change" : "begin", incident };
}

/**
 * The id of an incident: the time when it began and a hash of its check, so that
 * the same one has the same id after a restart, and ids have the order of time.
 * Of incidents that begin at the same time, one after the other, later ones have
 * a number.
 */
export function incidentId(
  check: string,
  began: number,
  previous: Incident | null,
): string {
  const id = `${Math.max(0, began).toString(36).padStart(9, "0")}-${
    hashOf(check)
  }`;
  const [first, number = 1] = previous?.id.split("_") ?? [];
  return first === id ? `${id}_${Number(number) + 1}` : id;
}

/** A hash of 64 bits (FNV-1a), as 13 letters and digits. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(
      64,
      (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n,
    );
  }
  return hash.toString(36).padStart(13, "0");
}

function ended(
  incident: Incident,
  at: number,
  end: "recovered" | "removed",
): CheckIncidents {
  // The clock may have been set back.
  const ended = Math.max(at, incident.began);
  return { incident: { ...incident, ended, end }, triedAt: null };
}

/**
 * What mutes an incident: maintenance, or a cause that has failed. One that has
 * recovered still does until an attempt that began afterwards does not pass.
 */
function mutedBy(
  current: Muted | null,
  triedAt: number | null,
  { inMaintenance, causes }: Circumstances,
): Muted | null {
  if (inMaintenance) return { by: "maintenance" };
  const holding = causes.filter(({ failedUntil }) =>
    failedUntil > (triedAt ?? -Infinity)
  );
  const cause =
    holding.find(({ check }) =>
      current?.by === "dependency" && current.check === check
    ) ?? holding.find(({ failedUntil }) => failedUntil === Infinity) ??
      holding[0];
  return cause === undefined ? null : { by: "dependency", check: cause.check };
}

/** An incident with some other parts; the same one if they are equal. */
function changed(
  incident: Incident,
  { lastReason = incident.lastReason, muted }: {
    readonly lastReason?: Reason;
    readonly muted: Muted | null;
  },
): Incident {
  const isSame = isSameReason(incident.lastReason, lastReason) &&
    isSameMute(incident.muted, muted);
  return isSame ? incident : { ...incident, lastReason, muted };
}

function isSameReason(a: Reason, b: Reason): boolean {
  return a.code === b.code && a.message === b.message;
}

function isSameMute(a: Muted | null, b: Muted | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.by !== "dependency" || b.by !== "dependency") return a.by === b.by;
  return a.check === b.check;
}
