import type { State } from "../../core/state.ts";
import type { ClusterLog } from "../../core/cluster/status.ts";
import type { Scene, Sighting } from "../../core/notify/sighting.ts";
import type { IncidentStep } from "../../core/past/incident.ts";
import { hasFailed } from "../../core/past/incident_rules.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";
import type { Step } from "../../fleet/step.ts";
import { wallTime } from "../../io/clock.ts";
import { Agents } from "./agents.ts";
import { sightingOf } from "./sightings.ts";

/** Who is shown how checks are. */
export interface Onlooker {
  /** Whether it is to see a check with every attempt. */
  isWatching(check: string): boolean;
  /** The checks of which something lasts for it. */
  watched(): Iterable<string>;
  see(sighting: Sighting): void;
  leave(check: string, at: number): void;
}

/** Follows a fleet and its incidents, and shows onlookers what is new. */
export class Follower implements Scene, Disposable {
  readonly #fleet: Fleet;
  readonly #incidents: IncidentLog;
  readonly #onlookers = new Set<Onlooker>();
  /** The agents of the cluster, if there is one. */
  readonly #agents: Agents | undefined;
  readonly #end = new AbortController();
  /** The checks that are not healthy, and since when those that are down are. */
  readonly #ill = new Map<string, number | null>();
  /** The checks that make attempts, and were not tried since the start. */
  readonly #untried = new Set<string>();
  #hasBegun = false;

  /** Follows from now on; nothing is complete before {@linkcode Follower.begin}. */
  constructor(fleet: Fleet, incidents: IncidentLog, cluster?: ClusterLog) {
    this.#fleet = fleet;
    this.#incidents = incidents;
    this.#agents = cluster && new Agents(cluster, {
      see: (sighting) => {
        for (const onlooker of this.#onlookers) onlooker.see(sighting);
      },
      leave: (check, at) => {
        for (const onlooker of this.#onlookers) onlooker.leave(check, at);
      },
    });
    const { signal } = this.#end;
    for (const { since, ...check } of fleet.list()) {
      if (check.stale || check.attempts === 0) this.#untried.add(check.id);
      this.#noteStatus(check.id, { ...check, since: since.getTime() });
    }
    fleet.observe((step) => this.#note(step), { signal });
    incidents.observe((step) => this.#noteIncident(step), { signal });
  }

  /** Notes that the fleet has its checks: all of them are to be tried once. */
  begin(): void {
    this.#hasBegun = true;
    for (const id of this.#untried) {
      if (this.#fleet.probe(id)?.follow !== undefined) this.#untried.delete(id);
    }
    for (const onlooker of this.#onlookers) this.meet(onlooker);
  }

  /** Has another onlooker from now on. */
  add(onlooker: Onlooker): void {
    this.#onlookers.add(onlooker);
    if (this.#hasBegun) this.meet(onlooker);
  }

  /** Shows nothing more to an onlooker. */
  remove(onlooker: Onlooker): void {
    this.#onlookers.delete(onlooker);
  }

  /** Shows an onlooker all that it may not know. */
  meet(onlooker: Onlooker): void {
    const watched = [...onlooker.watched()];
    for (const id of watched) {
      if (this.#fleet.get(id) !== undefined) continue;
      const agent = this.#agents?.get(id);
      if (agent === undefined) onlooker.leave(id, wallTime());
      else onlooker.see(agent);
    }
    for (const agent of this.#agents?.gone() ?? []) onlooker.see(agent);
    for (const id of new Set([...watched, ...this.#ill.keys()])) {
      const sighting = sightingOf(id, this.#fleet, this.#incidents);
      if (sighting !== undefined) onlooker.see(sighting);
    }
  }

  get checks(): number {
    return this.#fleet.size;
  }

  downSince(at: number): number {
    let count = 0;
    for (const since of this.#ill.values()) {
      if (since !== null && since >= at) count++;
    }
    return count;
  }

  hasFailed(check: string): boolean {
    const found = this.#fleet.get(check);
    return found !== undefined && !found.stale && hasFailed(found);
  }

  get isComplete(): boolean {
    return this.#hasBegun && this.#untried.size === 0;
  }

  /** Ends the following. */
  [Symbol.dispose](): void {
    this.#end.abort();
    this.#agents?.[Symbol.dispose]();
  }

  #note(step: Step): void {
    switch (step.type) {
      case "end": {
        const { id, before, after } = step;
        if (this.#untried.size > 0) this.#untried.delete(id);
        // The usual case, which has to cost nothing.
        if (isWell(before) && isWell(after)) return;
        this.#noteStatus(id, after);
        const isNew = after.status !== before.status || before.stale === true ||
          this.#isUnknownNow(id, after);
        if (!isNew && isLike(before, after) && !this.#mayBeMuted(id, after)) {
          return;
        }
        this.#show(id, (onlooker) => isNew || onlooker.isWatching(id));
        return;
      }
      case "join":
        if (!this.#hasBegun) this.#untried.add(step.id);
        // A passive check may be known before it is heard.
        this.#noteStatus(step.id, step.after);
        return;
      case "replace":
        this.#noteStatus(step.id, step.after);
        this.#show(step.id, () => true);
        return;
      case "leave": {
        this.#ill.delete(step.id);
        this.#untried.delete(step.id);
        const now = wallTime();
        for (const onlooker of this.#onlookers) onlooker.leave(step.id, now);
        return;
      }
      case "begin":
      case "hold":
      case "remember":
      case "arrange":
      case "close":
        return;
      default:
        step satisfies never;
    }
  }

  #noteIncident(step: IncidentStep): void {
    if (step.type === "maintenance") {
      this.#show(step.check, (onlooker) => onlooker.isWatching(step.check));
    } else if (step.type !== "end") {
      this.#show(step.incident.check, () => true);
    }
  }

  /**
   * Whether what mutes a check may be another now, without a step: that of an
   * incident has one.
   */
  #mayBeMuted(id: string, { status }: State): boolean {
    return status !== "unhealthy" && this.#incidents.dependsOnOthers(id);
  }

  /** Whether it is only now that attempts which could not tell are enough. */
  #isUnknownNow(id: string, { status, errors }: State): boolean {
    return status === "unknown" && errors > 0 &&
      errors === this.#fleet.policy(id)?.retries;
  }

  #noteStatus(
    id: string,
    { status, since, stale }: Pick<State, "status" | "since" | "stale">,
  ): void {
    if (status === "healthy" || stale) this.#ill.delete(id);
    else this.#ill.set(id, status === "unhealthy" ? since : null);
  }

  /** Shows a check to those who are to see it. */
  #show(id: string, isFor: (onlooker: Onlooker) => boolean): void {
    let sighting: Sighting | undefined;
    for (const onlooker of this.#onlookers) {
      if (!isFor(onlooker)) continue;
      sighting ??= sightingOf(id, this.#fleet, this.#incidents);
      if (sighting === undefined) return;
      onlooker.see(sighting);
    }
  }
}

/** Whether a check is healthy, and was with its last attempt. */
function isWell({ status, verdict, stale }: State): boolean {
  return status === "healthy" && verdict !== "fail" && stale === undefined;
}

/** Whether an attempt has found what the one before it has. */
function isLike(before: State, after: State): boolean {
  const [a, b] = [before.reason, after.reason];
  return before.verdict === after.verdict &&
    (a === b || a?.code === b?.code && a?.message === b?.message);
}
