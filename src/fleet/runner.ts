import { Agenda } from "../io/agenda.ts";
import { wallTime } from "../io/clock.ts";
import { pulse } from "../io/deadlines.ts";
import { Semaphore } from "../io/semaphore.ts";
import { CLEAN_UP_MS, patience } from "../io/sleep.ts";
import { type Attempt, type Result, startAttempt } from "./attempt.ts";
import { AttemptRing } from "./history.ts";
import { Holds } from "./holds.ts";
import type { Member } from "./member.ts";
import { type FleetStats, Stats } from "./stats.ts";

/** Options for a {@linkcode Runner}. */
export interface RunnerOptions {
  /** How many attempts may be in flight at a time. */
  readonly concurrency: number;
  /** Whether members are tried when they are due, or only when asked. */
  readonly background: boolean;
  /** Hears of each step that a member takes, after it. */
  readonly onStep: (member: Member) => void;
}

/** Microtasks that a probe has to come to rest once its signal has aborted. */
const HEEDING_TURNS = 16;

/** Tries the members of a fleet: when they are due, so many at a time. */
export class Runner {
  readonly #agenda = new Agenda<Member>((member) => this.#whenDue(member));
  readonly #semaphore: Semaphore<Member>;
  readonly #stats = new Stats();
  readonly #holds = new Holds();
  readonly #background: boolean;
  readonly #onStep: RunnerOptions["onStep"];

  /** @throws {RangeError} If the concurrency is not 1 or more. */
  constructor({ concurrency, background, onStep }: RunnerOptions) {
    if (!(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
      throw new RangeError(
        `Expected a concurrency of 1 or more, got ${concurrency}`,
      );
    }
    this.#semaphore = new Semaphore(concurrency, (member) => this.#try(member));
    this.#background = background;
    this.#onStep = onStep;
  }

  /** What was done up to now. */
  get stats(): FleetStats {
    return this.#stats.take(this.#semaphore.inside);
  }

  /** Has a member come; it may throw, and then it has not. */
  admit(member: Member): void {
    this.#holds.add(member.probe);
    if (this.#background) pulse.hold();
  }

  /** Has a member tried from now on, after its initial delay. */
  start(member: Member): void {
    if (!this.#background) return;
    const { initialDelayMs } = member.policy;
    this.#agenda.put(member, wallTime() + initialDelayMs);
  }

  /**
   * Has a member tried in the place of another one, at once when that has come
   * to rest; resolves then. Who waits for a result gets the new one's.
   */
  replace(old: Member, member: Member): Promise<void> {
    [member.result, old.result] = [old.result, null];
    [member.past, old.past] = [old.past, null];
    if (this.#background) member.due = wallTime();
    const { attempt } = old;
    const settled = this.retire(old);
    if (attempt !== null) {
      member.phase = "resting";
      // Retiring has given it up.
      member.attempt = { settled, isAtRest: false, abort() {} };
    }
    return settled.then(() => {
      if (member.removed) return;
      if (attempt !== null) {
        member.attempt = null;
        member.phase = "idle";
      }
      // Somebody may have had it tried meanwhile.
      if (member.phase !== "idle" || member.place >= 0) return;
      if (this.#background) member.due = wallTime();
      if (this.#isPlanned(member) || member.result) this.#request(member);
    });
  }

  /** Makes an attempt, or joins the one there is; resolves with its result. */
  async attempt(member: Member): Promise<void> {
    if (member.phase === "resting") {
      await patience(member.attempt!.settled, CLEAN_UP_MS);
      // A probe that never comes to rest is not run again.
      if (member.phase === "resting") return;
    }
    if (member.removed) return;
    const { promise } = member.result ??= Promise.withResolvers<void>();
    this.#request(member);
    await promise;
  }

  /** Ends what a member has under way, for good. */
  retire(member: Member): Promise<void> {
    return member.retiring ??= this.#retire(member);
  }

  /** Starts nothing more by itself. */
  close(): void {
    this.#agenda.clear();
  }

  async #retire(member: Member): Promise<void> {
    member.removed = true;
    member.unlisten?.();
    this.#agenda.take(member);
    member.due = null;
    // A probe that removes its own check as it starts is not in flight yet.
    if (member.phase === "trying" && member.attempt === null) await undefined;
    const { attempt } = member;
    if (attempt !== null) {
      attempt.abort();
      await patience(attempt.settled, CLEAN_UP_MS);
    }
    member.result?.resolve();
    this.#holds.delete(member.probe);
    if (this.#background) pulse.release();
  }

  #whenDue(member: Member): void {
    if (member.phase === "resting") this.#stats.skipped(1);
    this.#request(member);
  }

  /** Has an attempt made when it is its turn, if there is none under way. */
  #request(member: Member): void {
    if (member.phase !== "idle") return;
    member.phase = "waiting";
    this.#semaphore.enter(member);
  }

  /** Starts an attempt; `false` if the member has left meanwhile. */
  #try(member: Member): boolean {
    if (member.removed) return false;
    member.phase = "trying";
    // One on demand, before it is due, cannot be late.
    if (this.#background && member.place < 0) {
      this.#stats.began(wallTime() - member.due!);
    }
    member.begin();
    this.#tell(member);
    member.attempt = startAttempt(member.probe, member.policy.timeoutMs, {
      onEnd: (result, attempt) => this.#end(member, result, attempt),
      onRest: () => this.#rest(member),
    });
    return true;
  }

  #end(member: Member, result: Result | null, attempt: Attempt): void {
    member.phase = "resting";
    member.end(result);
    if (result !== null) {
      this.#stats.ended(result);
      (member.past ??= new AttemptRing()).note(result);
    }
    if (this.#isPlanned(member)) this.#plan(member);
    if (!member.removed) this.#tell(member);
    member.result?.resolve();
    member.result = null;
    void this.#leave(attempt);
  }

  /** Lets the next one in, after a probe that heeds its signal. */
  async #leave(attempt: Attempt): Promise<void> {
    for (let i = 0; i < HEEDING_TURNS && !attempt.isAtRest; i++) {
      await undefined;
    }
    this.#semaphore.leave();
  }

  #tell(member: Member): void {
    this.#onStep(member);
    member.told();
  }

  /** Says when the next attempt is due. */
  #plan(member: Member): void {
    let due = member.due!;
    if (member.place < 0) {
      const slot = member.slotAfter(due);
      this.#stats.skipped(slot.skipped);
      due = slot.due;
    } else {
      // An attempt on demand may bring the next one forward, out of a backoff.
      due = Math.min(due, member.slotAfter(wallTime()).due);
    }
    this.#agenda.put(member, due);
  }

  /** Now that the probe has come to rest, it may be run again. */
  #rest(member: Member): void {
    member.attempt = null;
    member.phase = "idle";
    // It was due meanwhile, and could not be tried.
    if (member.place < 0 && this.#isPlanned(member)) this.#plan(member);
  }

  #isPlanned(member: Member): boolean {
    return this.#background && !member.removed;
  }
}
