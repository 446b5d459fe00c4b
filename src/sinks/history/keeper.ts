import type { State } from "../../core/fields.ts";
import type { IncidentStep } from "../../core/past/incident.ts";
import type { Say } from "../../core/say.ts";
import type { Reason, Status } from "../../core/types.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";
import type { MaintenanceLog } from "../../fleet/past/maintenance_log.ts";
import type { Step } from "../../fleet/step.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import { patience, sleep } from "../../io/sleep.ts";
import { NOT_WATCHED, statusCode } from "./events.ts";
import type { Line } from "./line.ts";
import { attemptCode } from "./packed.ts";
import { Pending } from "./pending.ts";
import type { Saying } from "./protocol.ts";
import { stateText } from "./state_format.ts";

/** The time from one write to the next, in milliseconds. */
const PACE_MS = 1000;

/** The longest time that states hold up the event loop at a time. */
const SLICE_MS = 4;

/** The pause after that, where there are more states. */
const PAUSE_MS = 20;

/** The most that waits to be written, in bytes, where that is not possible. */
const MAX_BYTES = 16 * 1024 * 1024;

/** How long the last write may take, in milliseconds. */
const LAST_MS = 10_000;

/** A check of the fleet. */
interface Watched {
  number: number;
  /** The code of its status, as it was written last. */
  status: number;
}

/** Options for a {@linkcode Keeper}. */
export interface KeeperOptions {
  readonly fleet: Fleet;
  readonly incidents: IncidentLog;
  readonly maintenance: MaintenanceLog;
  /** What reaches the engine. */
  readonly line: Line;
  /** The file, for messages. */
  readonly path: string;
  /** The numbers of checks by their ids. */
  readonly checks: ReadonlyMap<string, number>;
  /** Why nothing can be written now, `null` if it can. */
  readonly trouble: string | null;
  /** Tells the user something. */
  readonly say: Say;
}

/** Follows a fleet and its incidents, and has them written once a second. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #pending = new Pending(wallTime());
  readonly #end = new AbortController();
  readonly #watched = new Map<string, Watched>();
  /** The checks whose state is to be written. */
  readonly #dirty = new Set<string>();
  #numbers: Map<string, number>;
  #next: number;
  #keeping: Promise<void> | undefined;
  #trouble: string | null;
  /** Whether no history can be kept any more. */
  #isRefused = false;

  /** Follows them from now on; the fleet has no checks yet. */
  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#numbers = new Map(options.checks);
    this.#next = firstFree(this.#numbers);
    this.#trouble = options.trouble;
    this.#pending.restart(wallTime());
    const { fleet, incidents, maintenance } = options;
    const { signal } = this.#end;
    fleet.observe((step) => this.#note(step), { signal });
    incidents.observe((step) => this.#noteIncident(step), { signal });
    maintenance.observe((byHand) => this.#pending.byHand(byHand), { signal });
  }

  /** Begins to write, when all checks have been added. */
  begin(): void {
    this.#pending.present(this.#allNumbers());
    this.#keeping = this.#keep();
  }

  /** Writes what is known at the end, after the fleet was closed. */
  async close(): Promise<void> {
    this.#end.abort();
    const { fleet, line } = this.#options;
    await patience(this.#keeping ?? Promise.resolve(), LAST_MS);
    if (!this.#isRefused) {
      for (const id of fleet.ids()) this.#dirty.add(id);
      this.#takeStates(Infinity);
      const entry = this.#pending.take(wallTime());
      await patience(line.ask({ type: "close", entry }), LAST_MS);
    }
    line[Symbol.dispose]();
  }

  #note(step: Step): void {
    if (this.#isRefused) return;
    switch (step.type) {
      case "end": {
        const { id, before, after, result: { outcome, durationMs } } = step;
        const check = this.#watched.get(id);
        if (check === undefined) return;
        const at = after.checkedAt!;
        const code = attemptCode(outcome.verdict, durationMs);
        this.#pending.attempt(check.number, code, at, outcome.reason);
        this.#noteStatus(check, after, at);
        if (!isLikeBefore(before, after)) this.#dirty.add(id);
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
      case "arrange":
      case "close":
        // Nothing of this is kept.
        break;
      default:
        step satisfies never;
    }
  }

  #noteIncident(step: IncidentStep): void {
    if (this.#isRefused) return;
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
    if (this.#options.incidents.isInMaintenance(id)) {
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

  async #keep(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted && !this.#isRefused) {
      const isAll = await this.#write();
      await sleep(isAll ? PACE_MS : PAUSE_MS, signal);
    }
  }

  /** Writes what there is. Returns whether that is all of it. */
  async #write(): Promise<boolean> {
    const taken = this.#takeStates(SLICE_MS);
    const entry = this.#pending.take(wallTime());
    const { line } = this.#options;
    const reply = await line.ask({ type: "write", entry })
      .catch(({ message }: Error) => fatal(message));
    switch (reply.type) {
      case "written":
        this.#recovered();
        return this.#dirty.size === 0;
      case "trouble":
        this.#pending.putBack(entry);
        for (const id of taken) {
          if (this.#watched.has(id)) this.#dirty.add(id);
        }
        this.#troubled(reply.why);
        if (this.#pending.bytes > MAX_BYTES) this.#restart(this.#numbers);
        return true;
      case "restarted":
        this.#tell(reply.said);
        this.#restart(reply.checks);
        return false;
      case "refused":
        this.#isRefused = true;
        this.#tell(reply.said);
        return true;
      default:
        return reply satisfies never;
    }
  }

  /**
   * Takes the states of checks that have others, for at most so long. Returns the
   * ids of the checks.
   */
  #takeStates(mostMs: number): string[] {
    const taken: string[] = [];
    if (this.#dirty.size === 0) return taken;
    const startedAt = monotonicTime();
    const { fleet } = this.#options;
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

  /** Begins anew, in a file that has these checks, with all that is known now. */
  #restart(checks: ReadonlyMap<string, number>): void {
    const now = wallTime();
    this.#pending.restart(now);
    this.#numbers = new Map(checks);
    this.#next = firstFree(this.#numbers);
    const { fleet, incidents, maintenance } = this.#options;
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
    this.#pending.present(this.#allNumbers());
    for (const incident of incidents.list()) this.#pending.incident(incident);
    this.#pending.byHand(maintenance.byHand());
  }

  #allNumbers(): Uint32Array {
    return Uint32Array.from(this.#watched.values(), ({ number }) => number);
  }

  #troubled(why: string): void {
    const { say, path } = this.#options;
    if (this.#trouble !== why) {
      say(`${path}: the history cannot be kept: ${why}`, "warn");
    }
    this.#trouble = why;
  }

  #recovered(): void {
    if (this.#trouble === null) return;
    this.#trouble = null;
    const { say, path } = this.#options;
    say(`${path}: the history is kept again`);
  }

  #tell(said: readonly Saying[]): void {
    for (const [message, level] of said) this.#options.say(message, level);
  }
}

/** What is said of a worker that has ended. */
function fatal(
  why: string,
): { readonly type: "refused"; readonly said: readonly Saying[] } {
  return {
    type: "refused",
    said: [[`the history is not kept any more: ${why}`, "error"]],
  };
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

function isSame(a: Reason | null, b: Reason | null): boolean {
  return a === b || a !== null && b !== null && a.message === b.message &&
      a.code === b.code;
}
