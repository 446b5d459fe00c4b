import type { Ping } from "../../../core/types.ts";

/** How long pings are kept: longer than it takes until another agent takes over. */
const KEEP_MS = 30_000;

/** The most pings of one check that are kept. */
const MAX_PINGS = 20;

/** A ping, and when it came. */
interface Kept {
  readonly ping: Ping;
  readonly at: number;
}

/**
 * The last pings of checks that other agents run, by a steady clock in
 * milliseconds. Whoever takes over a check takes those that the one before may not
 * have had.
 */
export class Pings {
  readonly #kept = new Map<string, readonly Kept[]>();

  /** Keeps a ping for a while. */
  keep(id: string, ping: Ping, now: number): void {
    const kept = [...this.#since(id, now - KEEP_MS), { ping, at: now }];
    this.#kept.set(id, kept.slice(-MAX_PINGS));
  }

  /** What has come before now is known to who runs the check. */
  heard(id: string, now: number): void {
    if (this.#kept.has(id)) this.#set(id, this.#since(id, now));
  }

  /** Takes those that may not have been heard. */
  take(id: string, now: number): Ping[] {
    const kept = this.#since(id, now - KEEP_MS);
    this.forget(id);
    return kept.map(({ ping }) => ping);
  }

  /** Forgets those of a check. */
  forget(id: string): void {
    this.#kept.delete(id);
  }

  #since(id: string, at: number): readonly Kept[] {
    return (this.#kept.get(id) ?? []).filter((each) => each.at > at);
  }

  #set(id: string, kept: readonly Kept[]): void {
    if (kept.length === 0) this.#kept.delete(id);
    else this.#kept.set(id, kept);
  }
}
