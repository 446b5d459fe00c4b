import type { Incident } from "../../core/past/incident.ts";
import type { Reason } from "../../core/types.ts";
import { type Batch, checksOf, type Entry } from "./batch.ts";
import type { HandChange } from "../../core/past/by_hand.ts";
import { EventWriter, sizeOf } from "./events.ts";
import { FIVE_MINUTES_MS, fiveMinutesOf } from "./store/times.ts";

/** How late the next look at the clock may be: longer, and nobody watched. */
const LATE_MS = 11_000;

/** What one state takes, about. */
const STATE_BYTES = 1024;

/**
 * What is to be written next: events by the time in which they happened, and what
 * is known of checks and incidents. Times are milliseconds of the epoch.
 */
export class Pending {
  readonly #events = new EventWriter();
  #batches: Batch[] = [];
  #bytes = 0;
  /** When the batch begins that is not closed yet, and its five minutes end. */
  #since: number;
  #end: number;
  /** When the clock was looked at last. */
  #seen: number;
  #checks: (readonly [number, string])[] = [];
  #states = new Map<number, string>();
  #forgotten = new Set<number>();
  #incidents = new Map<string, Incident>();
  #byHand: readonly HandChange[] | undefined;
  #present: Uint32Array | undefined;

  /** Begins at a time. */
  constructor(now: number) {
    this.#since = this.#seen = now;
    this.#end = fiveMinutesOf(now) + FIVE_MINUTES_MS;
  }

  /** How much memory it takes, in bytes, about. */
  get bytes(): number {
    return this.#bytes + this.#events.size +
      (this.#states.size + this.#incidents.size) * STATE_BYTES;
  }

  /** Nothing before this counts, and no check is watched any more. */
  restart(now: number): void {
    this.#events.take();
    this.#batches = [];
    this.#bytes = 0;
    this.#checks = [];
    this.#states.clear();
    this.#forgotten.clear();
    this.#incidents.clear();
    this.#byHand = undefined;
    this.#present = undefined;
    this.#begin(now);
    this.#events.session(now);
  }

  /**
   * Says what time it is, before what happens then. Time in which the process did
   * not run, as on a laptop that sleeps, is not watched, nor does it run backwards
   * where the clock is set back.
   */
  look(now: number): void {
    if (now < this.#seen || now > this.#seen + LATE_MS) {
      this.#cut(this.#seen);
      this.#begin(now);
    } else if (now >= this.#end) {
      this.#cut(this.#end);
      this.#begin(this.#end);
    }
    this.#seen = now;
  }

  /** A check has a number. */
  number(check: number, id: string): void {
    this.#checks.push([check, id]);
  }

  /** An attempt ended. */
  attempt(check: number, code: number, at: number, reason?: Reason): void {
    if (at >= this.#end) this.look(at);
    this.#events.attempt(check, code, at, reason);
  }

  /** A check has another status. */
  status(check: number, code: number, at: number): void {
    if (at >= this.#end) this.look(at);
    this.#events.status(check, code, at);
  }

  /** A maintenance window begins or ends for a check. */
  maintenance(check: number, active: boolean, at: number): void {
    if (at >= this.#end) this.look(at);
    this.#events.maintenance(check, active, at);
  }

  /** A check has another target, or is gone: its state is no more. */
  forget(check: number, at: number): void {
    this.#events.reset(check, at);
    this.#states.delete(check);
    this.#forgotten.add(check);
  }

  /** What is known of a check, as of the events so far. */
  state(check: number, text: string): void {
    this.#states.set(check, text);
  }

  /** An incident began, changed or ended. */
  incident(incident: Incident): void {
    this.#incidents.set(incident.id, incident);
  }

  /** All maintenance by hand that is not over. */
  byHand(maintenance: readonly HandChange[]): void {
    this.#byHand = maintenance;
  }

  /** Only these checks have a state. */
  present(checks: Uint32Array): void {
    this.#present = checks;
  }

  /** Takes everything out, as of a time. */
  take(now: number): Entry {
    this.look(now);
    this.#cut(now);
    this.#since = now;
    const entry: Entry = {
      batches: this.#batches,
      checks: this.#checks.length === 0 ? "" : JSON.stringify(this.#checks),
      states: [...this.#states],
      forgotten: [...this.#forgotten],
      incidents: [...this.#incidents.values()],
      ...(this.#byHand !== undefined && { byHand: this.#byHand }),
      ...(this.#present !== undefined && { present: this.#present }),
    };
    this.#batches = [];
    this.#bytes = 0;
    this.#checks = [];
    this.#states = new Map();
    this.#forgotten = new Set();
    this.#incidents = new Map();
    this.#byHand = undefined;
    this.#present = undefined;
    return entry;
  }

  /**
   * Puts an entry back that could not be written, but for its states, which are to
   * be taken anew: they lack what happens meanwhile.
   */
  putBack(entry: Entry): void {
    this.#batches.unshift(...entry.batches);
    for (const batch of entry.batches) this.#bytes += sizeOf(batch);
    this.#checks = [...checksOf(entry.checks), ...this.#checks];
    for (const check of entry.forgotten) this.#forgotten.add(check);
    for (const incident of entry.incidents) {
      if (!this.#incidents.has(incident.id)) this.incident(incident);
    }
    this.#byHand ??= entry.byHand;
    this.#present ??= entry.present;
  }

  #begin(at: number): void {
    this.#since = this.#seen = at;
    this.#end = fiveMinutesOf(at) + FIVE_MINUTES_MS;
  }

  #cut(until: number): void {
    const events = this.#events.take();
    if (until === this.#since && events.bytes.length === 0) return;
    this.#batches.push({ since: this.#since, until, ...events });
    this.#bytes += sizeOf(events);
  }
}
