import { Claim, type Owned } from "./claim.ts";
import type { LeaseState } from "./lease.ts";
import type { Answer, Entry, Request } from "./register.ts";
import { TIMING, type Timing } from "./timing.ts";

/** The value of the key that one teller holds. */
export interface TellerValue extends Owned {
  /** The id of the agent that tells; `null` if the last one has stepped down. */
  readonly holder: string | null;
}

/** The value after somebody has stepped down. */
const FREE: TellerValue = { holder: null, instance: "", term: 0 };

/** Who wants to tell. */
export interface TellerOptions {
  /** The key of the register. */
  readonly key: string;
  /** The id of this agent. */
  readonly id: string;
  /** Another text for each run of the program. */
  readonly instance: string;
  /** @default {TIMING} */
  readonly timing?: Timing;
}

/**
 * The lease of the one agent that sends messages; the first one of a cluster takes
 * it `takeoverMs` after it has found no key. It has no clock: `now` is always
 * the agent's steady clock, in milliseconds. At most one agent {@linkcode tells},
 * unless it cannot reach the register: then who told last goes on.
 */
export class Teller {
  readonly #claim: Claim<TellerValue>;
  readonly #id: string;
  readonly #timing: Timing;
  #isListed = false;
  #listAskedAt = -Infinity;
  #isLeaving = false;

  constructor(options: TellerOptions) {
    const { key, id, instance, timing = TIMING } = options;
    this.#claim = new Claim(key, instance, timing);
    this.#id = id;
    this.#timing = timing;
  }

  /** The id of the agent that holds the lease, as far as is known. */
  get holder(): string | null {
    return this.#claim.value?.holder ?? null;
  }

  /** A number that no earlier holder has had: it orders what holders do. */
  get revision(): number | null {
    return this.#claim.revision;
  }

  /** What the own clock says of the lease. */
  lease(now: number): LeaseState {
    return this.#claim.lease.state(now);
  }

  /** Whether this agent may send a message now. To be asked before each one. */
  tells(now: number): boolean {
    return !this.#isLeaving && this.#claim.lease.acts(now);
  }

  /** Gives the lease back, and does not want it again. */
  stepDown(): void {
    this.#isLeaving = true;
    this.#claim.hurry();
  }

  /** Whether the lease was given back, or was never held. */
  get isGone(): boolean {
    return this.#isLeaving && !this.#claim.isOwn && !this.#claim.isBusy;
  }

  /** The requests to send now. */
  requests(now: number): Request<TellerValue>[] {
    const claim = this.#claim;
    const requests: Request<TellerValue>[] = [];
    const wantsList = !this.#isListed || claim.missesEcho(now);
    if (wantsList && now - this.#listAskedAt >= this.#timing.requestMs) {
      this.#listAskedAt = now;
      requests.push({ type: "list" });
    }
    if (!claim.isDue(now)) return requests;
    if (this.#isLeaving) {
      if (claim.isOwn) requests.push(claim.put(FREE, now));
    } else if (claim.isOwn || this.#isListed && this.#mayTake(now)) {
      requests.push(claim.put({ ...claim.owner, holder: this.#id }, now));
    }
    return requests;
  }

  /** A request that was sent was answered. */
  answered(
    request: Request<TellerValue>,
    answer: Answer<TellerValue>,
    now: number,
  ): void {
    if (request.type === "write") {
      this.#claim.answered(request, answer, now);
    } else if (answer.type === "unreachable") {
      this.#claim.listenAnew(now);
      this.#listAskedAt = now + this.#timing.retryMs - this.#timing.requestMs;
    }
  }

  /**
   * The connection is gone, and watching with it: a list is asked for. It is to be
   * said before any request goes over another connection.
   */
  disconnected(now: number): void {
    this.#isListed = false;
    this.#listAskedAt = -Infinity;
    this.#claim.listenAnew(now);
  }

  /**
   * Another request to the same register had no answer. The holder could not renew
   * its lease then either, so its silence counts from now on.
   */
  unheard(now: number): void {
    this.#claim.listenAnew(now);
  }

  /** Watching has begun anew, and this is the key; `null` if there is none. */
  listed(entry: Entry<TellerValue> | null, now: number): void {
    this.#isListed = true;
    this.#listAskedAt = -Infinity;
    this.#claim.listed(entry, now);
  }

  /** The key was seen to change. */
  changed(entry: Entry<TellerValue>, now: number): void {
    this.#claim.changed(entry, now);
  }

  /**
   * Whether the last holder has stepped down, or did not renew the lease in time. A
   * key that is not there may have been lost, and its holder may not know yet.
   */
  #mayTake(now: number): boolean {
    const { value, silentSince } = this.#claim;
    return value !== null && value.holder === null ||
      now - silentSince >= this.#timing.takeoverMs;
  }
}
