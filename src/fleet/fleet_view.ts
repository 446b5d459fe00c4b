import type { Policy } from "../core/policy.ts";
import type { Rollup } from "../core/rollup.ts";
import type { Probe, Snapshot } from "../core/types.ts";
import type { Dispatch } from "./dispatch.ts";
import type { ObserveOptions, WatchOptions } from "./fleet_options.ts";
import type { History } from "./history.ts";
import type { CheckRecord } from "./record.ts";
import type { Roster } from "./roster.ts";
import type { Runner } from "./run/runner.ts";
import type { FleetStats } from "./stats.ts";
import type { Observer } from "./step.ts";
import { Watches } from "./watch/watches.ts";

/** What is known of the checks of a fleet, and what happens to them. */
export abstract class FleetView implements AsyncIterable<Snapshot> {
  readonly #roster: Roster;
  readonly #dispatch: Dispatch;
  readonly #runner: Runner;
  readonly #watches: Watches;

  /** Reads from parts of a fleet, which only the package can make. */
  protected constructor(roster: Roster, dispatch: Dispatch, runner: Runner) {
    this.#roster = roster;
    this.#dispatch = dispatch;
    this.#runner = runner;
    this.#watches = new Watches(roster, dispatch);
  }

  /** How many checks there are. */
  get size(): number {
    return this.#roster.size;
  }

  /**
   * How often checks were added, removed, replaced or put in another order:
   * while it is the same, the list is of the same checks.
   */
  get revision(): number {
    return this.#roster.revision;
  }

  /** The ids of all checks, in the order they were added or put in. */
  ids(): string[] {
    return this.#roster.ids();
  }

  /** The probe of a check. */
  probe(id: string): Probe | undefined {
    return this.#roster.get(id)?.probe;
  }

  /** The policy of a check, with its defaults. */
  policy(id: string): Policy | undefined {
    return this.#roster.get(id)?.policy;
  }

  /** Whether another agent runs a check; nothing if there is no such check. */
  isHeld(id: string): boolean | undefined {
    return this.#roster.get(id)?.held;
  }

  /**
   * Whether attempts of checks may be made now: `false` while an agent that shares
   * its checks may not.
   */
  get acts(): boolean {
    return this.#runner.sharing?.acts() ?? true;
  }

  /** What was done since the fleet was made, in numbers. */
  stats(): FleetStats {
    return this.#runner.stats;
  }

  /** What is known of a check. */
  get(id: string): Snapshot | undefined {
    return this.#roster.get(id)?.snapshot;
  }

  /** What is known of all checks, in the order they were added or put in. */
  list(): Snapshot[] {
    return this.#roster.snapshots();
  }

  /**
   * The worst status of all checks, or of some.
   *
   * @throws {RangeError} If there is no check of one of the ids.
   */
  rollup(ids?: Iterable<string>): Rollup {
    return this.#roster.rollup(ids);
  }

  /** The past attempts of a check. */
  history(id: string): History | undefined {
    return this.#roster.get(id)?.history;
  }

  /** What to save of a check for another run; nothing before an attempt. */
  record(id: string): CheckRecord | undefined {
    return this.#roster.get(id)?.record;
  }

  /**
   * Watches all checks from now on: yields a snapshot for whatever each
   * check's `emit` tells of. A slow watcher gets only the newest of each
   * check. It ends when the signal aborts or the fleet is closed.
   *
   * @throws {OptionError} If `emit` is not valid.
   */
  watch(
    { emit, signal }: WatchOptions = {},
  ): AsyncIterableIterator<Snapshot, void, void> {
    return this.#watches.watch(emit, signal);
  }

  /**
   * Calls an observer with each step of the fleet from now on, in the middle of
   * it: nothing is left out, no snapshot is made, and all observers get the steps
   * in the same order. It should return quickly, as attempts wait for it. What it
   * throws goes to `onError`. It ends with the step `close`, which comes at once
   * if the fleet has ended, or when the signal aborts.
   */
  observe(observer: Observer, { signal }: ObserveOptions = {}): void {
    this.#dispatch.observe(observer, signal);
  }

  /** The same as {@linkcode Fleet.watch}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Snapshot, void, void> {
    return this.watch();
  }
}
