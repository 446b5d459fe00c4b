import { compareChanges, type HandChange } from "../../../core/past/by_hand.ts";
import { type Json, mapOf } from "../../../core/json.ts";
import { oneLine } from "../../../core/text.ts";
import type { MaintenanceLog } from "../../../fleet/past/maintenance_log.ts";
import { wallTime } from "../../../io/clock.ts";
import { sleep } from "../../../io/sleep.ts";
import type { Link, Store } from "../link.ts";

/** Longer than the longest maintenance that a request can start. */
const MAX_AGE_MS = 400 * 86_400_000;

/** For how long changes are gathered that are taken over at once, in milliseconds. */
const GATHER_MS = 20;

/** How often is written again what was not seen to be written, in milliseconds. */
const AGAIN_MS = 5_000;

/** The longest reason, in characters. */
const MAX_REASON = 200;

/** The latest time that a `Date` can have. */
const LATEST = 8.64e15;

/**
 * No change is as late as this, in the year 3084. A later one is a mistake of whoever
 * wrote it, and must not count: all that is done after it would have to be later.
 */
const END_OF_CHANGES = 2 ** 45;

/** The maintenance of one agent, as it is shared. */
type Followed = Pick<MaintenanceLog, "byHand" | "take" | "observe">;

/**
 * Has all agents know what was done by hand to maintenance, at whichever of them: the
 * last change of each check is in a store.
 *
 * Writes are not compared. An agent that sees an older change than one it knows writes
 * the newer one again, so that all of them end with the last one.
 */
export class SharedMaintenance implements Disposable {
  readonly #store: Store;
  readonly #maintenance: Followed;
  /** The last change of each check, also if it is over. */
  readonly #last = new Map<string, HandChange>();
  /** What others have changed, and is not taken over yet. */
  readonly #changed = new Set<string>();
  /** The checks whose last change was written, and is not seen in the store yet. */
  readonly #unseen = new Set<string>();
  readonly #listed = Promise.withResolvers<void>();
  readonly #end = new AbortController();
  #isGathering = false;
  #isConfirming = false;

  /** Shares it from now on. */
  constructor(link: Pick<Link, "store">, maintenance: Followed) {
    const { signal } = this.#end;
    this.#maintenance = maintenance;
    this.#store = link.store("maintenance", {
      listed: (values) => this.#list(values),
      changed: (check, value) => {
        this.#see(check, value);
        if (this.#changed.size > 0) void this.#takeSoon();
      },
    }, { maxAgeMs: MAX_AGE_MS });
    maintenance.observe((byHand) => this.#note(byHand), { signal });
    this.#note(maintenance.byHand());
  }

  /** Resolves once it is known here what was done at other agents before. */
  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  /** Shares it no more. */
  [Symbol.dispose](): void {
    this.#end.abort();
  }

  /** Writes what was done at this agent. */
  #note(byHand: readonly HandChange[]): void {
    for (const change of byHand) {
      const last = this.#last.get(change.check);
      if (last !== undefined && compareChanges(change, last) <= 0) continue;
      this.#last.set(change.check, change);
      this.#changed.delete(change.check);
      this.#write(change);
    }
  }

  #list(values: ReadonlyMap<string, unknown>): void {
    for (const [check, value] of values) this.#see(check, value);
    this.#take();
    const now = wallTime();
    // The store may have lost what it had.
    for (const [check, change] of this.#last) {
      if (!values.has(check) && change.to > now) this.#write(change);
    }
    this.#listed.resolve();
  }

  /** Takes note of a value as the store has it. */
  #see(check: string, value: unknown): void {
    const change = changeOf(check, value);
    const last = this.#last.get(check);
    if (change === undefined) {
      if (last !== undefined && last.to > wallTime()) this.#writeAgain(check);
      return;
    }
    const order = last === undefined ? 1 : compareChanges(change, last);
    if (order >= 0) this.#unseen.delete(check);
    if (order > 0) {
      this.#last.set(check, change);
      this.#changed.add(check);
    } else if (order < 0) this.#write(last!);
  }

  /** All checks may change at the same time, and taking looks at all of them. */
  async #takeSoon(): Promise<void> {
    if (this.#isGathering) return;
    this.#isGathering = true;
    await sleep(GATHER_MS, this.#end.signal);
    this.#isGathering = false;
    this.#take();
  }

  #take(): void {
    if (this.#changed.size === 0 || this.#end.signal.aborted) return;
    const changes = Array.from(
      this.#changed,
      (check) => this.#last.get(check)!,
    );
    this.#changed.clear();
    this.#maintenance.take(changes);
  }

  #write(change: HandChange): void {
    this.#put(change);
    this.#writeAgain(change.check);
  }

  #writeAgain(check: string): void {
    this.#unseen.add(check);
    void this.#confirm();
  }

  /** Writes again what does not come back, as the server may not have stored it. */
  async #confirm(): Promise<void> {
    if (this.#isConfirming) return;
    this.#isConfirming = true;
    const { signal } = this.#end;
    while (this.#unseen.size > 0 && !signal.aborted) {
      await sleep(AGAIN_MS, signal);
      if (signal.aborted) return;
      for (const check of this.#unseen) this.#put(this.#last.get(check)!);
    }
    this.#isConfirming = false;
  }

  #put({ check, ...rest }: HandChange): void {
    this.#store.put(check, rest as Json);
  }
}

/** Reads a change, which anybody may have written; nothing if it is not one. */
function changeOf(check: string, value: unknown): HandChange | undefined {
  const { from, to, reason, isStopped, at } = mapOf(value);
  const isOne = isTime(from) && isTime(to) && from <= to && isTime(at) &&
    at < END_OF_CHANGES &&
    (reason === null || typeof reason === "string") &&
    typeof isStopped === "boolean";
  if (!isOne) return undefined;
  const why = reason === null ? null : oneLine(reason, MAX_REASON) || null;
  return { check, from, to, reason: why, isStopped, at };
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0 &&
    value as number <= LATEST;
}
