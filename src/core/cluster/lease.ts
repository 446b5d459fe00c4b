import type { Timing } from "./timing.ts";

/**
 * What an own clock says of a lease.
 *
 * - `none`: there is none.
 * - `held`: it was renewed in time, and nobody else may have it.
 * - `unsure`: it has run out, and another may have it. Nothing is done until the
 *   register has answered.
 * - `alone`: it has run out, and the register cannot be reached. Who had it last
 *   goes on, as it cannot know better.
 */
export type LeaseState = "none" | "held" | "unsure" | "alone";

/** How late the end of a request may be noticed before the process was stalled. */
const STALLED_MS = 1_000;

/** A lease by one's own steady clock, of which all times are. */
export class Lease {
  readonly #timing: Timing;
  #renewedAt: number | null = null;
  #failedAt: number | null = null;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /**
   * It was renewed by a request that was sent at this time: the register has known
   * of it since then or later.
   */
  renewed(sentAt: number): void {
    if (this.#renewedAt !== null && sentAt < this.#renewedAt) return;
    this.#renewedAt = sentAt;
    this.#failedAt = null;
  }

  /**
   * The register could not be reached. After a stall, the answer may be there
   * unread, so a failure that is noticed late says nothing.
   */
  failed(sentAt: number, now: number): void {
    if (now - sentAt > this.#timing.requestMs + STALLED_MS) return;
    this.#failedAt = now;
  }

  /** It is given up, or another has it. */
  end(): void {
    this.#renewedAt = null;
    this.#failedAt = null;
  }

  state(now: number): LeaseState {
    const { leaseMs, requestMs, retryMs } = this.#timing;
    if (this.#renewedAt === null) return "none";
    if (now - this.#renewedAt < leaseMs) return "held";
    // The next failure would be known by then.
    const knownMs = retryMs + requestMs + STALLED_MS;
    const isCutOff = this.#failedAt !== null && now - this.#failedAt <= knownMs;
    return isCutOff ? "alone" : "unsure";
  }

  /**
   * For how long the lease was not renewed because the register cannot be reached,
   * in milliseconds; `null` if the register can be reached, as far as is known.
   */
  aloneMs(now: number): number | null {
    return this.state(now) === "alone" ? now - this.#renewedAt! : null;
  }

  /** Whether what needs the lease may be done. */
  acts(now: number): boolean {
    const state = this.state(now);
    return state === "held" || state === "alone";
  }
}
