import type { State } from "../../core/state.ts";
import type {
  Incident,
  IncidentStep,
  Muted,
} from "../../core/past/incident.ts";
import {
  type CheckEvent,
  type CheckIncidents,
  hasFailed,
  incidentStep,
  nextIncidents,
  NO_INCIDENTS,
} from "../../core/past/incident_rules.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import type { Fleet } from "../fleet.ts";
import type { Step } from "../step.ts";
import { Causes, type Relations } from "./causes.ts";
import type { IncidentLog } from "./incident_log.ts";
import { Listeners } from "./listeners.ts";
import { MaintenanceTimes } from "./maintenance.ts";

/** How many incidents that have ended are kept. */
const KEPT = 100;

/**
 * Finds the incidents in the steps of a fleet, until that is closed or this is
 * disposed of.
 *
 * The beginning of an incident of a check that depends on others is told once
 * these were tried, so that it is told whether it is muted.
 */
export class Incidents implements IncidentLog, Disposable {
  readonly #fleet: Fleet;
  readonly #causes: Causes;
  /** The checks whose incident lasts. */
  readonly #open = new Map<string, CheckIncidents>();
  /** Those of them whose beginning was not told yet. */
  readonly #held = new Set<string>();
  /** The last ones that have ended, in that order. */
  readonly #ended: Incident[] = [];
  readonly #observers: Listeners<IncidentStep>;
  readonly #end = new AbortController();
  /** The maintenance of the checks. */
  readonly maintenance: MaintenanceTimes;

  /** Follows a fleet from now on. What observers throw goes to `onError`. */
  constructor(fleet: Fleet, onError: (error: unknown) => void) {
    this.#fleet = fleet;
    this.#observers = new Listeners(onError);
    this.#causes = new Causes(fleet, {
      onChange: (child) => this.#note(child, { type: "look" }),
      isDown: (child) => this.#open.has(child),
      onTried: (child) => this.#release(child),
    });
    this.maintenance = new MaintenanceTimes(fleet, {
      onChange: (check, at, active) => {
        this.#observers.tell({ type: "maintenance", check, at, active });
        this.#note(check, { type: "look" });
      },
      onError,
    });
    const { signal } = this.#end;
    fleet.observe((step) => this.#observe(step), { signal });
  }

  list(): readonly Incident[] {
    const open = Array.from(
      this.#open,
      ([check, { incident }]) => this.#held.has(check) ? [] : [incident!],
    ).flat();
    return [...open, ...this.#ended].sort((a, b) =>
      b.began - a.began || (a.id < b.id ? 1 : -1)
    );
  }

  openOf(check: string): Incident | undefined {
    if (this.#held.has(check)) return undefined;
    return this.#open.get(check)?.incident ?? undefined;
  }

  isInMaintenance(check: string): boolean {
    return this.maintenance.covers(check);
  }

  mutedBy(check: string): Muted | null {
    const incident = this.openOf(check);
    if (incident !== undefined) return incident.muted;
    if (this.isInMaintenance(check)) return { by: "maintenance" };
    const cause = this.#causes.of(check)
      .find(({ failedUntil }) => failedUntil === Infinity);
    return cause === undefined
      ? null
      : { by: "dependency", check: cause.check };
  }

  dependsOnOthers(check: string): boolean {
    return this.#causes.of(check).length > 0;
  }

  observe(
    observer: (step: IncidentStep) => void,
    options: { readonly signal?: AbortSignal } = {},
  ): void {
    this.#observers.add(observer, options);
  }

  /**
   * Takes over incidents from before a restart, before any check is added: those
   * that last go on, and nothing is told of that.
   */
  resume(incidents: Iterable<Incident>): void {
    for (const incident of incidents) {
      const { check, ended, muted } = incident;
      if (ended !== null) {
        this.#ended.push(incident);
        continue;
      }
      this.#open.set(check, { incident, triedAt: null });
      if (muted?.by === "dependency") this.#causes.presume(muted.check);
    }
    this.#ended.sort((a, b) => a.ended! - b.ended!);
    this.#ended.splice(0, this.#ended.length - KEPT);
  }

  /** Ends the incidents of checks that the fleet does not have. */
  settle(): void {
    for (const check of [...this.#open.keys()]) {
      if (this.#fleet.get(check) !== undefined) continue;
      this.#note(check, { type: "remove", at: wallTime() });
    }
  }

  /**
   * Says which checks depend on which from now on, and what passive ones are made
   * of: these are tried in their place.
   */
  depend(dependencies: Relations, parts: Relations = new Map()): void {
    this.#causes.set(dependencies, parts);
    for (const check of [...this.#open.keys()]) {
      this.#note(check, { type: "look" });
    }
  }

  /** Follows the fleet no more: what is known stays as it is. */
  [Symbol.dispose](): void {
    this.#end.abort();
    this.#causes.close();
    this.maintenance.close();
    for (const check of [...this.#held]) this.#release(check);
  }

  #observe(step: Step): void {
    switch (step.type) {
      case "end": {
        const { id, before, after } = step;
        // The usual case, which has to cost nothing.
        if (isQuiet(before, after) && !this.#isOfInterest(id)) return;
        const { durationMs } = step.result;
        if (isNewFailure(before, after)) this.#causes.try(id, durationMs ?? 0);
        this.#note(id, {
          type: "attempt",
          at: after.checkedAt!,
          began: monotonicTime() - (durationMs ?? 0),
          verdict: after.verdict!,
          status: after.status,
          since: after.since,
          reason: after.cause,
        });
        this.#causes.update(id, hasFailed(after));
        return;
      }
      case "join":
        this.maintenance.join(step.id, step.check.group);
        if (hasFailed(step.after)) this.#causes.update(step.id, true);
        return;
      case "replace":
        this.maintenance.join(step.id, step.check.group);
        this.#causes.update(step.id, hasFailed(step.after));
        return;
      case "leave":
        this.#note(step.id, { type: "remove", at: wallTime() });
        this.maintenance.leave(step.id);
        this.#causes.update(step.id, false);
        return;
      case "close":
        this[Symbol.dispose]();
        return;
    }
  }

  #isOfInterest(id: string): boolean {
    return this.#open.has(id) || this.#causes.hasFailed(id);
  }

  /** Takes the incidents of a check to the next event. */
  #note(check: string, event: CheckEvent): void {
    const before = this.#open.get(check) ?? this.#past(check);
    const after = nextIncidents(check, before, event, {
      inMaintenance: this.isInMaintenance(check),
      causes: this.#causes.of(check),
    });
    if (after === before) return;
    const isOpen = after.incident?.ended === null;
    if (isOpen) this.#open.set(check, after);
    else this.#open.delete(check);
    const step = incidentStep(before, after);
    if (step === undefined) return;
    switch (step.type) {
      case "begin":
        if (this.#causes.isTrying(check)) this.#held.add(check);
        else this.#observers.tell(step);
        return;
      case "change":
        if (!this.#held.has(check)) this.#observers.tell(step);
        return;
      case "end":
        if (this.#held.delete(check)) {
          this.#observers.tell({ type: "begin", incident: before.incident! });
        }
        this.#ended.push(step.incident);
        if (this.#ended.length > KEPT) this.#ended.shift();
        this.#observers.tell(step);
        return;
    }
  }

  /** What is known of a check without an incident that lasts. */
  #past(check: string): CheckIncidents {
    const incident = this.#ended.findLast((each) => each.check === check);
    return incident === undefined ? NO_INCIDENTS : { incident, triedAt: null };
  }

  /** Tells the beginning that was held back, if there was one. */
  #release(check: string): void {
    if (!this.#held.delete(check)) return;
    const { incident } = this.#open.get(check)!;
    this.#observers.tell({ type: "begin", incident: incident! });
  }
}

/** Whether a check that was up and passes is up and passes again. */
function isQuiet(before: State, after: State): boolean {
  return after.status === before.status && after.verdict === before.verdict &&
    (after.status === "healthy" || after.status === "degraded") &&
    after.verdict !== "fail" && before.stale !== true;
}

/** Whether an attempt is the first of a row that fails, or the one that counts. */
function isNewFailure(before: State, after: State): boolean {
  if (after.verdict !== "fail") return false;
  const isFirst = before.verdict !== "fail" || before.stale === true;
  return isFirst ||
    after.status === "unhealthy" && before.status !== "unhealthy";
}
