import type { State } from "../core/fields.ts";
import type { Snapshot } from "../core/types.ts";
import type { AttemptResult } from "./attempt.ts";
import { isTransition } from "./emit.ts";
import type { FleetOptions } from "./fleet_options.ts";
import type { Member } from "./member.ts";
import type { Observer, Step } from "./step.ts";
import type { Waiter } from "./waiter.ts";

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
  /** Stops listening to its signal. */
  unlisten?: () => void;
}

/** Tells observers, waiters and callbacks of the steps of a fleet. */
export class Dispatch {
  readonly #observers = new Set<Entry>();
  readonly #waiters = new Set<Waiter<Snapshot[]>>();
  readonly #options: DispatchOptions;
  /** Steps that were made while another one is told. */
  readonly #queue: Step[] = [];
  #telling = false;
  #closed = false;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /**
   * Calls an observer with each step from now on, until the signal aborts. If the
   * fleet has ended, it is called with that at once.
   */
  observe(observer: Observer, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    if (this.#closed) return this.#call(observer, { type: "close" });
    const entry: Entry = { observer };
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
    for (const waiter of this.#waiters) {
      waiter.note(member.id, member.currentStatus);
    }
    if (this.#observers.size === 0) return;
    const { id, info, state } = member;
    this.#tell({ type: "join", id, check: info, after: state });
  }

  /** Tells of an attempt that begins; `lagMs` is how late, if it was due. */
  began(member: Member, lagMs: number | null): void {
    if (this.#observers.size === 0) return;
    const { id, info, before, state } = member;
    this.#tell({ type: "begin", id, check: info, before, after: state, lagMs });
  }

  /** Tells of the result of an attempt. */
  ended(member: Member, result: AttemptResult): void {
    const { id, before, state } = member;
    if (this.#observers.size > 0) {
      const { info } = member;
      this.#tell({
        type: "end",
        id,
        check: info,
        before,
        after: state,
        result,
      });
    }
    this.#tellStatus(member, before);
    if (isTransition(state, before)) {
      this.#callBack(member, () => member.previous);
    }
  }

  /** Tells of a member in the place of another. */
  replaced(old: Member, member: Member): void {
    const before = old.state;
    if (this.#observers.size > 0) {
      const { id, info, state } = member;
      this.#tell({
        type: "replace",
        id,
        check: info,
        replaced: old.info,
        before,
        after: state,
      });
    }
    this.#tellStatus(member, before);
    if (before.status !== member.state.status) {
      this.#callBack(member, () => old.snapshot);
    }
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
    for (const { unlisten } of this.#observers) unlisten?.();
    this.#observers.clear();
  }

  /**
   * Tells all observers. A step that one of them makes meanwhile comes after, so
   * that all observers get the steps in the same order.
   */
  #tell(step: Step): void {
    this.#queue.push(step);
    if (this.#telling) return;
    this.#telling = true;
    for (const step of this.#queue) {
      for (const { observer } of this.#observers) this.#call(observer, step);
    }
    this.#queue.length = 0;
    this.#telling = false;
  }

  #call(observer: Observer, step: Step): void {
    try {
      // A promise, which the type does not forbid, may reject.
      const returned: unknown = observer(step);
      if (returned instanceof Promise) {
        returned.catch((error) => this.#report(error));
      }
    } catch (error) {
      this.#report(error);
    }
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

  /** Tells callbacks of another status; snapshots are made only for these. */
  #callBack(member: Member, previous: () => Snapshot): void {
    for (const callback of [member.onChange, this.#options.onChange]) {
      if (callback === undefined) continue;
      void this.#callSafely(callback, member.snapshot, previous());
    }
  }

  async #callSafely(
    callback: NonNullable<FleetOptions["onChange"]>,
    snapshot: Snapshot,
    previous: Snapshot,
  ): Promise<void> {
    try {
      // A promise, which the type does not forbid, may reject.
      await callback(snapshot, previous);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    try {
      this.#options.onError(error);
    } catch (second) {
      reportError(second);
    }
  }
}
