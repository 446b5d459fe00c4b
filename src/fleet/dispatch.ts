import type { Snapshot } from "../core/types.ts";
import { Changes } from "./changes.ts";
import { type Emit, EMITS, isTold } from "./emit.ts";
import type { FleetOptions } from "./fleet_options.ts";
import type { Member } from "./member.ts";
import type { Waiter } from "./waiter.ts";

/** Options for a {@linkcode Dispatch}. */
export interface DispatchOptions {
  /** Called on each change of status, after the member's own callback. */
  readonly onChange: FleetOptions["onChange"];
  /** Called with what a callback threw. */
  readonly onError: (error: unknown) => void;
}

/** Somebody who hears of every change as it is made. */
export interface Observer {
  /**
   * Called with the id of a check that takes a step, comes, goes or is
   * replaced, in the middle of that: it must not throw.
   */
  readonly onChange: (id: string) => void;
  /** Called when there will be no more of them, at once if that is so. */
  readonly onClose: () => void;
}

/** Everybody who hears of what the members of a fleet do. */
export class Dispatch {
  readonly #own = new Changes<Member>();
  readonly #of: Readonly<Record<Emit, Changes<Member>>> = {
    attempt: new Changes(),
    transition: new Changes(),
    phase: new Changes(),
  };
  readonly #observers = new Set<Observer>();
  readonly #waiters = new Set<Waiter<Snapshot[]>>();
  readonly #options: DispatchOptions;
  #closed = false;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /** Watches from now on what the members tell, or all that `emit` says. */
  watch(
    emit: Emit | undefined,
    signal: AbortSignal | undefined,
  ): AsyncIterableIterator<Snapshot, void, void> {
    return (emit === undefined ? this.#own : this.#of[emit]).watch(signal);
  }

  /** Has an observer hear of all from now on, until the signal aborts. */
  observe(observer: Observer, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (this.#closed) return observer.onClose();
    this.#observers.add(observer);
    signal.addEventListener("abort", () => this.#observers.delete(observer), {
      once: true,
    });
  }

  /** Has a waiter hear of each status from now on, until it is disposed of. */
  join(waiter: Waiter<Snapshot[]>): Disposable {
    this.#waiters.add(waiter);
    return { [Symbol.dispose]: () => void this.#waiters.delete(waiter) };
  }

  /** Tells of a member that has come. */
  welcome(member: Member): void {
    const { id, currentStatus } = member;
    this.#observe(member);
    for (const waiter of this.#waiters) waiter.note(id, currentStatus);
  }

  /** Tells of a member in the place of another, of which the same is known. */
  replace(old: Member, member: Member): void {
    for (const changes of this.#changes()) changes.replace(old, member);
    this.#observe(member);
    this.#of.phase.note(member);
    if (member.emit === "phase") this.#own.note(member);
  }

  /** Tells of a member that is gone. */
  forget(member: Member): void {
    this.#observe(member);
    for (const changes of this.#changes()) changes.forget(member);
    for (const waiter of this.#waiters) {
      waiter.forget(member.id);
      waiter.conclude();
    }
  }

  /** Tells of the step that a member took. */
  tell(member: Member): void {
    const { id, emit, state, before } = member;
    this.#observe(member);
    if (isTold(emit, state, before)) this.#own.note(member);
    for (const each of EMITS) {
      if (isTold(each, state, before)) this.#of[each].note(member);
    }
    const isTransition = isTold("transition", state, before);
    if (isTransition || before.stale !== state.stale) {
      for (const waiter of this.#waiters) {
        waiter.note(id, member.currentStatus);
        waiter.conclude();
      }
    }
    if (!isTransition) return;
    // Snapshots are made only for who wants them.
    for (const callback of [member.onChange, this.#options.onChange]) {
      if (callback !== undefined) void this.#call(callback, member);
    }
  }

  /** Nobody waits for a status any longer. */
  fail(reason: Error): void {
    for (const waiter of this.#waiters) waiter.fail(reason);
  }

  /** Ends all watching, after what there still is to tell. */
  close(): void {
    this.#closed = true;
    for (const changes of this.#changes()) changes.close();
    for (const { onClose } of this.#observers) {
      try {
        onClose();
      } catch (error) {
        reportError(error);
      }
    }
    this.#observers.clear();
  }

  #observe({ id }: Member): void {
    for (const { onChange } of this.#observers) onChange(id);
  }

  #changes(): readonly Changes<Member>[] {
    return [this.#own, ...Object.values(this.#of)];
  }

  /** Calls somebody's callback, whatever it does. */
  async #call(
    callback: NonNullable<FleetOptions["onChange"]>,
    { snapshot, previous }: Member,
  ): Promise<void> {
    try {
      // A promise, which the type does not forbid, may reject, too.
      await callback(snapshot, previous);
    } catch (error) {
      try {
        this.#options.onError(error);
      } catch (second) {
        reportError(second);
      }
    }
  }
}
