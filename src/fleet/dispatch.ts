import type { State } from "../core/state.ts";
import type { Snapshot } from "../core/types.ts";
import { reportUncaught } from "../io/report_uncaught.ts";
import type { AttemptResult } from "./attempt.ts";
import type { FleetOptions } from "./fleet_options.ts";
import type { Member } from "./member.ts";
import type { Looker } from "./sharing.ts";
import type { Observer, Step } from "./step.ts";
import type { Waiter } from "./watch/waiter.ts";

/** Options for a {@linkcode Dispatch}. */
export interface DispatchOptions {
  /** Called on each change of status, after the member's own callback. */
  readonly onChange: FleetOptions["onChange"];
  /** Called with what an observer or a callback threw. */
  readonly onError: (error: unknown) => void;
}

/** An observer; an object of its own, as one function may observe twice. */
interface Entry {
  readonly observer: Observer;
  /** How many steps were made before it observed; it gets none of these. */
  readonly after: number;
  /** Stops listening to its signal. */
  unlisten?: () => void;
}

/** A step that is to be told, and calls of callbacks that come after it. */
interface Delivery {
  /** Its number, from 0 on. */
  readonly number: number;
  /** The step; `null` if nobody observed when it was made. */
  readonly step: Step | null;
  readonly calls: readonly (() => Promise<void>)[];
}

/** Tells observers, waiters and callbacks of the steps of a fleet. */
export class Dispatch {
  readonly #observers = new Set<Entry>();
  readonly #waiters = new Set<Waiter<Snapshot[]>>();
  readonly #options: DispatchOptions;
  /** The step that is being told, and those that were made meanwhile. */
  readonly #queue: Delivery[] = [];
  #made = 0;
  #isTelling = false;
  #pauses = 0;
  #closed = false;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /** Whether a step was made that some have not been told of yet. */
  get isTelling(): boolean {
    return this.#queue.length > 0;
  }

  /**
   * Tells nobody until the pause is disposed of, so that nobody acts on a fleet in
   * the middle of a change. Steps that are made meanwhile keep their order.
   */
  pause(): Disposable {
    this.#pauses++;
    return {
      [Symbol.dispose]: () => {
        this.#pauses--;
        this.#flush();
      },
    };
  }

  /**
   * Calls an observer with each step from now on, until the signal aborts. If the
   * fleet has ended, it is called with that at once.
   */
  observe(observer: Observer, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    if (this.#closed) return this.#call(observer, { type: "close" });
    const entry: Entry = { observer, after: this.#made };
    this.#observers.add(entry);
    if (signal === undefined) return;
    const end = (): void => void this.#observers.delete(entry);
    signal.addEventListener("abort", end, { once: true });
    entry.unlisten = () => signal.removeEventListener("abort", end);
  }

  /** Tells a waiter of each status from now on, until it is disposed of. */
  join(waiter: Waiter<Snapshot[]>): Disposable {
    this.#waiters.add(waiter);
    return { [Symbol.dispose]: () => void this.#waiters.delete(waiter) };
  }

  /** Tells of a member that was added. */
  added(member: Member): void {
    const { id, currentStatus } = member;
    for (const waiter of this.#waiters) waiter.note(id, currentStatus);
    if (this.#observers.size === 0) return;
    const { info, state } = member;
    this.#tell({ type: "join", id, check: info, after: state });
  }

  /** Tells of an attempt that begins; `lagMs` is how late, if it was due. */
  began(member: Member, lagMs: number | null): void {
    if (this.#observers.size === 0) return;
    const { id, info, before, state } = member;
    this.#tell({ type: "begin", id, check: info, before, after: state, lagMs });
  }

  /** Tells of the result of an attempt, which another agent may have found. */
  ended(member: Member, result: AttemptResult, looker?: Looker): void {
    const { id, before, state } = member;
    this.#tellStatus(member, before);
    // The transitions of another agent's machine may be others than those here.
    const calls = state.status !== before.status
      ? this.#callsOf(member, () => member.previous)
      : [];
    const step: Step | null = this.#observers.size === 0 ? null : {
      type: "end",
      id,
      check: member.info,
      before,
      after: state,
      result,
      ...(looker !== undefined && { looker }),
    };
    if (step !== null || calls.length > 0) this.#deliver(step, calls);
  }

  /** Tells that another agent runs a member from now on. */
  held({ id, info, state }: Member, before: State): void {
    if (this.#observers.size === 0) return;
    this.#tell({ type: "hold", id, check: info, before, after: state });
  }

  /** Tells of a member in the place of another. */
  replaced(old: Member, member: Member): void {
    const { id, info, state } = member;
    const before = old.state;
    this.#tellStatus(member, before);
    const calls = before.status === state.status
      ? []
      : this.#callsOf(member, () => old.snapshot);
    const step: Step = {
      type: "replace",
      id,
      check: info,
      replaced: old.info,
      before,
      after: state,
    };
    this.#deliver(step, calls);
  }

  /** Tells that a member remembers something else. */
  remembered({ id, info }: Member): void {
    if (this.#observers.size === 0) return;
    this.#tell({ type: "remember", id, check: info });
  }

  /** Tells of a member that was removed. */
  removed({ id, info, state }: Member): void {
    for (const waiter of this.#waiters) {
      waiter.forget(id);
      waiter.conclude();
    }
    if (this.#observers.size === 0) return;
    this.#tell({ type: "leave", id, check: info, before: state });
  }

  /** Tells of another order. */
  arranged(ids: () => readonly string[]): void {
    if (this.#observers.size === 0) return;
    this.#tell({ type: "arrange", ids: ids() });
  }

  /** Ends the wait for any status. */
  fail(reason: Error): void {
    for (const waiter of this.#waiters) waiter.fail(reason);
  }

  /** Tells of the end. */
  close(): void {
    this.#closed = true;
    this.#tell({ type: "close" });
  }

  #tell(step: Step): void {
    this.#deliver(step, []);
  }

  /**
   * Calls all observers, then the callbacks. A step that one of them makes
   * meanwhile comes after, so that all get the steps in the same order.
   */
  #deliver(step: Step | null, calls: Delivery["calls"]): void {
    this.#queue.push({ number: this.#made++, step, calls });
    this.#flush();
  }

  #flush(): void {
    if (this.#isTelling || this.#pauses > 0) return;
    this.#isTelling = true;
    for (const { number, step, calls } of this.#queue) {
      if (step !== null) this.#callObservers(step, number);
      for (const call of calls) void call();
    }
    this.#queue.length = 0;
    this.#isTelling = false;
  }

  #callObservers(step: Step, number: number): void {
    // One that observes meanwhile comes last in the set, and gets later steps.
    for (const { observer, after } of this.#observers) {
      if (after <= number) this.#call(observer, step);
    }
    if (step.type !== "close") return;
    for (const { unlisten } of this.#observers) unlisten?.();
    this.#observers.clear();
  }

  #call(observer: Observer, step: Step): void {
    try {
      // A promise, which the type does not forbid, may reject.
      const returned: unknown = observer(step);
      if (returned instanceof Promise) {
        returned.catch((error) => this.report(error));
      }
    } catch (error) {
      this.report(error);
    }
  }

  /** Tells waiters that the status of a member is not from before a restart. */
  trusted(member: Member): void {
    this.#tellStatus(member, member.before);
    member.forgetStep();
  }

  /** Tells waiters of a status, unless it is what it was. */
  #tellStatus(member: Member, before: State): void {
    const { id, state, currentStatus } = member;
    if (before.status === state.status && before.stale === state.stale) return;
    for (const waiter of this.#waiters) {
      waiter.note(id, currentStatus);
      waiter.conclude();
    }
  }

  /** The calls of callbacks for another status. Only these make snapshots. */
  #callsOf(member: Member, previous: () => Snapshot): Delivery["calls"] {
    const callbacks = [member.onChange, this.#options.onChange]
      .filter((callback) => callback !== undefined);
    if (callbacks.length === 0) return [];
    const snapshots = [member.snapshot, previous()] as const;
    return callbacks.map((callback) => async () => {
      try {
        // A promise, which the type does not forbid, may reject.
        await callback(...snapshots);
      } catch (error) {
        this.report(error);
      }
    });
  }

  /** Passes on what code of the user threw. */
  report(error: unknown): void {
    try {
      this.#options.onError(error);
    } catch (second) {
      reportUncaught(second);
    }
  }
}
