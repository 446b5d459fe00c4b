import type { State } from "../core/fields.ts";
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
import type { Probe, Snapshot } from "../core/types.ts";
import { wallTime } from "../io/clock.ts";
import type { AttemptResult } from "./attempt.ts";
import { type CheckRecord, redactState, savedStateOf } from "./record.ts";
import type { CheckInfo } from "./step.ts";

/** A check's name, and where it is shown. */
export interface CheckOptions extends PolicyOptions {
  /** The check's name. It defaults to the probe's target. */
  id?: string;
  /** The group it is shown under. */
  group?: string;
}

/** A probe with an id and a policy, and what is known of it by now. */
export class Check {
  readonly id: string;
  readonly probe: Probe;
  readonly policy: Policy;
  readonly #group: string | null;
  readonly #offsetMs: number | undefined;
  #state: State;
  #before: State;
  #due: number | null = null;
  #dueBefore: number | null = null;
  #latest = 0;
  #snapshot: Snapshot | null = null;

  /**
   * With `spread`, attempts keep to the id's own offset of the interval.
   *
   * @throws {OptionError} If an option is not valid, or the id is empty.
   * @throws {TypeError} If the probe is not one.
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
    this.policy = likeTheLast(parsePolicy(options));
    this.#group = options.group ?? null;
    this.#offsetMs = spread
      ? offsetOf(this.id, this.policy.intervalMs)
      : undefined;
    this.#state = this.#before = initialState(wallTime(), this.policy);
  }

  /** What it is called and what it looks at. */
  get info(): CheckInfo {
    const { type, target } = this.probe;
    return { id: this.id, group: this.#group, type, target };
  }

  /** Everything known of it now. Made only if somebody wants to know. */
  get snapshot(): Snapshot {
    return this.#snapshot ??= this.#toSnapshot(this.#state, this.#due);
  }

  /** Everything that was known of it before the last step. */
  get previous(): Snapshot {
    return this.#toSnapshot(this.#before, this.#dueBefore);
  }

  /** Where its machine is. */
  get state(): State {
    return this.#state;
  }

  /** Where its machine was before the last step. */
  get before(): State {
    return this.#before;
  }

  /**
   * Forgets what was only for telling of the last step: what was before it, and
   * a snapshot, which in many checks is as much as all the rest.
   */
  forgetStep(): void {
    this.#before = this.#state;
    this.#dueBefore = null;
    this.#snapshot = null;
  }

  /** When the next attempt is due, `null` for not at all. */
  get due(): number | null {
    return this.#due;
  }

  set due(due: number | null) {
    this.#due = due;
    this.#snapshot = null;
  }

  /**
   * Goes on from the state of another one, whose attempt in flight is given up,
   * if its type and target are the same; a running start period goes on as well.
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
   * Goes on from where it was before a restart, if it looked at the same. The
   * start period begins anew.
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

  /** An attempt begins. */
  begin(): void {
    this.#step({ type: "start", at: wallTime() });
  }

  /** An attempt ends, `null` if it was aborted. */
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
   * A result comes from outside, of some time: no later than now, and no earlier
   * than the one before, so that time does not run backwards.
   */
  report({ outcome, durationMs }: AttemptResult, at: number): void {
    const { checkedAt } = this.#state;
    const time = Math.min(Math.max(at, checkedAt ?? at), wallTime());
    this.#step({ type: "report", at: time, durationMs, outcome });
  }

  /** Finds when the next attempt is due, after one that was due at `due`. */
  slotAfter(due: number): NextSlot {
    const delay = delayMs(this.#state, this.policy);
    return nextSlot({
      due,
      now: wallTime(),
      delayMs: delay,
      // Backoff and the start period have a rhythm of their own.
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

  /** A clock that was set back would prolong the start period. */
  #followClock(now: number): void {
    if (now < this.#latest) {
      this.#state = clockSet(this.#state, now - this.#latest);
    }
    this.#latest = now;
  }

  #toSnapshot(state: State, due: number | null): Snapshot {
    const snapshot = {
      id: this.id,
      group: this.#group,
      type: this.probe.type,
      target: this.probe.target,
      status: state.status,
      checking: state.checking,
      starting: state.starting,
      failures: state.failures,
      successes: state.successes,
      verdict: state.verdict,
      reason: state.reason,
      detail: state.detail,
      since: new Date(state.since),
      checkedAt: toDate(state.checkedAt),
      nextAt: toDate(due),
      durationMs: state.durationMs,
      attempts: state.attempts,
      transitions: state.transitions,
    };
    return Object.freeze(
      state.stale ? { ...snapshot, stale: true } : snapshot,
    );
  }
}

/** The policy that was made last. */
let last: Policy | undefined;

/** Takes the last policy again if it is the same: many in a row often are. */
function likeTheLast(policy: Policy): Policy {
  const keys = Object.keys(policy) as (keyof Policy)[];
  if (keys.some((key) => policy[key] !== last?.[key])) last = policy;
  return last!;
}

function toDate(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}
