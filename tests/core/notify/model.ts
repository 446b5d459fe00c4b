/**
 * A naive model of a notifier whose receiver takes everything at once. It looks at
 * everything every second, and knows nothing of queues.
 */

import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import type { Sighting } from "../../../src/core/notify/sighting.ts";
import type { Status } from "../../../src/core/types.ts";
import { incidentId } from "../../../src/core/past/incident_rules.ts";

const HOUR = 3_600_000;

interface Problem {
  id: string;
  check: string;
  group: string | null;
  status: Status;
  since: number;
  began: number;
  ended: number | null;
  incident: string | null;
  isMuted: boolean;
  unmutedAt: number;
  told: Status | null;
  toldAt: number;
  key: string;
  isHeld: boolean;
}

/** What the model says of a message. */
export interface Told {
  readonly at: number;
  readonly event: string;
  readonly ids: readonly string[];
  readonly keys: readonly string[];
  readonly closed: readonly string[];
  readonly held?: unknown;
  readonly limitedUntil?: number;
}

const EVENTS: Readonly<Record<Status, string>> = {
  healthy: "up",
  unknown: "unknown",
  degraded: "degraded",
  unhealthy: "down",
};

export class Model {
  readonly told: Told[] = [];
  problems: Problem[] = [];
  opened: number | null = null;
  hold: { by: "quiet" | "limit"; since: number } | null = null;
  selfFails = false;
  isComplete = true;
  startedAt: number;

  constructor(public policy: NotifierPolicy, now: number) {
    this.startedAt = now;
  }

  restart(now: number): void {
    this.opened = null;
    this.startedAt = now;
  }

  change(policy: NotifierPolicy): void {
    this.policy = policy;
    this.problems = this.problems.filter((problem) => {
      if (problem.isHeld) return true;
      if (problem.ended !== null) return policy.resolved;
      return problem.told !== null || this.#isOn(problem.status) &&
          this.#isInScope(problem);
    });
  }

  see(sighting: Sighting): void {
    const { check, status, group, since, incident, muted, at } = sighting;
    const problem = this.#lasting(check);
    if (problem === undefined) {
      if (!this.#isOn(status) || !this.#isInScope(sighting)) return;
      const began = status === "unhealthy" ? incident!.began : since;
      const id = status === "unhealthy"
        ? incident!.id
        : incidentId(check, began, null);
      this.problems.push({
        ...{ id, check, group, status, since, began, ended: null },
        incident: incident?.id ?? null,
        isMuted: muted !== null,
        unmutedAt: muted === null ? began : at,
        ...{ told: null, toldAt: 0, key: "", isHeld: false },
      });
      return;
    }
    const endsDegraded = !this.#isOn("degraded") && problem.told !== "degraded";
    if (status === "healthy" || status === "degraded" && endsDegraded) {
      this.#end(problem, at);
      return;
    }
    const known = problem.incident;
    if (incident !== null && known !== null && incident.id !== known) {
      if (endsDegraded) {
        this.#end(problem, incident.began);
        this.see(sighting);
        return;
      }
    }
    if (incident !== null) problem.incident = incident.id;
    if (problem.isMuted && muted === null) problem.unmutedAt = at;
    problem.isMuted = muted !== null;
    problem.status = status;
    problem.since = since;
    problem.group = group;
  }

  leave(check: string, at: number): void {
    const problem = this.#lasting(check);
    if (problem !== undefined) this.#end(problem, at);
  }

  #end(problem: Problem, at: number): void {
    const { gather } = this;
    const wasDue = this.#dueAt(problem) + gather <= at;
    problem.ended = at;
    if (problem.told !== null) {
      if (!this.policy.resolved) this.#forget(problem);
    } else if (this.hold !== null && wasDue) {
      problem.isHeld = true;
    } else {
      this.#forget(problem);
    }
  }

  get gather(): number {
    const { gatherMs, checks, groups } = this.policy;
    const isOne = checks?.size === 1 && (groups?.size ?? 0) === 0;
    return gatherMs ?? (isOne ? 0 : 30_000);
  }

  #lasting(check: string): Problem | undefined {
    return this.problems.find((problem) =>
      problem.check === check && problem.ended === null
    );
  }

  #forget(problem: Problem): void {
    this.problems = this.problems.filter((other) => other !== problem);
  }

  #isOn(status: Status): boolean {
    return (this.policy.on as readonly Status[]).includes(status);
  }

  #isInScope(
    { check, group }: { check: string; group: string | null },
  ): boolean {
    const { checks, groups } = this.policy;
    if (checks === null && groups === null) return true;
    return checks?.has(check) || (group !== null && groups?.has(group)) ||
      false;
  }

  #dueAt(problem: Problem): number {
    const { told, ended, status, since, began, isMuted, unmutedAt } = problem;
    if (problem.isHeld) return Infinity;
    if (ended !== null) return told === null ? Infinity : ended;
    if (isMuted || status === told || !this.#isOn(status)) return Infinity;
    if (!this.#isInScope(problem)) return Infinity;
    const from = told === null ? began : since;
    return Math.max(from + this.policy.afterMs, since, unmutedAt);
  }

  /** How many messages may still be sent in this hour. */
  #left(now: number): number {
    const recent = this.told.filter(({ at }) => at > now - HOUR).length;
    return this.policy.limit - recent;
  }

  #holdAt(now: number): "start" | "self" | "quiet" | "limit" | null {
    if (!this.isComplete && now < this.startedAt + 300_000) return "start";
    if (this.policy.self.length > 0 && this.selfFails) return "self";
    if (this.policy.quiet?.until(now) != null) return "quiet";
    return this.#left(now) <= 0 ? "limit" : null;
  }

  tick(now: number): void {
    this.#flush(now);
    this.#remind(now);
  }

  #flush(now: number): void {
    const due = this.problems.filter((problem) => this.#dueAt(problem) <= now);
    const held = this.problems.filter(({ isHeld }) => isHeld);
    if (due.length + held.length > 0) this.opened ??= now;
    if (this.opened === null) {
      this.hold = null;
      return;
    }
    if (now < this.opened + this.gather) return;
    const by = this.#holdAt(now);
    if (by === "quiet" || by === "limit") this.hold ??= { by, since: now };
    if (by !== null) return;
    const begun = due.filter(({ told }) => told === null).length;
    let count = begun + held.length;
    let digest = held;
    for (const event of ["up", "unknown", "degraded", "down"]) {
      let group = due.filter(({ ended, status }) =>
        event === (ended === null ? EVENTS[status] : "up")
      );
      const isOwn = event === "up" && digest.length > 0 &&
        due.every(({ ended }) => ended !== null);
      if (group.length === 0 && !isOwn) continue;
      if (this.#left(now) <= 0) {
        this.hold = { by: "limit", since: now };
        return;
      }
      group = [...group, ...digest];
      for (const problem of digest) this.#forget(problem);
      digest = [];
      const summary = this.hold !== null && count > 0
        ? { held: { ...this.hold, count } }
        : {};
      count = 0;
      this.#tell(event, group, { now, summary });
    }
    this.hold = null;
    this.opened = null;
  }

  #remind(now: number): void {
    const { remindMs } = this.policy;
    if (remindMs === null || this.#holdAt(now) !== null) return;
    const lasting = this.problems.filter((problem) =>
      problem.told !== null && problem.toldAt < now &&
      problem.ended === null && !problem.isMuted &&
      this.#isInScope(problem)
    );
    if (lasting.some(({ toldAt }) => toldAt + remindMs <= now)) {
      this.#tell("reminder", lasting, { now, summary: {} });
    }
  }

  #tell(
    event: string,
    group: readonly Problem[],
    { now, summary }: { readonly now: number; readonly summary: object },
  ): void {
    const sorted = group.toSorted((a, b) =>
      a.began - b.began || (a.id < b.id ? -1 : 1)
    );
    const first = sorted.find(({ told, ended }) =>
      told === null && ended === null
    );
    for (const problem of sorted) {
      if (problem.told === null) problem.key = first?.id ?? problem.id;
      problem.toldAt = now;
      if (problem.ended === null && event !== "reminder") {
        problem.told = problem.status;
      }
    }
    const over = event === "up"
      ? sorted.filter(({ told }) => told !== null)
      : [];
    for (const problem of over) this.#forget(problem);
    const closed = new Set(over.map(({ key }) => key));
    for (const { key, told } of this.problems) {
      if (told !== null) closed.delete(key);
    }
    const recent = this.told.map(({ at }) => at).filter((at) =>
      at > now - HOUR
    );
    const all = [...recent, now];
    const { limit } = this.policy;
    this.told.push({
      at: now,
      event,
      ids: sorted.map(({ id }) => id),
      keys: sorted.map(({ key }) => key),
      closed: [...closed].sort(),
      ...summary,
      ...(all.length >= limit
        ? { limitedUntil: all[all.length - limit]! + HOUR }
        : {}),
    });
  }
}
