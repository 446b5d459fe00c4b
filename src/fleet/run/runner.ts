import { parseDuration } from "../../core/duration.ts";
import { readOption } from "../../core/option_error.ts";
import type { Outcome } from "../../core/types.ts";
import { unlessAborted } from "../../io/abort.ts";
import { Agenda } from "../../io/agenda.ts";
import { wallTime } from "../../io/clock.ts";
import { deadlines } from "../../io/deadlines.ts";
import { deferred } from "../../io/deferred.ts";
import { CLEAN_UP_MS, patience } from "../../io/sleep.ts";
import { type Attempt, type AttemptResult, startAttempt } from "../attempt.ts";
import type { AttemptOptions, ReportOptions } from "../fleet_options.ts";
import { Leaving } from "./leaving.ts";
import type { Member } from "../member.ts";
import { Queue, type QueueLimits } from "./queue.ts";
import { parseReport } from "../report.ts";
import type { Sharing } from "../sharing.ts";
import { SharedResources } from "./shared_resources.ts";
import { type FleetStats, Stats } from "../stats.ts";

/** Options for a {@linkcode Runner}. */
export interface RunnerOptions extends QueueLimits {
  /** Whether attempts are made when they are due, or only on demand. */
  readonly background: boolean;
  /** Called with what was thrown when a shared resource was disposed of. */
  readonly onError: (error: unknown) => void;
  /** Called when an attempt has begun; `lagMs` is how late, if it was due. */
  readonly onBegin: (member: Member, lagMs: number | null) => void;
  /** Called when a result from before a restart was taken for a current one. */
  readonly onTrust: (member: Member) => void;
  /** Called when an attempt has ended with a result. */
  readonly onEnd: (member: Member, result: AttemptResult) => void;
}

/** Microtasks that a probe may take to come to rest after its signal aborted. */
const HEEDING_TURNS = 16;

/** When a check that is due is looked at again while no attempts may be made. */
export const NOT_ACTING_MS: number = 250;

/** Makes the attempts of a fleet: when they are due, and so many at a time. */
export class Runner {
  readonly #agenda = new Agenda<Member>((member) => this.#whenDue(member));
  readonly #queue: Queue;
  readonly #stats = new Stats();
  readonly #shared = new SharedResources();
  /** The members that were removed or replaced. */
  readonly #leaving: Leaving;
  readonly #background: boolean;
  readonly #options: RunnerOptions;
  /** How the checks that come from now on are shared, if they are. */
  sharing: Sharing | undefined;

  /** @throws {OptionError} If one of the limits is not 1 or more. */
  constructor(options: RunnerOptions) {
    this.#queue = new Queue(options, (member) => this.#try(member));
    this.#background = options.background;
    this.#options = options;
    this.#leaving = new Leaving({
      onEnd: (member) => this.#agenda.take(member),
      onLeft: (member) => this.#letGo(member),
    });
  }

  /** The numbers up to now. */
  get stats(): FleetStats {
    return this.#stats.take(this.#queue.inside);
  }

  /** Holds what a member needs, then checks. If one throws, nothing is held. */
  admit(member: Member, check: () => void): void {
    this.#shared.hold(member.probe, check);
    if (this.#background) deadlines.hold();
  }

  /** Plans the first attempt of a member, after its initial delay. */
  start(member: Member): void {
    if (!this.#isPlanned(member)) return;
    const { initialDelayMs } = member.policy;
    this.#agenda.put(member, wallTime() + initialDelayMs);
  }

  /**
   * Makes the attempts of a member instead of those of another one, as soon as
   * that has come to rest. Whoever waits for a result gets one of the new member.
   */
  replace(old: Member, member: Member): void {
    [member.result, old.result] = [old.result, null];
    if (this.#isPlanned(member)) member.due = wallTime();
    const wasTried = old.activity === "trying" || old.activity === "resting";
    const { promise: atRest, resolve } = deferred<void>();
    if (wasTried) {
      member.activity = "resting";
      // `retire()` gives up the attempt, and its probe may then do anything.
      member.attempt = { atRest, isAtRest: false, abort() {} };
    }
    resolve(this.#leaving.retire(old));
    const taken = atRest.then(() => this.#takeOver(member, wasTried));
    void this.#leaving.add(member.id, taken);
  }

  /**
   * Makes attempts of the members whose result is too old, or joins those in
   * flight. The other results are current, though they may be from before a
   * restart. Resolves when all have a result.
   */
  async attempt(
    members: readonly Member[],
    { maxAge, signal }: AttemptOptions,
  ): Promise<void> {
    const maxAgeMs = maxAge === undefined
      ? -1
      : readOption("maxAge", () => parseDuration(maxAge));
    const attempts: Promise<void>[] = [];
    for (const member of members) {
      if (member.ageMs > maxAgeMs) {
        attempts.push(this.#attemptSomewhere(member));
      } else if (member.trust()) this.#options.onTrust(member);
    }
    await unlessAborted(Promise.all(attempts), signal);
  }

  /** Tries a member, or has who runs it try it. */
  async #attemptSomewhere(member: Member): Promise<void> {
    if (!member.held) return await this.#attempt(member);
    try {
      await this.sharing!.attempt(member.id);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #attempt(member: Member): Promise<void> {
    if (member.activity === "resting") {
      await patience(member.attempt!.atRest, CLEAN_UP_MS);
      // A probe that never comes to rest is not run again.
      if (member.activity === "resting") return;
    }
    if (member.removed) return;
    const { promise } = member.result ??= deferred<void>();
    this.#request(member);
    await promise;
  }

  /** Takes an outcome from outside, and throws as `Fleet.report()` does. */
  report(member: Member, outcome: Outcome, options: ReportOptions): void {
    const { secrets } = member.probe;
    const { result, at } = parseReport(outcome, options, secrets);
    member.report(result, at);
    this.#note(member, result);
    if (member.place >= 0) this.#plan(member);
    this.#options.onEnd(member, result);
    member.forgetStep();
  }

  /**
   * Gives up the attempt of a member and makes no more. Resolves when the member
   * and all earlier ones with its id have come to rest.
   */
  remove(member: Member): Promise<void> {
    return this.#leaving.add(member.id, this.#leaving.retire(member));
  }

  /** Resolves when the removed members with an id are at rest, if any are not. */
  left(id: string): Promise<void> {
    return this.#leaving.left(id);
  }

  /** Makes no more attempts of a member, and gives up the one in flight. */
  hold(member: Member): void {
    if (this.sharing === undefined) throw new Error("The fleet is not shared");
    if (member.held) return;
    member.held = true;
    this.#agenda.take(member);
    if (member.activity === "trying") member.attempt?.abort();
  }

  /** Makes the attempts of a member again, from when the next one is due. */
  release(member: Member): void {
    member.held = false;
    if (!this.#isPlanned(member)) return;
    const { attempts, stale } = member.state;
    const now = wallTime();
    const due = attempts === 0
      ? now + member.policy.initialDelayMs
      : Math.max(now, stale ? 0 : member.due ?? 0);
    this.#agenda.put(member, due);
  }

  /** Plans no more attempts. */
  stop(): void {
    this.#agenda.clear();
  }

  /** Gives up all attempts. Resolves when all members are at rest. */
  close(members: Iterable<Member>): Promise<void> {
    return this.#leaving.close(members);
  }

  /** Lets go of what a member needed. */
  #letGo(member: Member): void {
    if (this.#background) deadlines.release();
    try {
      this.#shared.release(member.probe);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Starts with a member now that the one before it has come to rest. */
  #takeOver(member: Member, wasTried: boolean): void {
    if (member.removed) return;
    if (wasTried) {
      member.attempt = null;
      member.activity = "idle";
    }
    // An attempt on demand may have been made meanwhile.
    if (member.activity !== "idle" || member.place >= 0) return;
    if (this.#isPlanned(member)) member.due = wallTime();
    if (this.#isPlanned(member) || member.result) this.#request(member);
  }

  #whenDue(member: Member): void {
    if (this.sharing?.acts() === false) {
      return this.#agenda.put(member, wallTime() + NOT_ACTING_MS);
    }
    if (member.activity === "resting") this.#stats.skipped(1);
    this.#request(member);
  }

  /** Queues for a permit, unless there is an attempt already. */
  #request(member: Member): void {
    if (member.activity !== "idle") return;
    member.activity = "waiting";
    this.#queue.enter(member);
  }

  #try(member: Member): void {
    if (member.held) return this.#giveWay(member);
    member.activity = "trying";
    // An attempt on demand, before it is due, cannot be late. A clock that was
    // set back makes no attempt early.
    const lagMs = this.#isPlanned(member) && member.place < 0
      ? Math.max(0, wallTime() - member.due!)
      : null;
    if (lagMs !== null) this.#stats.began(lagMs);
    member.begin();
    this.#options.onBegin(member, lagMs);
    member.forgetStep();
    member.attempt = startAttempt(member.probe, member.policy.timeoutMs, {
      onEnd: (result, attempt) => this.#ended(member, result, attempt),
      onRest: () => this.#rest(member),
    });
    // The probe may have done anything as it began.
    if (member.held) member.attempt?.abort();
  }

  /** A member was held while it waited for its permit. */
  #giveWay(member: Member): void {
    member.activity = "idle";
    this.#queue.leave(member);
    member.result?.resolve();
    member.result = null;
  }

  #ended(member: Member, result: AttemptResult | null, attempt: Attempt): void {
    member.activity = "resting";
    member.end(result);
    if (result !== null) this.#note(member, result);
    if (this.#isPlanned(member)) this.#plan(member);
    if (result !== null && !member.removed) this.#options.onEnd(member, result);
    member.forgetStep();
    member.result?.resolve();
    member.result = null;
    void this.#exit(member, attempt);
  }

  #note(member: Member, result: AttemptResult): void {
    this.#stats.ended(result);
    member.note(result);
  }

  /** Returns the permit, a moment later if the probe comes to rest by then. */
  async #exit(member: Member, attempt: Attempt): Promise<void> {
    for (let i = 0; i < HEEDING_TURNS && !attempt.isAtRest; i++) {
      await undefined;
    }
    this.#queue.leave(member);
  }

  /** Plans the next attempt. */
  #plan(member: Member): void {
    let due = member.due!;
    if (member.place < 0) {
      const slot = member.slotAfter(due);
      this.#stats.skipped(slot.skipped);
      due = slot.due;
    } else {
      // A result on demand may end a backoff, and brings the next one forward.
      due = Math.min(due, member.slotAfter(wallTime()).due);
    }
    this.#agenda.put(member, due);
  }

  /** The probe has come to rest, and may be run again. */
  #rest(member: Member): void {
    member.attempt = null;
    member.activity = "idle";
    // It was due meanwhile, and could not be run.
    if (member.place < 0 && this.#isPlanned(member)) this.#plan(member);
  }

  #isPlanned(member: Member): boolean {
    return this.#background && !member.removed && !member.held &&
      !member.isPassive;
  }
}
