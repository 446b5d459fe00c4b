import type { Status } from "../types.ts";
import { statusesOf } from "./agent_caption.ts";
import { build, toldIncident } from "./build.ts";
import type { Case, Pending } from "./case.ts";
import { type DeskOptions, Ledger } from "./ledger.ts";
import { dueAt, isInScope } from "./due.ts";
import type { Hold } from "./hold.ts";
import { look } from "./look.ts";
import type { Message, ToldIncident } from "./message.ts";
import type { NotifierPolicy } from "./policy.ts";
import { ended, nextProblem, type Problem } from "./problem.ts";
import { delivered, expire, sending } from "./send.ts";
import { numbersOf } from "./saved/status_of.ts";
import type { Scene, Sighting } from "./sighting.ts";
import { setBack } from "./set_back.ts";
import type { Delivery, NotifierStatus } from "./status.ts";
import { withdrawOpen } from "./withdrawal.ts";

/** The most problems that are told after a hold although they are over. */
const MAX_HELD = 100;

/** A clock that goes back by more was set; what is less is waited for. */
const SET_MS = 1000;

/**
 * What one notifier knows, tells and has to send. It has no clock, no timers and no
 * chance of its own: the same calls have the same effect. Times are milliseconds
 * of the epoch.
 */
export class Desk {
  readonly #ledger: Ledger;
  #startedAt: number | null = null;
  /** Until when nothing is sent, whatever waits. */
  #pausedUntil = -Infinity;
  /** What time it was last; what it has saved may be later. */
  #now = Infinity;

  /** Begins with what it had saved. */
  constructor(options: DeskOptions) {
    this.#ledger = new Ledger(options);
    this.#ledger.save();
  }

  /** Notes how a check is now. The same may be noted any number of times. */
  see(sighting: Sighting): void {
    const { check, status } = sighting;
    const { cases, policy, hold } = this.#ledger;
    if (hold === "self" && policy.self.includes(check)) {
      this.#ledger.lookBy(sighting.at);
    }
    const last = cases.lasting(check);
    const on = statusesOf(policy, sighting);
    const isOn = on.includes(status);
    if (last === undefined && !isOn) return;
    const step = nextProblem(last?.problem ?? null, sighting, {
      on,
      isInScope: isInScope(sighting, policy),
      told: last?.told?.status ?? null,
    });
    if (step.ended !== null) this.#end(last!, step.ended);
    if (step.lasting !== null) this.#goOn(check, step.lasting);
    this.#ledger.save();
  }

  /** Notes that a check is removed. */
  leave(check: string, at: number): void {
    const last = this.#ledger.cases.lasting(check);
    if (last === undefined) return;
    this.#end(last, ended(last.problem, at, "removed"));
    this.#ledger.save();
  }

  /** Whether it is to see a check after each attempt, not only if that has news. */
  isWatching(check: string): boolean {
    const { cases, policy } = this.#ledger;
    return cases.lasting(check) !== undefined || policy.self.includes(check);
  }

  /**
   * The checks of which something lasts. Of those that are gone after a restart it
   * is to be told that they left.
   */
  watched(): Iterable<string> {
    return this.#ledger.cases.checks;
  }

  /** Makes messages of what is to be told now. */
  look(now: number, scene: Scene): void {
    this.#startedAt ??= now;
    this.#follow(now);
    look(this.#ledger, { now, scene, startedAt: this.#startedAt });
    this.#ledger.save();
  }

  /** When to look again, whatever happens; `Infinity` if there is no need. */
  get nextLook(): number {
    return this.#ledger.nextLook;
  }

  /** The message to send now, if there is one. */
  next(now: number): Message | undefined {
    this.#follow(now);
    expire(this.#ledger, now);
    const message = this.#pick(now);
    const built = message && build(message, this.#ledger.cases);
    this.#ledger.save();
    return built;
  }

  /** When there may be a message to send again; `Infinity` if none waits. */
  get nextSend(): number {
    const at = this.#ledger.outbox.nextAt;
    return at === Infinity ? at : Math.max(at, this.#pausedUntil);
  }

  /** An attempt to send a message begins. */
  sending(id: string, now: number): void {
    const message = this.#ledger.outbox.get(id);
    if (message === undefined) return;
    sending(this.#ledger, message, now);
    this.#ledger.save();
  }

  /** An attempt to send a message has ended. `random` is from 0 up to 1. */
  delivered(id: string, delivery: Delivery, now: number, random: number): void {
    const message = this.#ledger.outbox.get(id);
    if (message === undefined) return;
    delivered(this.#ledger, message, { delivery, now, random });
    this.#ledger.save();
  }

  /** What was told and lasts, and what was and has ended since an instant. */
  standing(since: number): readonly ToldIncident[] {
    const told: ToldIncident[] = [];
    for (const known of this.#ledger.cases.all) {
      const { problem: { ended }, mentions } = known;
      if (known.told === null || (ended ?? Infinity) < since) continue;
      const begins = mentions.find(({ kind }) => kind === "begin");
      if (begins !== undefined && !begins.in.mayHaveArrived) continue;
      told.push(toldIncident(known));
    }
    const over = this.#ledger.over.filter(({ ended }) => ended! >= since);
    return [...told, ...over].sort((a, b) => a.began - b.began);
  }

  /** Takes over another policy: nothing is forgotten, and nothing told twice. */
  change(policy: NotifierPolicy): void {
    const ledger = this.#ledger;
    ledger.policy = policy;
    for (const known of [...ledger.cases.all]) {
      const { problem } = known;
      known.notBefore = -Infinity;
      if (problem.ended !== null) {
        ledger.tidy(known);
        continue;
      }
      const isTold = (status: Status) =>
        isInScope(problem, policy) &&
        statusesOf(policy, problem).includes(status);
      if (known.told !== null && !isTold(known.told.status)) {
        withdrawOpen(known, ledger);
      }
      if (known.told === null && !isTold(problem.status)) {
        ledger.cases.drop(known);
      }
    }
    ledger.outbox.hurry();
    ledger.nextLook = -Infinity;
    ledger.save();
  }

  /** How it does. */
  status(): Omit<NotifierStatus, "name" | "type"> {
    const { state, outbox, waiting } = this.#ledger;
    return { ...numbersOf(state, outbox.size), waiting };
  }

  #follow(now: number): void {
    if (now < this.#now - SET_MS) setBack(this.#ledger, now);
    this.#now = now;
  }

  #goOn(check: string, problem: Problem): void {
    const { cases } = this.#ledger;
    const lasting = cases.lasting(check);
    if (lasting === undefined) {
      this.#ledger.plan(cases.open(problem));
    } else if (lasting.problem !== problem) {
      cases.update(lasting, problem);
      if (problem.isMuted) withdrawOpen(lasting, this.#ledger);
      this.#ledger.plan(lasting);
    }
  }

  #end(known: Case, problem: Problem): void {
    const { cases, policy, gatherMs, state } = this.#ledger;
    const due = dueAt(known, policy) + gatherMs;
    withdrawOpen(known, this.#ledger);
    const isKept = known.told === null && state.hold !== null &&
      due <= problem.ended!;
    cases.update(known, problem);
    if (isKept) {
      this.#keep(known);
    } else {
      this.#ledger.tidy(known);
      this.#ledger.plan(known);
    }
  }

  /** Keeps a problem that is over, to tell of it after the hold. */
  #keep(known: Case): void {
    const { cases, state } = this.#ledger;
    if (cases.held.size < MAX_HELD) {
      cases.hold(known);
    } else {
      this.#ledger.note({ forgotten: state.forgotten + 1 });
      cases.drop(known);
    }
  }

  /** The message to send now, unless something speaks against sending. */
  #pick(now: number): Pending | undefined {
    this.#pausedUntil = -Infinity;
    const message = this.#ledger.outbox.pick(now);
    if (message === undefined) return undefined;
    const hold = this.#holdFor(message, now);
    if (hold === null) return message;
    this.#pausedUntil = hold.until;
    this.#ledger.waiting = hold.by;
    return undefined;
  }

  /** What speaks against sending a message now. */
  #holdFor(message: Pending, now: number): Hold | null {
    const { outbox, allowance, policy, hold, nextLook } = this.#ledger;
    if (hold === "start" || hold === "self") {
      return { by: hold, until: Math.max(nextLook, now + 1) };
    }
    const until = policy.quiet?.until(now) ?? null;
    if (until !== null) return { by: "quiet", until };
    const { limit } = policy;
    const waiting = outbox.all;
    const next = allowance.nextSend(message, { limit, waiting, now });
    return next > now ? { by: "limit", until: next } : null;
  }
}
