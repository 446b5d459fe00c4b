import { delayMs } from "../core/machine.ts";
import type { Json } from "../core/json.ts";
import type { Secrets } from "../core/secrets.ts";
import type { Followed, Probe, Status } from "../core/types.ts";
import { wallTime } from "../io/clock.ts";
import type { Entry } from "../io/agenda.ts";
import type { Deferred } from "../io/deferred.ts";
import type { Attempt, AttemptResult } from "./attempt.ts";
import { Check } from "./check.ts";
import { type Emit, parseEmit } from "./watch/emit.ts";
import { AttemptRing, type History } from "./history.ts";
import type { MonitorOptions } from "./monitor.ts";
import type { Adopted } from "./sharing.ts";
import { type CheckRecord, redactHistory, savedStateOf } from "./record.ts";

/** A check in a fleet. */
export class Member extends Check implements Entry {
  place = -1;
  order = 0;
  readonly emit: Emit;
  readonly onChange: MonitorOptions["onChange"];
  /**
   * Whether it waits for a permit, has an attempt in flight, or has a result
   * while its probe has not come to rest yet.
   */
  activity: "idle" | "waiting" | "trying" | "resting" = "idle";
  /** Whether its last attempt was given up. */
  wasGivenUp = false;
  /** The attempt in flight, until its probe has come to rest. */
  attempt: Attempt | null = null;
  /** Resolves when there is a result; `null` if nobody waits for one. */
  result: Deferred<void> | null = null;
  /** Its past attempts. */
  past: AttemptRing | null = null;
  /** Resolves when its last attempt has come to rest, once it was removed. */
  retiring: Promise<void> | null = null;
  /** Whether it was removed from the fleet, or replaced. */
  removed = false;
  /** Whether another agent runs it, so that no attempts are made here. */
  held = false;
  /** What its passive probe remembers. */
  memory: Json | undefined;
  /** What its passive probe follows. */
  followed: Followed | null = null;
  /** Ends that. */
  following: Disposable | null = null;
  /** Stops listening to the signal of its options. */
  unlisten: (() => void) | null = null;

  constructor(probe: Probe, options: MonitorOptions) {
    super(probe, options, true);
    this.emit = parseEmit(options.emit);
    this.onChange = options.onChange;
  }

  /** Its status; `unknown` if that is from before a restart. */
  get currentStatus(): Status {
    const { stale, status } = this.state;
    return stale ? "unknown" : status;
  }

  /** The host and port that its probe connects to, if its permissions name one. */
  get host(): string | undefined {
    for (const permission of this.probe.permissions) {
      if (permission.name === "net") return permission.host;
    }
    return undefined;
  }

  /** Notes a result, which was just taken, among its past ones. */
  note({ outcome: { verdict, reason }, durationMs }: AttemptResult): void {
    this.past ??= new AttemptRing();
    this.past.note({
      verdict,
      at: this.state.checkedAt!,
      durationMs,
      ...(reason !== undefined && { reason }),
    });
  }

  /** Calls back when a signal aborts, unless it was removed before. */
  listen(signal: AbortSignal | undefined, leave: () => void): void {
    if (signal === undefined) return;
    signal.addEventListener("abort", leave, { once: true });
    this.unlisten = () => signal.removeEventListener("abort", leave);
  }

  /** What to save of it; nothing before there is something. */
  get record(): CheckRecord | undefined {
    const { id, probe: { type, target }, state, memory, history } = this;
    if (state.attempts === 0 && memory === undefined) return undefined;
    return {
      id,
      type,
      target,
      ...savedStateOf(state),
      history,
      ...(memory !== undefined && { memory }),
    };
  }

  /**
   * Takes over state and history, unless the other one has another target. What is
   * remembered stays if only the target is another one.
   */
  override resume(other: Member): boolean {
    this.#remember(other.probe, other.memory);
    if (!super.resume(other)) return false;
    const { secrets } = this.probe;
    const isSame = secrets === undefined || other.past === null ||
      other.probe.secrets?.equals(secrets);
    this.past = isSame ? other.past : pastOf(other.history, secrets);
    return true;
  }

  /** Takes over a record, likewise. */
  override restore(record: CheckRecord): boolean {
    this.#remember(record, record.memory);
    if (!super.restore(record)) return false;
    // What it remembers says how the target is.
    if (this.memory !== undefined) this.trust();
    this.past = pastOf(record.history, this.probe.secrets);
    return true;
  }

  /** Takes over what another agent has found, with the state of its machine. */
  adopt(result: AttemptResult, { state, looker }: Adopted): void {
    this.looker = looker;
    this.takeState(state);
    this.note(result);
    if (this.isPassive) return;
    // It began when it was due, or a moment later.
    const began = this.state.checkedAt! - (result.durationMs ?? 0);
    // A timer for a part of a millisecond would fire before it.
    this.due = this.slotAfter(Math.round(began)).due;
  }

  /**
   * When the next attempt is due of one that another agent has run until now. One
   * that is late, but by no more than `lateMs`, is made in the next slot.
   */
  dueAfterHold(now: number, lateMs: number): number {
    const { stale, checkedAt } = this.state;
    // What was restored has no plan.
    const due = this.due ??
      (checkedAt === null
        ? null
        : checkedAt + delayMs(this.state, this.policy));
    const isUncertain = stale === true && lateMs === 0;
    if (due === null || due < now - lateMs || isUncertain) return now;
    const slot = this.slotAfter(now).due;
    // The clock may have been set back meanwhile.
    return due < now ? slot : Math.min(due, slot);
  }

  #remember({ type }: Pick<Probe, "type">, memory: Json | undefined): void {
    if (type === this.probe.type && this.isPassive) this.memory = memory;
  }

  /** How old its last result is, in milliseconds. If the clock was set back, the
   * result counts as old as well. */
  get ageMs(): number {
    const { checkedAt } = this.state;
    return checkedAt === null ? Infinity : Math.abs(wallTime() - checkedAt);
  }

  get history(): History {
    return this.past?.take() ?? { attempts: [], passed: 0, failed: 0 };
  }
}

/** Makes a ring of a past that another probe or another run noted. */
function pastOf(history: History, secrets: Secrets | undefined): AttemptRing {
  const ring = new AttemptRing();
  ring.resume(redactHistory(history, secrets));
  return ring;
}
