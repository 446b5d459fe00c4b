import { type Cause, hasFailed } from "../../core/past/incident_rules.ts";
import { monotonicTime } from "../../io/clock.ts";
import { sleep } from "../../io/sleep.ts";
import type { Fleet } from "../fleet.ts";

/** How old a failure may be that is taken for one of now, in milliseconds. */
const FRESH_MS = 1000;

/** How long the beginning of an incident waits for attempts, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * How long after its cause a passive check has to recover, in milliseconds: no
 * attempts of it are due. It is the longest usual backoff of other checks.
 */
const PASSIVE_ROUND_MS = 60_000;

/** What {@linkcode Causes} call. */
export interface CausesListener {
  /** A check that this one depends on has failed, or has recovered. */
  onChange(child: string): void;
  /** Whether a check has an incident that lasts. */
  isDown(child: string): boolean;
  /** All checks that this one depends on were tried. */
  onTried(child: string): void;
}

/** How the checks are that others depend on. */
export class Causes {
  readonly #fleet: Fleet;
  readonly #listener: CausesListener;
  readonly #closing = new AbortController();
  #parents: ReadonlyMap<string, readonly string[]> = new Map();
  /** The checks that depend on one. */
  #children = new Map<string, string[]>();
  /** Those that have failed at any time: until when, by the monotonic clock. */
  readonly #failedUntil = new Map<string, number>();
  /** The passive checks that will be tried, as their cause has recovered. */
  readonly #recovering = new Set<string>();
  /** The checks whose parents are being tried, as they have failed. */
  readonly #trying = new Set<string>();

  constructor(fleet: Fleet, listener: CausesListener) {
    this.#fleet = fleet;
    this.#listener = listener;
  }

  /** Says which checks depend on which. */
  set(parents: ReadonlyMap<string, readonly string[]>): void {
    this.#parents = parents;
    this.#children = new Map();
    for (const [child, ids] of parents) {
      for (const id of ids) {
        const children = this.#children.get(id);
        if (children === undefined) this.#children.set(id, [child]);
        else children.push(child);
      }
    }
    for (const id of this.#failedUntil.keys()) {
      if (!this.#children.has(id)) this.#failedUntil.delete(id);
    }
    for (const id of this.#children.keys()) {
      const snapshot = this.#fleet.get(id);
      if (snapshot !== undefined && hasFailed(snapshot)) this.presume(id);
    }
  }

  /** Takes a check for one that has failed, until it is known to be up. */
  presume(id: string): void {
    if (this.#children.has(id)) this.#failedUntil.set(id, Infinity);
  }

  /** Whether others depend on a check, and it has failed. */
  hasFailed(id: string): boolean {
    return this.#failedUntil.get(id) === Infinity;
  }

  /** Notes whether a check has failed. */
  update(id: string, failed: boolean): void {
    if (failed === this.hasFailed(id) || !this.#children.has(id)) return;
    this.#failedUntil.set(id, failed ? Infinity : monotonicTime());
    for (const child of this.#children.get(id) ?? []) {
      this.#listener.onChange(child);
      const isPassive = this.#fleet.probe(child)?.follow !== undefined;
      if (!failed && isPassive && this.#listener.isDown(child)) {
        void this.#tryPassive(child);
      }
    }
  }

  /** What a check depends on. */
  of(child: string): readonly Cause[] {
    return this.#parents.get(child)?.map((check) => ({
      check,
      failedUntil: this.#failedUntil.get(check) ?? -Infinity,
    })) ?? [];
  }

  /**
   * Tries what a check depends on, as it has failed after so many milliseconds:
   * what was not tried since. Many that fail together cause one attempt.
   */
  try(child: string, durationMs: number): void {
    const parents = this.#parents.get(child) ?? [];
    const isTried = parents.length === 0 || this.#trying.has(child);
    if (isTried || this.#closing.signal.aborted) return;
    this.#trying.add(child);
    void this.#tryAll(parents, durationMs).then(() => {
      this.#trying.delete(child);
      this.#listener.onTried(child);
    });
  }

  /** Whether what a check depends on is being tried since it has failed. */
  isTrying(child: string): boolean {
    return this.#trying.has(child);
  }

  /** Tries nothing more. */
  close(): void {
    this.#closing.abort();
  }

  /** Tries a passive check that its cause does not excuse any more, later. */
  async #tryPassive(child: string): Promise<void> {
    if (this.#recovering.has(child)) return;
    this.#recovering.add(child);
    const { signal } = this.#closing;
    await sleep(PASSIVE_ROUND_MS, signal);
    this.#recovering.delete(child);
    if (signal.aborted || !this.#listener.isDown(child)) return;
    await Promise.allSettled([this.#fleet.attempt(child, { signal })]);
  }

  async #tryAll(
    parents: readonly string[],
    durationMs: number,
  ): Promise<void> {
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.#closing.signal]);
    void sleep(PATIENCE_MS, signal).then(() => end.abort());
    // One may be removed meanwhile, or the fleet closed.
    await Promise.allSettled(parents.map((id) =>
      this.#fleet.attempt(id, {
        maxAge: this.hasFailed(id) ? FRESH_MS : durationMs,
        signal,
      })
    ));
    end.abort();
  }
}
