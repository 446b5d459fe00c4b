import type { State } from "../core/state.ts";
import {
  clockSet,
  delayMs,
  type Event,
  initialState,
  step,
} from "../core/machine.ts";
import { OptionError } from "../core/option_error.ts";
import {
  parsePolicy,
  type Policy,
  type PolicyOptions,
} from "../core/policy.ts";
import { type NextSlot, nextSlot, offsetOf } from "../core/schedule.ts";
import type { Caption, Probe, Snapshot } from "../core/types.ts";
import { captionOf } from "../core/people/caption.ts";
import { wallTime } from "../io/clock.ts";
import type { AttemptResult } from "./attempt.ts";
import { type CheckRecord, redactState, savedStateOf } from "./record.ts";
import type { Looker, SharedState } from "./sharing.ts";
import { snapshotOf } from "./snapshot.ts";
import type { CheckInfo } from "./step.ts";

/** Options for a check. */
export interface CheckOptions extends PolicyOptions {
  /** The check's name for programs. It defaults to the probe's target. */
  id?: string;
  /** What people call it. It defaults to the id. */
  name?: string;
  /** What it is about, for people. */
  description?: string;
  /** Where people find more: a URL with `http:`, `https:` or `mailto:`. */
  link?: string;
  /** The group it is shown under. */
  group?: string;
}

/** A probe with an id, a policy and a state. */
export class Check {
  readonly id: string;
  readonly probe: Probe;
  readonly policy: Policy;
  readonly #caption: Caption;
  readonly #group: string | null;
  readonly #offsetMs: number | undefined;
  #state: State;
  #before: State;
  #due: number | null = null;
  #dueBefore: number | null = null;
  #latest = 0;
  #snapshot: Snapshot | null = null;
  #looker: Looker | null = null;

  /**
   * With `spread`, attempts keep to the id's own offset in the interval.
   *
   * @throws {OptionError} If an option is not valid, or the id is empty.
   * @throws {TypeError} If the probe is not a probe.
   */
  constructor(probe: Probe, options: CheckOptions, spread: boolean) {
    if (typeof probe !== "function") {
      throw new TypeError(`Expected a probe, got ${typeof probe}`);
    }
    if (typeof probe.type !== "string" || typeof probe.target !== "string") {
      throw new TypeError(
        "Expected a probe with a type and a target: probe() makes one",
      );
    }
    this.id = options.id ?? probe.target;
    if (typeof this.id !== "string" || this.id === "") {
      throw new OptionError("id", "expected an id, got an empty one");
    }
    this.probe = probe;
    this.policy = likeTheLast(parsePolicy(
      this.isPassive ? { ...options, retries: options.retries ?? 1 } : options,
    ));
    this.#caption = captionOf(options);
    this.#group = options.group ?? null;
    this.#offsetMs = spread
      ? offsetOf(this.id, this.policy.intervalMs)
      : undefined;
    this.#state = this.#before = initialState(wallTime(), this.policy);
  }

  /** What it is called and what it looks at. */
  get info(): CheckInfo {
    const { type, target } = this.probe;
    return { id: this.id, ...this.#caption, group: this.#group, type, target };
  }

  /** Whether its probe reports by itself. */
  get isPassive(): boolean {
    return this.probe.follow !== undefined;
  }

  /** What is known of it now. It is made only when it is read. */
  get snapshot(): Snapshot {
    return this.#snapshot ??= this.#toSnapshot(this.#state, this.#due);
  }

  /** What was known of it before the last step. */
  get previous(): Snapshot {
    return this.#toSnapshot(this.#before, this.#dueBefore);
  }

  /** The state of its machine. */
  get state(): State {
    return this.#state;
  }

  /** The state of its machine before the last step. */
  get before(): State {
    return this.#before;
  }

  /**
   * Forgets the state before the last step and the snapshot, once observers have
   * been called: a snapshot takes as much memory as all the rest.
   */
  forgetStep(): void {
    this.#before = this.#state;
    this.#dueBefore = null;
    this.#snapshot = null;
  }

  /** Which agent looks at it; `null` if there is only this one. */
  get looker(): Looker | null {
    return this.#looker;
  }

  set looker(looker: Looker | null) {
    this.#looker = looker;
    this.#snapshot = null;
  }

  /** When the next attempt is due; `null` if none is planned. */
  get due(): number | null {
    return this.#due;
  }

  set due(due: number | null) {
    this.#due = due;
    this.#snapshot = null;
  }

  /**
   * Takes over the state of another check, whose attempt in flight is given up,
   * if the types and targets are the same. A running start period goes on.
   */
  resume(other: Check): boolean {
    if (!this.#looksAt(other.probe)) return false;
    const { state } = other;
    this.#latest = other.#latest;
    this.#state = this.#before = {
      ...redactState(state, this.probe.secrets),
      checking: false,
      starting: this.policy.startPeriodMs > 0 &&
        (state.starting || state.attempts === 0),
    };
    return true;
  }

  /**
   * Takes over the state from before a restart, if the types and targets are the
   * same. The start period begins anew.
   */
  restore(record: CheckRecord): boolean {
    if (!this.#looksAt(record)) return false;
    this.#state = this.#before = {
      ...this.#state,
      ...redactState(savedStateOf(record), this.probe.secrets),
      stale: true,
    };
    return true;
  }

  /**
   * Takes a result from before a restart for a current one. Returns `false` if it
   * is current already.
   */
  trust(): boolean {
    const { stale, ...state } = this.#state;
    if (!stale) return false;
    this.#before = this.#state;
    this.#state = state;
    this.#snapshot = null;
    return true;
  }

  /** An attempt begins. */
  begin(): void {
    this.#step({ type: "start", at: wallTime() });
  }

  /** An attempt ends; its result is `null` if it was given up. */
  end(result: AttemptResult | null): void {
    const at = wallTime();
    this.#step(
      result === null ? { type: "abort", at } : {
        type: "end",
        at,
        durationMs: result.durationMs,
        outcome: result.outcome,
      },
    );
  }

  /**
   * A result comes from outside. Its time is at most now, and at least that of
   * the last result, so that time does not run backwards.
   */
  report({ outcome, durationMs }: AttemptResult, at: number): void {
    const { checkedAt } = this.#state;
    const time = Math.min(Math.max(at, checkedAt ?? at), wallTime());
    this.#step({ type: "report", at: time, durationMs, outcome });
  }

  /**
   * Takes over the state that another agent has come to with a result. The time of
   * that is at most now, and at least that of the last result, which may be from a
   * record whose clock was wrong.
   */
  takeState(state: SharedState): void {
    const now = wallTime();
    const known = Math.min(this.#state.checkedAt ?? 0, now);
    const at = Math.min(state.checkedAt ?? now, now);
    this.#before = this.#state;
    this.#dueBefore = this.#due;
    this.#state = {
      ...redactState(state, this.probe.secrets),
      checking: this.#state.checking,
      checkedAt: Math.max(at, known),
    };
    this.#snapshot = null;
  }

  /** Finds the slot after the one that was due at `due`. */
  slotAfter(due: number): NextSlot {
    const delay = delayMs(this.#state, this.policy);
    return nextSlot({
      due,
      now: wallTime(),
      delayMs: delay,
      // The offset is one in the usual interval.
      offsetMs: delay === this.policy.intervalMs ? this.#offsetMs : undefined,
    });
  }

  #looksAt({ type, target }: Pick<Probe, "type" | "target">): boolean {
    return type === this.probe.type && target === this.probe.target;
  }

  #step(event: Event): void {
    // A report may be of an earlier time.
    if (this.#state.starting) this.#followClock(wallTime());
    this.#before = this.#state;
    this.#dueBefore = this.#due;
    this.#state = step(this.#state, event, this.policy);
    this.#snapshot = null;
  }

  /** Moves the start period if the clock was set back: it would last longer. */
  #followClock(now: number): void {
    if (now < this.#latest) {
      this.#state = clockSet(this.#state, now - this.#latest);
    }
    this.#latest = now;
  }

  #toSnapshot(state: State, due: number | null): Snapshot {
    return snapshotOf(this.info, state, due, this.#looker);
  }
}

/** The policy that was parsed last. */
let last: Policy | undefined;

/** Shares the last policy if it is the same, as many checks often have one. */
function likeTheLast(policy: Policy): Policy {
  const keys = Object.keys(policy) as (keyof Policy)[];
  if (keys.some((key) => policy[key] !== last?.[key])) last = policy;
  return last!;
}
