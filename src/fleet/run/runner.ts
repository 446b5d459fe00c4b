import type { State } from "../../core/state.ts";
import type { Outcome } from "../../core/types.ts";
import { Agenda } from "../../io/agenda.ts";
import { wallTime } from "../../io/clock.ts";
import { deadlines } from "../../io/deadlines.ts";
import { deferred } from "../../io/deferred.ts";
import { type Attempt, type AttemptResult, startAttempt } from "../attempt.ts";
import type { AttemptOptions, ReportOptions } from "../fleet_options.ts";
import { Demand, type DemandUser } from "./demand.ts";
import { Leaving } from "./leaving.ts";
import type { Member } from "../member.ts";
import { Queue, type QueueLimits } from "./queue.ts";
import { parseReport } from "../report.ts";
import type { Sharing } from "../sharing.ts";
import { SharedResources } from "./shared_resources.ts";
import { type FleetStats, Stats } from "../stats.ts";

/** Options for a {@linkcode Runner}. */
export interface RunnerOptions
  extends QueueLimits, Pick<DemandUser, "onTrust" | "onError"> {
  /** Whether attempts are made when they are due, or only on demand. */
  readonly background: boolean;
  /** Called when an attempt has begun; `lagMs` is how late, if it was due. */
  readonly onBegin: (member: Member, lagMs: number | null) => void;
  /** Called when a member was held, and its attempt was given up. */
  readonly onHold: (member: Member, before: State) => void;
  /** Called when an attempt has ended with a result. */
  readonly onEnd: (member: Member, result: AttemptResult) => void;
}

/** Microtasks that a probe may take to come to rest after its signal aborted. */
const HEEDING_TURNS = 16;

/** Makes the attempts of a fleet: when they are due, and so many at a time. */
export class Runner {
  readonly #agenda = new Agenda<Member>((member) => this.#whenDue(member));
  readonly #queue: Queue;
  readonly #demand: Demand;
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
    this.#queue = new Queue(options, {
      acts: () => this.sharing?.acts() ?? true,
      isWanted: (member) => this.#isWanted(member),
      admit: (member) => this.#try(member),
    });
    this.#demand = new Demand({
      request: (member) => this.#request(member),
      sharing: () => this.sharing,
      onTrust: options.onTrust,
      onError: options.onError,
    });
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

  /** Makes attempts of the members whose result is too old, and awaits them. */
  attempt(members: readonly Member[], options: AttemptOptions): Promise<void> {
    return this.#demand.attempt(members, options);
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

  /**
   * Makes no more attempts of a member, and gives up the one in flight. Whoever
   * waits for a result gets one of the agent that runs it.
   */
  hold(member: Member): void {
    if (this.sharing === undefined) throw new Error("The fleet is not shared");
    if (member.held) return;
    const { state, result } = member;
    member.held = true;
    member.result = null;
    this.#agenda.take(member);
    if (result !== null) void this.#demand.ask(member).then(result.resolve);
    // One that is held as its attempt begins is told of once that was given up.
    const isBeginning = member.activity === "trying" && member.attempt === null;
    if (isBeginning) return;
    if (member.activity === "trying") member.attempt!.abort();
    this.#options.onHold(member, state);
  }

  /**
   * Makes the attempts of a member again, from when the next one is due. One that
   * is late, but by no more than `lateMs`, is made in the next slot.
   */
  release(member: Member, lateMs: number): void {
    member.held = false;
    if (!this.#isPlanned(member)) return;
    if (member.state.attempts === 0) return this.start(member);
    this.#agenda.put(member, member.dueAfterHold(wallTime(), lateMs));
  }

  /** Plans no more attempts. */
  stop(): void {
    this.#agenda.clear();
    this.#queue.stop();
    this.#demand.stop();
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
    if (member.activity === "resting" && !member.wasGivenUp) {
      this.#stats.skipped(1);
    }
    this.#request(member);
  }

  /** Queues for a permit, unless there is an attempt already. */
  #request(member: Member): void {
    if (member.activity !== "idle") return;
    member.activity = "waiting";
    this.#queue.enter(member);
  }

  #try(member: Member): void {
    member.activity = "trying";
    member.wasGivenUp = false;
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
    if (!member.held) return;
    const { state } = member;
    member.attempt.abort();
    this.#options.onHold(member, state);
  }

  /** Whether a member that waits is due, or somebody waits for a result. */
  #isWanted(member: Member): boolean {
    if (member.removed || member.held) return false;
    return member.result !== null ||
      this.#isPlanned(member) && member.place < 0;
  }

  #ended(member: Member, result: AttemptResult | null, attempt: Attempt): void {
    member.activity = "resting";
    member.wasGivenUp = result === null;
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
    if (member.place >= 0 || !this.#isPlanned(member)) return;
    // It was due meanwhile, and could not be run.
    if (member.wasGivenUp) this.#request(member);
    else this.#plan(member);
  }

  #isPlanned(member: Member): boolean {
    return this.#background && !member.removed && !member.held &&
      !member.isPassive;
  }
}
