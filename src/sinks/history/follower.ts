import { step as nextState } from "../../core/machine.ts";
import type { Policy } from "../../core/policy.ts";
import type { State } from "../../core/state.ts";
import type { IncidentStep } from "../../core/past/incident.ts";
import type { Outcome, Reason, Status } from "../../core/types.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";
import type { MaintenanceLog } from "../../fleet/past/maintenance_log.ts";
import type { Step } from "../../fleet/step.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import { NOT_WATCHED, statusCode } from "./events.ts";
import { attemptCode } from "./packed.ts";
import type { Pending } from "./pending.ts";
import { stateText } from "./state_format.ts";

/** What is told of a state by the attempts since it was written. */
const COUNTED = [
  "status",
  "since",
  "failures",
  "successes",
  "passes",
  "warnings",
  "errors",
  "attempts",
  "transitions",
] as const;

/** A check of the fleet. */
interface Watched {
  number: number;
  /** The code of its status, as it was written last. */
  status: number;
}

/** What a {@linkcode Follower} follows. */
export interface Followed {
  readonly fleet: Fleet;
  readonly incidents: IncidentLog;
  readonly maintenance: MaintenanceLog;
}

/** Follows a fleet and its incidents, and notes what is to be written of them. */
export class Follower implements Disposable {
  readonly #followed: Followed;
  readonly #pending: Pending;
  readonly #end = new AbortController();
  readonly #watched = new Map<string, Watched>();
  /** The checks whose state is to be written. */
  readonly #dirty = new Set<string>();
  /** The numbers of all checks that the file has, by their ids. */
  #numbers: Map<string, number>;
  #next: number;

  /** Follows them from now on; the fleet has no checks yet. */
  constructor(
    followed: Followed,
    checks: ReadonlyMap<string, number>,
    pending: Pending,
  ) {
    this.#followed = followed;
    this.#pending = pending;
    this.#numbers = new Map(checks);
    this.#next = firstFree(this.#numbers);
    pending.restart(wallTime());
    const { fleet, incidents, maintenance } = followed;
    const { signal } = this.#end;
    fleet.observe((step) => this.#note(step), { signal });
    incidents.observe((step) => this.#noteIncident(step), { signal });
    maintenance.observe((byHand) => pending.byHand(byHand), { signal });
  }

  /** Whether there are states to be taken. */
  get hasStates(): boolean {
    return this.#dirty.size > 0;
  }

  /**
   * Says which checks there are, as the file has no state of others any more, and
   * what was done by hand, as others may have done so since the last run.
   */
  begin(): void {
    this.#pending.byHand(this.#followed.maintenance.byHand());
    this.#pending.present(
      Uint32Array.from(this.#watched.values(), ({ number }) => number),
    );
  }

  /**
   * Takes the states of checks that have others, for at most so long. Returns the
   * ids of the checks.
   */
  takeStates(mostMs: number): string[] {
    const taken: string[] = [];
    if (this.#dirty.size === 0) return taken;
    const startedAt = monotonicTime();
    const { fleet } = this.#followed;
    for (const id of this.#dirty) {
      this.#dirty.delete(id);
      taken.push(id);
      const record = fleet.record(id);
      const check = this.#watched.get(id);
      if (record !== undefined && check !== undefined) {
        this.#pending.state(check.number, stateText(record));
      }
      if (monotonicTime() - startedAt > mostMs) break;
    }
    return taken;
  }

  /** Has states taken anew that could not be written. */
  putBack(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#watched.has(id)) this.#dirty.add(id);
    }
  }

  /** Has the states of all checks taken. */
  touchAll(): void {
    this.putBack(this.#followed.fleet.ids());
  }

  /** Begins anew, in a file that has these checks, with all that is known now. */
  restart(checks: ReadonlyMap<string, number> = this.#numbers): void {
    const now = wallTime();
    this.#pending.restart(now);
    this.#numbers = new Map(checks);
    this.#next = firstFree(this.#numbers);
    const { fleet, incidents } = this.#followed;
    for (const id of fleet.ids()) {
      const check = this.#watched.get(id);
      if (check === undefined) continue;
      const number = this.#numbers.get(id) ?? this.#next++;
      this.#numbers.set(id, number);
      this.#pending.number(number, id);
      this.#pending.status(number, check.status, now);
      if (incidents.isInMaintenance(id)) {
        this.#pending.maintenance(number, true, now);
      }
      check.number = number;
      this.#dirty.add(id);
    }
    this.begin();
    for (const incident of incidents.list()) this.#pending.incident(incident);
  }

  /** Ends the following. */
  [Symbol.dispose](): void {
    this.#end.abort();
  }

  #note(step: Step): void {
    switch (step.type) {
      case "end": {
        const { id, before, after, result: { outcome, durationMs } } = step;
        const check = this.#watched.get(id);
        if (check === undefined) return;
        const at = after.checkedAt!;
        const code = attemptCode(outcome.verdict, durationMs);
        this.#pending.attempt(check.number, code, at, outcome.reason);
        this.#noteStatus(check, after, at);
        const isNext = step.looker === undefined ||
          isNextOf(before, after, outcome, this.#followed.fleet.policy(id));
        if (!isNext || !isLikeBefore(before, after)) this.#dirty.add(id);
        break;
      }
      case "join":
        this.#join(step.id, step.after);
        break;
      case "replace": {
        const { id, check: { type, target }, replaced, after } = step;
        const check = this.#watched.get(id)!;
        const now = wallTime();
        if (replaced.type !== type || replaced.target !== target) {
          this.#pending.forget(check.number, now);
        }
        this.#noteStatus(check, after, now);
        this.#dirty.add(id);
        break;
      }
      case "leave": {
        const check = this.#watched.get(step.id)!;
        const now = wallTime();
        this.#pending.status(check.number, NOT_WATCHED, now);
        this.#pending.forget(check.number, now);
        this.#watched.delete(step.id);
        this.#dirty.delete(step.id);
        break;
      }
      case "remember":
        this.#dirty.add(step.id);
        break;
      case "begin":
      case "hold":
      case "arrange":
      case "close":
        // Nothing of this is kept.
        break;
      default:
        step satisfies never;
    }
  }

  #noteIncident(step: IncidentStep): void {
    if (step.type !== "maintenance") {
      return this.#pending.incident(step.incident);
    }
    const { check: id, active, at } = step;
    const check = this.#watched.get(id);
    if (check !== undefined) {
      this.#pending.maintenance(check.number, active, at);
    }
  }

  #join(id: string, state: State): void {
    const now = wallTime();
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.#next++;
      this.#numbers.set(id, number);
      this.#pending.number(number, id);
    }
    const check = { number, status: NOT_WATCHED };
    this.#watched.set(id, check);
    this.#noteStatus(check, state, now);
    if (this.#followed.incidents.isInMaintenance(id)) {
      this.#pending.maintenance(number, true, now);
    }
  }

  #noteStatus(check: Watched, state: State, at: number): void {
    // What is from before a restart is not known to be so now.
    const status: Status = state.stale ? "unknown" : state.status;
    const code = statusCode(status);
    if (code === check.status) return;
    check.status = code;
    this.#pending.status(check.number, code, at);
  }
}

function firstFree(numbers: ReadonlyMap<string, number>): number {
  let last = 0;
  for (const number of numbers.values()) last = Math.max(last, number);
  return last + 1;
}

/**
 * Whether an attempt was like the one before it, so that the state after it
 * follows from the state before it.
 */
function isLikeBefore(before: State, after: State): boolean {
  return after.verdict === before.verdict && after.status === before.status &&
    before.stale === undefined && isSame(after.reason, before.reason) &&
    isSame(after.cause, before.cause) &&
    // A failure may not have counted.
    (after.verdict !== "fail" || after.failures === before.failures + 1);
}

/** Whether the state of another agent's machine is what ours would have become. */
function isNextOf(
  before: State,
  after: State,
  outcome: Outcome,
  policy: Policy | undefined,
): boolean {
  if (policy === undefined) return false;
  const { checkedAt, durationMs } = after;
  const next = nextState(before, {
    type: "report",
    at: checkedAt!,
    durationMs,
    outcome,
  }, policy);
  return COUNTED.every((name) => next[name] === after[name]);
}

function isSame(a: Reason | null, b: Reason | null): boolean {
  return a === b || a !== null && b !== null && a.message === b.message &&
      a.code === b.code;
}
