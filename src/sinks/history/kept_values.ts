import type { Kept } from "../../fleet/past/kept.ts";
import { type Deferred, deferred } from "../../io/deferred.ts";
import type { KeptChange } from "./batch.ts";

/** Options for {@linkcode KeptValues}. */
export interface KeptValuesOptions {
  /** What the file has; `null` if it cannot be read now. */
  readonly stored: ReadonlyMap<string, string> | null;
  /** Called when somebody waits for a write. */
  readonly onAwaited?: () => void;
}

/**
 * The values that a history keeps for others: all of them are in memory, and those
 * that changed are to be written. Only the last value of a name is.
 */
export class KeptValues implements Kept {
  readonly #onAwaited: () => void;
  readonly #values: Map<string, string>;
  /** The names of what the file has; `null` if that is not known yet. */
  #stored: Set<string> | null;
  /** The names of what is to be written, or to be removed. */
  #changed = new Set<string>();
  /** Whether the file may have values that are not known. */
  #isAll = false;
  /** Who waits for the write of now, and for the one after it. */
  #current: Deferred<boolean> | null = null;
  #next: Deferred<boolean> | null = null;
  /** Whether the last write failed. */
  #isStuck: boolean;

  /** Begins with what a file has. */
  constructor({ stored, onAwaited = () => {} }: KeptValuesOptions) {
    this.#onAwaited = onAwaited;
    this.#values = new Map(stored);
    this.#stored = stored && new Set(stored.keys());
    this.#isStuck = stored === null;
  }

  /** Whether somebody waits for the next write. */
  get isAwaited(): boolean {
    return this.#next !== null;
  }

  list(prefix: string): [name: string, value: string][] {
    return [...this.#values].filter(([name]) => name.startsWith(prefix));
  }

  put(name: string, value: string | null): void {
    if (value === null) this.#values.delete(name);
    else this.#values.set(name, value);
    this.#change(name);
  }

  written(): Promise<boolean> {
    if (this.#isStuck) return Promise.resolve(false);
    if (this.#changed.size === 0) {
      return this.#current?.promise ?? Promise.resolve(true);
    }
    const isFirst = this.#next === null;
    this.#next ??= deferred();
    if (isFirst) this.#onAwaited();
    return this.#next.promise;
  }

  /** Takes out what is to be written now, if there is something. */
  take(): KeptChange | undefined {
    this.#current = this.#next ?? deferred();
    this.#next = null;
    const isAll = this.#isAll;
    if (this.#changed.size === 0 && !isAll) return undefined;
    const values = Array.from(
      this.#changed,
      (name) => [name, this.#values.get(name) ?? null] as const,
    );
    this.#changed = new Set();
    this.#isAll = false;
    return { values, isAll };
  }

  /** Notes that what was taken is written. */
  done(change: KeptChange | undefined): void {
    for (const [name, value] of change?.values ?? []) {
      if (value === null) this.#stored?.delete(name);
      else this.#stored?.add(name);
      // It may have been removed in the meantime.
      if (value !== null && !this.#values.has(name)) this.#change(name);
    }
    this.#isStuck = false;
    this.#current?.resolve(true);
    this.#current = null;
  }

  /** Puts back what was taken and cannot be written now. */
  failed(change?: KeptChange): void {
    this.#putBack(change);
    this.#isStuck = true;
    for (const waiting of [this.#current, this.#next]) waiting?.resolve(false);
    this.#current = this.#next = null;
  }

  /**
   * Begins anew, in a file that has these values: it gets all that are known, and
   * has no others. But if nothing could be read before, these are known now.
   */
  restart(stored: ReadonlyMap<string, string>): void {
    if (this.#stored === null) {
      for (const [name, value] of stored) {
        if (!this.#values.has(name)) this.#values.set(name, value);
      }
    }
    // What else is there goes with the next write, which has all values.
    this.#stored = new Set();
    this.#changed = new Set(this.#values.keys());
    this.#isAll = true;
    if (this.#next !== null) this.#current?.resolve(this.#next.promise);
    else this.#next = this.#current;
    this.#current = null;
  }

  #putBack(change: KeptChange | undefined): void {
    if (change === undefined) return;
    this.#isAll ||= change.isAll;
    for (const [name] of change.values) this.#change(name);
  }

  /** Has a value written or removed, unless neither it nor the file has it. */
  #change(name: string): void {
    const isKnown = this.#values.has(name) || this.#stored?.has(name);
    if (isKnown) this.#changed.add(name);
    else this.#changed.delete(name);
  }
}
