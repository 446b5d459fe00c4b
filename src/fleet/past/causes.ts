import { type Cause, hasFailed } from "../../core/past/incident_rules.ts";
import { monotonicTime } from "../../io/clock.ts";
import { sleep } from "../../io/sleep.ts";
import type { Fleet } from "../fleet.ts";

/**
 * How old a failure may be that is taken for one of now, in milliseconds, and how
 * long one that is up is not tried again: checks that flap must be no load on it.
 */
const FRESH_MS = 1000;

/** How long the beginning of an incident waits for attempts, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * How long after its cause a passive check has to recover, in milliseconds: no
 * attempts of it are due. It is the longest usual backoff of other checks.
 */
const PASSIVE_ROUND_MS = 60_000;

/** Checks that some checks have to do with, by their ids. */
export type Relations = ReadonlyMap<string, readonly string[]>;

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
  #parents: Relations = new Map();
  /** What passive checks are made of. */
  #parts: Relations = new Map();
  /** The checks that depend on one. */
  #children = new Map<string, string[]>();
  /** Those that have failed at any time: until when, by the monotonic clock. */
  readonly #failedUntil = new Map<string, number>();
  /** Those that were tried here a moment ago, until they may be again. */
  readonly #resting = new Map<string, Promise<void>>();
  /** The passive checks that will be tried, as their cause has recovered. */
  readonly #recovering = new Set<string>();
  /** The checks whose parents are being tried, as they have failed. */
  readonly #trying = new Set<string>();

  constructor(fleet: Fleet, listener: CausesListener) {
    this.#fleet = fleet;
    this.#listener = listener;
  }

  /** Says which checks depend on which, and what passive ones are made of. */
  set(parents: Relations, parts: Relations): void {
    this.#parents = parents;
    this.#parts = parts;
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
      if (failed || !this.#isPassive(child)) continue;
      if (this.#listener.isDown(child)) void this.#tryPassive(child);
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
   * what was not tried since. Many that fail together cause one attempt, and those
   * that flap one a second.
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
    const attempts = Array.from(
      this.#triedFor(parents),
      (id) => this.#tryOne(id, durationMs, signal),
    );
    await Promise.allSettled(attempts);
    end.abort();
  }

  async #tryOne(
    id: string,
    durationMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const failedAt = monotonicTime();
    if (!this.#isDown(id)) await this.#resting.get(id);
    const maxAge = this.#isDown(id)
      ? FRESH_MS
      : durationMs + monotonicTime() - failedAt;
    if (!this.#resting.has(id)) {
      const rest = sleep(FRESH_MS, this.#closing.signal);
      this.#resting.set(id, rest.then(() => void this.#resting.delete(id)));
    }
    await this.#fleet.attempt(id, { maxAge, signal });
  }

  #isDown(id: string): boolean {
    const snapshot = this.#fleet.get(id);
    return snapshot !== undefined && hasFailed(snapshot);
  }

  /**
   * The checks to try to know how some are: these, or what they are made of. A
   * passive one follows at once, and an attempt of it would tell nothing new.
   */
  #triedFor(ids: readonly string[]): ReadonlySet<string> {
    // A set yields what is added to it, and each only once.
    const all = new Set(ids);
    for (const id of all) {
      for (const part of this.#parts.get(id) ?? []) all.add(part);
    }
    return new Set([...all].filter((id) => !this.#isPassive(id)));
  }

  #isPassive(id: string): boolean {
    return this.#fleet.probe(id)?.follow !== undefined;
  }
}
