import { Assignment, type Changes } from "../../core/cluster/assignment.ts";
import { Membership } from "../../core/cluster/membership.ts";
import type { Answer, Entry, Request } from "../../core/cluster/register.ts";
import { Teller, type TellerValue } from "../../core/cluster/teller.ts";
import type { Vantage } from "../../core/cluster/vantage.ts";
import type { MemberValue, Profile } from "../../core/cluster/view.ts";
import { monotonicTime } from "../../io/clock.ts";
import { patience } from "../../io/sleep.ts";

/** From one turn to the next, in milliseconds. */
const TURN_MS = 200;

/** How long leaving may take, in milliseconds. */
const LEAVE_MS = 3_000;

/** How long it may take where the registers cannot be reached. */
const LEAVE_ALONE_MS = 500;

/** What is told of a register by who watches it. */
export interface RegisterEvents<V> {
  /** Watching has begun anew, and these are all keys. */
  listed(entries: readonly Entry<V>[]): void;
  /** A key was seen to change. */
  changed(entry: Entry<V>): void;
  /** The connection is gone, and watching with it. */
  disconnected(): void;
}

/** A register, as `src/core/cluster/register.ts` says. */
export interface Register<V> {
  /** Sends a request, which is answered once. */
  send(request: Request<V>, answered: (answer: Answer<V>) => void): void;
}

/** What a {@linkcode Loop} needs. */
export interface LoopOptions {
  /** The id of this agent. */
  readonly id: string;
  /** Another text for each run of the program. */
  readonly instance: string;
  readonly profile: Profile;
  readonly vantages: readonly Vantage[];
  /** Watches who is a member. */
  readonly members: (
    events: RegisterEvents<MemberValue>,
  ) => Register<MemberValue>;
  /** Watches who tells. */
  readonly tellers: (
    events: RegisterEvents<TellerValue>,
  ) => Register<TellerValue>;
  /** Whether the checks can be run: it leaves once they cannot. */
  readonly isOpen: () => boolean;
  /** Called with what is to be run, and not to be run, from now on. */
  readonly onShare: (changes: Changes) => void;
  /** Called when the members may have changed, or whether this agent tells. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * How long no agent may tell before this is said, in milliseconds. At the start, and
 * when another agent takes over, it takes up to 10 s until one tells.
 */
const UNTOLD_MS = 20_000;

/** The key of the register that the teller holds. */
const TELLER = "teller";

/** Keeps this agent a member, has its share run, and holds the teller's lease. */
export class Loop {
  readonly membership: Membership;
  readonly teller: Teller;
  readonly #options: LoopOptions;
  readonly #members: Register<MemberValue>;
  readonly #tellers: Register<TellerValue>;
  #assignment: Assignment;
  #timer: ReturnType<typeof setInterval> | undefined;
  #willSettle = false;
  /** Since when nobody is known that tells, by the steady clock. */
  #untoldAt: number | null = null;
  readonly #left = Promise.withResolvers<void>();

  constructor(options: LoopOptions) {
    const { id, instance, profile, vantages } = options;
    this.#options = options;
    this.membership = new Membership({ ...profile, id, instance });
    this.teller = new Teller({ key: TELLER, id, instance });
    this.#assignment = new Assignment(vantages);
    this.#members = options.members({
      listed: (entries) =>
        this.#run(() => this.membership.listed(entries, monotonicTime())),
      changed: (entry) => {
        this.#try(() => this.membership.changed(entry, monotonicTime()));
        this.#settleSoon();
      },
      disconnected: () => this.#run(() => this.membership.disconnected()),
    });
    this.#tellers = options.tellers({
      listed: (entries) =>
        this.#run(() =>
          this.teller.listed(
            entries.find(({ key }) => key === TELLER) ?? null,
            monotonicTime(),
          )
        ),
      changed: (entry) => {
        if (entry.key !== TELLER) return;
        this.#run(() => this.teller.changed(entry, monotonicTime()));
      },
      disconnected: () =>
        this.#run(() => this.teller.disconnected(monotonicTime())),
    });
  }

  /** The shares of the members. */
  get assignment(): Assignment {
    return this.#assignment;
  }

  /** Whether attempts may be made now. */
  get acts(): boolean {
    return this.membership.acts(monotonicTime());
  }

  /**
   * Whether this agent may send a message now. Who could not even join does not know
   * whether another one tells: twice is better than never.
   */
  get tells(): boolean {
    const now = monotonicTime();
    return this.teller.tells(now) || this.membership.isCastaway(now);
  }

  /** For how long nobody has told, in milliseconds; `null` if that is not for long. */
  get untoldMs(): number | null {
    if (this.#untoldAt === null) return null;
    const ms = monotonicTime() - this.#untoldAt;
    return ms < UNTOLD_MS ? null : ms;
  }

  /** Begins to turn. */
  start(): void {
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
    this.#turn();
  }

  /**
   * Shares other checks from now on, with those who have the same. Which of these
   * are run, its assignment says.
   */
  configure(profile: Profile, vantages: readonly Vantage[]): void {
    this.#assignment = new Assignment(vantages);
    this.membership.configure(profile);
    this.#assignment.update(this.membership, monotonicTime());
  }

  /** Leaves the cluster: others run what was run here as soon as they see it. */
  async leave(isConnected: boolean): Promise<void> {
    if (this.#timer === undefined) return;
    this.teller.stepDown();
    this.membership.leave();
    this.#turn();
    await patience(
      this.#left.promise,
      isConnected ? LEAVE_MS : LEAVE_ALONE_MS,
    );
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Does something, and what follows of it. */
  #run(action: () => void): void {
    this.#try(() => {
      action();
      this.#settle();
    });
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Does what follows of all changes that come at the same time. */
  #settleSoon(): void {
    if (this.#willSettle) return;
    this.#willSettle = true;
    queueMicrotask(() => {
      this.#willSettle = false;
      this.#try(() => this.#settle());
    });
  }

  /** Does all that is due now. */
  #turn(): void {
    const { membership, teller } = this;
    this.#run(() => {
      if (!this.#options.isOpen()) membership.leave();
      for (const request of membership.requests(monotonicTime())) {
        this.#members.send(request, (answer) =>
          this.#run(() => {
            const now = monotonicTime();
            membership.answered(request, answer, now);
            if (answer.type === "unreachable") teller.unheard(now);
          }));
      }
      for (const request of teller.requests(monotonicTime())) {
        this.#tellers.send(
          request,
          (answer) =>
            this.#run(() => teller.answered(request, answer, monotonicTime())),
        );
      }
    });
    if (membership.stage === "leaving" && this.#assignment.handingOver === 0) {
      membership.depart();
    }
    if (membership.stage === "left" && teller.isGone) this.#left.resolve();
  }

  #settle(): void {
    const isTold = this.tells || this.teller.holder !== null;
    this.#untoldAt = isTold ? null : this.#untoldAt ?? monotonicTime();
    const changes = this.#assignment.update(this.membership, monotonicTime());
    if (changes.start.length > 0 || changes.hold.length > 0) {
      this.#options.onShare(changes);
    }
    this.#options.onChange();
  }
}
