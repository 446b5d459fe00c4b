import type { State } from "../../../core/state.ts";
import type { Ping } from "../../../core/types.ts";
import type { Fleet } from "../../../fleet/fleet.ts";
import type { Looker, SharedState, Sharing } from "../../../fleet/sharing.ts";
import type { Step } from "../../../fleet/step.ts";
import { monotonicTime } from "../../../io/clock.ts";
import type { Found } from "./found.ts";
import { Pings } from "./pings.ts";
import { USUAL_MS } from "./records.ts";

/**
 * How much a result matters.
 *
 * - `transition`: the status is another one.
 * - `news`: an agent that took over without it would judge otherwise.
 * - `usual`: it is like the one before.
 */
export type Weight = "transition" | "news" | "usual";

/** The other agents, as a {@linkcode Board} needs them. */
export interface Peers {
  /** Whether attempts may be made now. */
  acts(): boolean;
  /** Tells what this agent has found of a check. */
  tell(id: string, found: Found, weight: Weight): void;
  /** Has the agent that runs a check try it now. */
  attempt(id: string): Promise<void>;
  /** Passes on a ping to the agent that runs its check. */
  ping(id: string, ping: Ping): void;
}

/** The checks of one fleet, as far as they are shared with other agents. */
export class Board implements Sharing {
  readonly #fleet: Fleet;
  readonly #self: Looker;
  readonly #peers: Peers;
  readonly #pings = new Pings();
  /** The agents that were last seen to run a check, if not this one. */
  readonly #others = new Map<string, string>();
  /** How many attempts were made of each check, as far as is known. */
  readonly #attempts = new Map<string, number>();
  #takeovers = 0;

  /** Shares the checks of a fleet from now on, before it has any. */
  constructor(fleet: Fleet, self: Looker, peers: Peers, signal: AbortSignal) {
    this.#fleet = fleet;
    this.#self = self;
    this.#peers = peers;
    fleet.share(this);
    fleet.observe((step) => this.#note(step), { signal });
  }

  /** How many checks were taken over from other agents. */
  get takeovers(): number {
    return this.#takeovers;
  }

  acts(): boolean {
    return this.#peers.acts();
  }

  attempt(id: string): Promise<void> {
    return this.#peers.attempt(id);
  }

  receive(id: string, ping: Ping): void {
    this.#pings.keep(id, ping, monotonicTime());
    this.#peers.ping(id, ping);
  }

  /** A ping came to another agent. It is kept for when this one takes over. */
  hear(id: string, ping: Ping): void {
    if (!this.#fleet.isOpen) return;
    if (this.#fleet.probe(id)?.follow === undefined) return;
    if (this.runs(id)) this.#fleet.receive(id, ping);
    else this.#pings.keep(id, ping, monotonicTime());
  }

  /** Whether this agent runs a check. */
  runs(id: string): boolean {
    return this.#fleet.isHeld(id) === false;
  }

  /**
   * Runs a check from now on, if the fleet has it and is not closed. An agent that
   * is there has run it until now: it may have made attempts that are in no record
   * yet.
   */
  run(id: string, isThere: (agent: string) => boolean = () => false): void {
    if (!this.#fleet.isOpen || this.#fleet.isHeld(id) !== true) return;
    const other = this.#others.get(id);
    if (this.#others.delete(id)) this.#takeovers++;
    const isInOrder = other !== undefined && isThere(other) &&
      this.#fleet.policy(id)!.intervalMs < USUAL_MS;
    this.#fleet.release(id, this.#self, { lateMs: isInOrder ? USUAL_MS : 0 });
    // Who ran it may not have had them.
    for (const ping of this.#pings.take(id, monotonicTime())) {
      this.#fleet.receive(id, ping);
    }
  }

  /** Another agent has run a check, as its record says. */
  wasRun(id: string, agent: string): void {
    if (!this.runs(id)) this.#others.set(id, agent);
  }

  /** Leaves a check to others, if the fleet has it. */
  hold(id: string): void {
    if (this.runs(id)) this.#fleet.hold(id);
  }

  /**
   * Takes over what another agent has found, unless the check runs here, or the
   * fleet is closed: the others go on. Of one that does not own the check,
   * only what is newer is taken: it may have left the check to another one since.
   */
  adopt(
    id: string,
    { outcome, state, memory }: Found,
    looker: Looker,
    isOwner: boolean,
  ): void {
    if (!this.#fleet.isOpen || this.#fleet.isHeld(id) !== true) return;
    const known = this.#attempts.get(id) ?? -1;
    if (!isOwner && state.attempts <= known) return;
    if (state.attempts === known && this.#has(id, state)) {
      return this.trust(id, () => {});
    }
    this.#fleet.adopt(id, {
      outcome,
      durationMs: state.durationMs,
      state,
      looker,
      ...(memory !== undefined && { memory }),
    });
    this.#others.set(id, looker.agent);
    this.#attempts.set(id, state.attempts);
    this.#pings.heard(id, monotonicTime());
  }

  /**
   * Takes a state from before a restart for a current one, if its result is not too
   * old: the agent that runs the check lives.
   */
  trust(id: string, onError: (error: unknown) => void): void {
    const policy = this.#fleet.policy(id);
    if (policy === undefined) return;
    const maxAge = USUAL_MS + 2 * policy.intervalMs + policy.timeoutMs;
    this.#fleet.attempt(id, { maxAge }).catch(onError);
  }

  /** Whether a state is the one that is known, such as of a record. */
  #has(id: string, { checkedAt, verdict }: SharedState): boolean {
    const known = this.#fleet.get(id);
    return known !== undefined && known.verdict === verdict &&
      (known.checkedAt?.getTime() ?? null) === checkedAt;
  }

  #note(step: Step): void {
    switch (step.type) {
      case "end": {
        const { id, before, after, looker, result: { outcome } } = step;
        if (looker !== undefined) return;
        this.#attempts.set(id, after.attempts);
        const found = { outcome, state: after, ...this.#memoryOf(id) };
        this.#peers.tell(id, found, weightOf(before, after));
        return;
      }
      case "join":
      case "replace":
        this.#attempts.set(step.id, step.after.attempts);
        return;
      case "remember":
        return this.#remembered(step.id);
      case "leave":
        this.#others.delete(step.id);
        this.#attempts.delete(step.id);
        this.#pings.forget(step.id);
        return;
    }
  }

  #memoryOf(id: string): Pick<Found, "memory"> {
    if (this.#fleet.probe(id)?.follow === undefined) return {};
    const memory = this.#fleet.record(id)?.memory;
    return memory === undefined ? {} : { memory };
  }

  /** Tells what a passive probe remembers now. */
  #remembered(id: string): void {
    const record = this.#fleet.record(id);
    if (record === undefined || !this.runs(id)) return;
    const { memory } = record;
    this.#peers.tell(id, {
      outcome: null,
      state: { ...record, starting: false, firstAt: null },
      ...(memory !== undefined && { memory }),
    }, "news");
  }
}

function weightOf(before: State, after: State): Weight {
  if (before.status !== after.status || before.stale) return "transition";
  const isNews = before.verdict !== after.verdict ||
    before.reason?.code !== after.reason?.code ||
    before.starting !== after.starting ||
    // On the way to another status, each result counts.
    (after.status === "unhealthy"
      ? after.successes > 0
      : (after.verdict === "pass") !== (after.status === "healthy"));
  return isNews ? "news" : "usual";
}
