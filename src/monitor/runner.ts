import { Agenda } from "../io/agenda.ts";
import { wallTime } from "../io/clock.ts";
import { type Permit, Semaphore } from "../io/semaphore.ts";
import { CLEAN_UP_MS, patience } from "../io/sleep.ts";
import { startAttempt } from "./attempt.ts";
import type { Member } from "./member.ts";

/** Options for a {@linkcode Runner}. */
export interface RunnerOptions {
  /** How many attempts may be in flight at a time. */
  readonly concurrency: number;
  /** Whether members are tried when they are due, or only when asked. */
  readonly background: boolean;
  /** Hears of each step that a member takes, after it. */
  readonly onStep: (member: Member) => void;
}

/** Tries the members of a fleet: when they are due, so many at a time. */
export class Runner {
  readonly #agenda = new Agenda<Member>((member) => void this.attempt(member));
  readonly #semaphore: Semaphore;
  readonly #background: boolean;
  readonly #onStep: RunnerOptions["onStep"];

  /** @throws {RangeError} If the concurrency is not 1 or more. */
  constructor({ concurrency, background, onStep }: RunnerOptions) {
    if (!(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
      throw new RangeError(
        `Expected a concurrency of 1 or more, got ${concurrency}`,
      );
    }
    this.#semaphore = new Semaphore(concurrency);
    this.#background = background;
    this.#onStep = onStep;
  }

  /** Has a member tried from now on, after its initial delay. */
  start(member: Member): void {
    member.held = member.check.probe.hold?.();
    if (!this.#background) return;
    const due = wallTime() + member.check.policy.initialDelayMs;
    member.check.due = due;
    this.#agenda.put(member, due);
  }

  /** Makes an attempt, or joins the one there is; resolves with its result. */
  attempt(member: Member): Promise<void> {
    return member.result ??= this.#attempt(member);
  }

  /** The same, but the last attempt is not joined when its result is known. */
  async attemptAnew(member: Member): Promise<void> {
    if (member.resting !== null) {
      await patience(member.resting, CLEAN_UP_MS);
      // A probe that never comes to rest is not run again.
      if (member.resting !== null) return;
    }
    await this.attempt(member);
  }

  /** Ends what a member has under way, for good. */
  retire(member: Member): Promise<void> {
    return member.retiring ??= this.#retire(member);
  }

  async #retire(member: Member): Promise<void> {
    member.removed = true;
    member.unlisten?.();
    member.waiting?.abort();
    member.check.due = null;
    this.#agenda.take(member);
    const { attempt } = member;
    if (attempt !== null) {
      attempt.abort();
      await patience(attempt.settled, CLEAN_UP_MS);
    }
    member.held?.[Symbol.dispose]();
  }

  /** Starts nothing more by itself. */
  close(): void {
    this.#agenda.clear();
  }

  async #attempt(member: Member): Promise<void> {
    const { check } = member;
    using permit: Permit | null = await this.#permit(member);
    if (permit === null || member.removed) return;
    check.begin();
    this.#onStep(member);
    const attempt = startAttempt(check.probe, check.policy.timeoutMs);
    member.attempt = attempt;
    const result = await attempt.result;
    check.end(result);
    if (this.#isPlanned(member)) this.#plan(member);
    if (!member.removed) this.#onStep(member);
    member.resting = this.#rest(member, attempt.settled);
  }

  /** Waits for a permit, `null` if the member is removed meanwhile. */
  async #permit(member: Member): Promise<Permit | null> {
    const permit = this.#semaphore.tryAcquire();
    if (permit !== null) return permit;
    member.waiting = new AbortController();
    try {
      return await this.#semaphore.acquire(member.waiting.signal);
    } catch {
      return null;
    } finally {
      member.waiting = null;
    }
  }

  /** Says when the next attempt is due. */
  #plan(member: Member): void {
    const { check } = member;
    // An attempt on demand may bring the next one forward, out of a backoff.
    const due = member.place < 0
      ? check.slotAfter(member.due)
      : Math.min(member.due, check.slotAfter(wallTime()));
    check.due = due;
    this.#agenda.put(member, due);
  }

  /** Lets the probe come to rest before it may be run again. */
  async #rest(member: Member, settled: Promise<void>): Promise<void> {
    await settled;
    member.attempt = null;
    member.result = null;
    member.resting = null;
    // It was due meanwhile, and could not be tried.
    if (member.place < 0 && this.#isPlanned(member)) this.#plan(member);
  }

  #isPlanned(member: Member): boolean {
    return this.#background && !member.removed;
  }
}
