import { backoffMs } from "./backoff.ts";
import { isOpen, type Pending } from "../case.ts";
import type { MessageEvent } from "../message.ts";

const HOUR_MS = 3_600_000;
const LIFE_MS = 24 * HOUR_MS;
const LIFE_OF_ENDS_MS = 7 * LIFE_MS;

/** While a receiver fails, so many messages are tried in turn. */
const MAX_TRIED = 3;
/** And with each of so many failures one more. */
const TRY_ANOTHER_EVERY = 12;

/** The messages of a notifier that wait to be sent. */
export class Outbox {
  readonly #messages = new Map<string, Pending>();
  readonly #onChange: (id: string, message: Pending | null) => void;
  /** Failures in a row, whichever message it was. */
  #failures = 0;
  #nextAt = -Infinity;

  /** `onChange` is called with each that is to be saved, or forgotten. */
  constructor(onChange: (id: string, message: Pending | null) => void) {
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** All of them, in the order in which they were made. */
  get all(): Iterable<Pending> {
    return this.#messages.values();
  }

  get(id: string): Pending | undefined {
    return this.#messages.get(id);
  }

  put(message: Pending): void {
    this.#messages.set(message.id, message);
  }

  /** Has one saved. */
  save(message: Pending): void {
    this.#onChange(message.id, message);
  }

  /** Takes a message out: it was sent, or is not to be sent any more. */
  remove(message: Pending): void {
    this.#messages.delete(message.id);
    this.release(message);
    this.#onChange(message.id, null);
  }

  /** Lets the messages go that were to be sent after one. */
  release(message: Pending): void {
    for (const other of this.#messages.values()) other.after.delete(message);
  }

  /** The last message about an event that can take in more. */
  openOne(event: MessageEvent): Pending | undefined {
    let last: Pending | undefined;
    for (const message of this.#messages.values()) {
      if (message.event === event && isOpen(message)) last = message;
    }
    return last;
  }

  /** Those that have been tried for too long. */
  expired(now: number): Pending[] {
    return [...this.#messages.values()].filter((message) => {
      const life = hasEnds(message) ? LIFE_OF_ENDS_MS : LIFE_MS;
      return !message.isInFlight && now - message.at >= life;
    });
  }

  /** The message to try now, if there is one. */
  pick(now: number): Pending | undefined {
    if (this.#nextAt > now) return undefined;
    const due: Pending[] = [];
    let tried = 0;
    for (const message of this.#messages.values()) {
      const { failures, nextAt } = message;
      if (failures > 0) tried++;
      if (nextAt <= now && canGo(message)) due.push(message);
    }
    if (this.#failures === 0) return due[0];
    const fresh = due.find(({ failures }) => failures === 0);
    const known = due.filter(({ failures }) => failures > 0);
    const isFreshDue = tried < MAX_TRIED ||
      this.#failures % TRY_ANOTHER_EVERY === 0;
    if (fresh !== undefined && (isFreshDue || known.length === 0)) return fresh;
    return known.sort((a, b) => a.triedAt - b.triedAt)[0];
  }

  /** When there may be a message to try; `Infinity` if none waits. */
  get nextAt(): number {
    let next = Infinity;
    for (const message of this.#messages.values()) {
      if (canGo(message)) next = Math.min(next, message.nextAt);
    }
    return Math.max(next, this.#nextAt);
  }

  /** Notes that something was sent: all others are due that were not refused. */
  succeeded(): void {
    this.#failures = 0;
    this.#nextAt = -Infinity;
    for (const message of this.#messages.values()) {
      if (!message.isRefused) message.nextAt = -Infinity;
    }
  }

  /** Makes all of them due. */
  hurry(): void {
    this.#nextAt = -Infinity;
    for (const message of this.#messages.values()) message.nextAt = -Infinity;
  }

  /** Notes that an attempt has failed which is to be made again. */
  failed(
    message: Pending,
    now: number,
    { random, retryAfterMs }: {
      readonly random: number;
      readonly retryAfterMs: number | undefined;
    },
  ): void {
    this.#failures++;
    message.failures++;
    message.nextAt = now + backoffMs(message.failures, random, retryAfterMs);
    this.#nextAt = now + backoffMs(this.#failures, random, retryAfterMs);
  }

  /** Notes that a message was refused which is tried again all the same. */
  refused(message: Pending, now: number): void {
    message.failures++;
    message.isRefused = true;
    message.nextAt = now + HOUR_MS;
  }
}

/** Whether a message has ends in it, of what was told. */
export function hasEnds({ event, mentions }: Pending): boolean {
  return event === "up" &&
    [...mentions.values()].some(({ kind }) => kind === "end");
}

function canGo({ isInFlight, after }: Pending): boolean {
  return !isInFlight && after.size === 0;
}
