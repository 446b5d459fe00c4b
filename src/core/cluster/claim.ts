import { Lease } from "./lease.ts";
import type { Answer, Entry, Request } from "./register.ts";
import type { Timing } from "./timing.ts";

/** The value of a key that one run of one program may own. */
export interface Owned {
  /** Another text for each run of each program. */
  readonly instance: string;
  /**
   * How often that run had lost the key before. A register that was set back to an
   * earlier state does not make it the owner again.
   */
  readonly term: number;
}

/**
 * What has become of an own key.
 *
 * - `renewed`: a write was done.
 * - `lost`: it was deleted, or the register has forgotten it.
 * - `taken`: another run owns it.
 */
export type ClaimNews = "renewed" | "lost" | "taken" | null;

/**
 * A key of a register that this run owns, or wants to own: its revision, the write
 * in flight, and the lease that comes with it. All times are of the own clock.
 */
export class Claim<V extends Owned> {
  /** How long the key may be relied on. */
  readonly lease: Lease;
  readonly #key: string;
  readonly #instance: string;
  readonly #timing: Timing;
  #value: V | null = null;
  #revision: number | null = null;
  #term = 0;
  /** The newest revision known, that of a deleted key included. */
  #newest = -1;
  #seenAt = -Infinity;
  #flight: { readonly request: Request<V>; readonly at: number } | null = null;
  #sentAt = -Infinity;
  #dueAt = -Infinity;
  /** The newest revision that came by watching. */
  #watched = 0;
  #echoBy: number | null = null;

  constructor(key: string, instance: string, timing: Timing) {
    this.#key = key;
    this.#instance = instance;
    this.#timing = timing;
    this.lease = new Lease(timing);
  }

  /** The value of the key, as far as it is known; `null` if it does not exist. */
  get value(): V | null {
    return this.#value;
  }

  /** Its revision, which no earlier owner has had. */
  get revision(): number | null {
    return this.#revision;
  }

  /** Whether the key is the own one, whatever the clock says. */
  get isOwn(): boolean {
    return this.#value !== null && this.#value.instance === this.#instance &&
      this.#value.term === this.#term;
  }

  /** What the value has to say of its owner. */
  get owner(): Owned {
    return { instance: this.#instance, term: this.#term };
  }

  /** Whether a write waits for its answer. */
  get isBusy(): boolean {
    return this.#flight !== null;
  }

  /** When the last write was sent. */
  get sentAt(): number {
    return this.#sentAt;
  }

  /** Since when the key was not seen to change, while the register was there. */
  get silentSince(): number {
    return this.#seenAt;
  }

  /** Whether it is time to write. */
  isDue(now: number): boolean {
    return !this.isBusy && now >= this.#dueAt;
  }

  /** Writes as soon as possible. */
  hurry(): void {
    this.#dueAt = -Infinity;
  }

  /** Whether watching has not shown the own write in time, so it may be broken. */
  missesEcho(now: number): boolean {
    return this.#echoBy !== null && now >= this.#echoBy;
  }

  /** The silence of an owner counts from now on: nothing could be heard before. */
  listenAnew(now: number): void {
    this.#seenAt = Math.max(this.#seenAt, now);
  }

  /** Writes the key. */
  put(value: V, now: number): Request<V> {
    return this.#send({
      type: "write",
      write: { type: "put", key: this.#key, revision: this.#revision, value },
    }, now);
  }

  /** Deletes the key. */
  delete(now: number): Request<V> {
    const revision = this.#revision ?? 0;
    return this.#send({
      type: "write",
      write: { type: "delete", key: this.#key, revision },
    }, now);
  }

  /** The write in flight was answered; any other answer is ignored. */
  answered(request: Request<V>, answer: Answer<V>, now: number): ClaimNews {
    if (this.#flight?.request !== request || request.type !== "write") {
      return null;
    }
    const { at } = this.#flight;
    this.#flight = null;
    switch (answer.type) {
      case "done": {
        const { write } = request;
        const value = write.type === "put" ? write.value : null;
        // It may have been deleted or taken since.
        if (answer.revision < this.#newest) return null;
        if (value !== null) {
          this.lease.renewed(at);
          if (this.#watched < answer.revision) {
            this.#echoBy ??= now + this.#timing.echoMs;
          }
        }
        const { revision } = answer;
        this.#adopt({ key: this.#key, revision, value }, now);
        return value === null ? "lost" : "renewed";
      }
      case "conflict":
        if (answer.entry === undefined) {
          this.#dueAt = now + this.#timing.retryMs;
          this.#echoBy = now;
          return null;
        }
        this.#dueAt = now;
        return this.found(answer.entry, now);
      case "unreachable":
        this.lease.failed(at, now);
        this.listenAnew(now);
        this.#dueAt = now + this.#timing.retryMs;
        return null;
      default:
        return answer satisfies never;
    }
  }

  /** Watching has begun anew, and this is the key; `null` if there is none. */
  listed(entry: Entry<V> | null, now: number): ClaimNews {
    this.#watched = entry?.revision ?? 0;
    this.#echoBy = null;
    return this.found(entry, now);
  }

  /** The key was seen to change. */
  changed(entry: Entry<V>, now: number): ClaimNews {
    this.#watched = Math.max(this.#watched, entry.revision);
    if (this.#watched >= this.#newest) this.#echoBy = null;
    return entry.revision > this.#newest ? this.#adopt(entry, now) : null;
  }

  /** The key was read, whatever was known of it. */
  found(entry: Entry<V> | null, now: number): ClaimNews {
    return this.#adopt(
      entry ?? { key: this.#key, revision: 0, value: null },
      now,
    );
  }

  #send(request: Request<V>, now: number): Request<V> {
    this.#flight = { request, at: now };
    this.#sentAt = now;
    this.#dueAt = now + this.#timing.renewMs;
    return request;
  }

  #adopt({ revision, value }: Entry<V>, now: number): ClaimNews {
    const wasOwn = this.isOwn;
    if (revision !== this.#newest) this.#seenAt = now;
    this.#newest = revision;
    this.#revision = value === null ? null : revision;
    this.#value = value;
    if (this.isOwn) return null;
    this.lease.end();
    this.#echoBy = null;
    if (!wasOwn) return null;
    this.#term++;
    const isOther = value !== null && value.instance !== this.#instance;
    return isOther ? "taken" : "lost";
  }
}
