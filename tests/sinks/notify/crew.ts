/**
 * Agents of which one tells, in one process: each has a fleet of its own that takes
 * over what a common one finds, and a view of the values that they share.
 *
 * @module
 */

import type { Telling } from "../../../src/core/cluster/status.ts";
import type { Outcome } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import type { Kept } from "../../../src/fleet/past/kept.ts";
import type { Step } from "../../../src/fleet/step.ts";
import { Notifiers } from "../../../src/sinks/notify/notifiers.ts";
import { type NotifyValue, specsOf } from "../../../src/sinks/notify/spec.ts";
import { scripted } from "../../support/probes.ts";

/** Says that an agent tells as long as it is told to. */
export class Switch implements Telling {
  readonly #callbacks = new Set<() => void>();
  isOn: boolean;

  constructor(isOn = false) {
    this.isOn = isOn;
  }

  tells(): boolean {
    return this.isOn;
  }

  onChange(callback: () => void, signal: AbortSignal): void {
    this.#callbacks.add(callback);
    signal.addEventListener("abort", () => this.#callbacks.delete(callback));
  }

  set(isOn: boolean): void {
    this.isOn = isOn;
    for (const callback of this.#callbacks) callback();
  }
}

/** Values that agents share: one of an older teller takes no newer one's place. */
export class Store {
  readonly values: Map<string, { by: number; value: string | null }> =
    new Map();
  readonly views: Set<View> = new Set();
  /** How often an agent has begun to tell. */
  terms = 0;
}

/** What an agent has of values that it shares, until it is killed. */
export interface Share {
  readonly kept: Kept;
  /** Nothing that the agent does counts any more. */
  kill(): void;
}

/** What one agent has of a store. */
class View implements Kept, Share {
  #by: number | null = null;
  readonly #listeners = new Set<() => void>();
  readonly kept: this = this;
  #isDead = false;

  constructor(readonly store: Store) {
    store.views.add(this);
  }

  list(prefix: string): [name: string, value: string][] {
    return [...this.store.values].flatMap(([name, { value }]) =>
      value === null || !name.startsWith(prefix) ? [] : [[name, value]]
    );
  }

  put(name: string, value: string | null): void {
    if (this.#isDead) return;
    const by = this.#by;
    if (by === null) throw new Error(`It has never told, and puts ${name}`);
    const { values, terms, views } = this.store;
    if (by < (values.get(name)?.by ?? 0)) return;
    values.set(name, { by, value });
    if (by === terms) return;
    for (const view of views) view.#hear(terms);
  }

  #hear(term: number): void {
    if (this.#by !== term) return;
    for (const listener of this.#listeners) setTimeout(listener, 5);
  }

  async written(): Promise<boolean> {
    await Promise.resolve();
    return true;
  }

  kill(): void {
    this.#isDead = true;
    this.store.views.delete(this);
  }

  async catchUp(): Promise<void> {
    await Promise.resolve();
    this.#by = ++this.store.terms;
  }

  onOthers(callback: () => void, signal: AbortSignal): void {
    this.#listeners.add(callback);
    signal.addEventListener("abort", () => this.#listeners.delete(callback));
  }
}

/** An agent of a {@linkcode Crew}. */
export class Agent {
  readonly fleet: Fleet;
  readonly notifiers: Notifiers;

  constructor(
    readonly telling: Switch,
    readonly share: Share,
    checks: readonly string[],
    notify: NotifyValue,
    onError: (error: unknown) => void,
  ) {
    this.fleet = new Fleet({ background: false, onError });
    this.fleet.share({
      acts: () => true,
      attempt: () => Promise.resolve(),
      receive() {},
    });
    const incidents = new Incidents(this.fleet, onError);
    const surroundings = { timeZone: "UTC", siteUrl: undefined };
    this.notifiers = new Notifiers({
      cluster: undefined,
      fleet: this.fleet,
      incidents,
      kept: share.kept,
      telling: this.telling,
      say() {},
      onError,
    }, surroundings);
    this.notifiers.set(specsOf(notify), surroundings);
    for (const id of checks) {
      this.fleet.add(scripted([{ verdict: "pass" }]), {
        id,
        retries: 1,
        interval: "1h",
      });
    }
    incidents.settle();
    this.notifiers.begin();
  }

  /** Takes over what was found elsewhere. */
  adopt({ id, after, result }: Step & { type: "end" }): void {
    this.fleet.adopt(id, {
      outcome: result.outcome,
      durationMs: result.durationMs,
      state: after,
      looker: { agent: "another" },
    });
  }

  /** Ends as if it were killed: nothing that it does counts any more. */
  kill(): void {
    this.share.kill();
    this.telling.isOn = false;
  }

  async close(): Promise<void> {
    await this.notifiers.close();
    await this.fleet.close();
  }
}

/** Some agents, and what they see. */
export class Crew implements AsyncDisposable {
  readonly errors: unknown[] = [];
  readonly agents: Agent[] = [];
  readonly #source = new Fleet({ background: false });
  readonly #last = new Map<string, Step & { type: "end" }>();
  readonly #killed: Agent[] = [];
  readonly #shareOf: (telling: Switch) => Share;

  constructor(
    readonly checks: readonly string[],
    readonly notify: NotifyValue,
    size: number,
    shareOf?: (telling: Switch) => Share,
  ) {
    const store = new Store();
    this.#shareOf = shareOf ?? (() => new View(store));
    this.#source.observe((step) => {
      if (step.type !== "end") return;
      this.#last.set(step.id, step);
      for (const agent of this.agents) agent.adopt(step);
    });
    for (const id of checks) {
      this.#source.add(scripted([{ verdict: "pass" }]), { id, retries: 1 });
      this.report(id, { verdict: "pass" });
    }
    for (let i = 0; i < size; i++) this.join();
  }

  /** Has another agent, which knows what the others do. */
  join(): void {
    const onError = (error: unknown) => void this.errors.push(error);
    const telling = new Switch();
    const share = this.#shareOf(telling);
    const agent = new Agent(
      telling,
      share,
      this.checks,
      this.notify,
      onError,
    );
    for (const step of this.#last.values()) agent.adopt(step);
    this.agents.push(agent);
  }

  /** The one that tells. */
  get teller(): Agent | undefined {
    return this.agents.find(({ telling }) => telling.isOn);
  }

  /** Kills the one that tells; another one joins. */
  kill(): void {
    const { teller } = this;
    if (teller === undefined) return;
    teller.kill();
    this.agents.splice(this.agents.indexOf(teller), 1);
    this.#killed.push(teller);
    this.join();
  }

  /** The names of the values that they share, as one of them has them. */
  get names(): string[] {
    const { kept } = this.agents[0]!.share;
    return Array.from(kept.list(""), ([name]) => name);
  }

  report(id: string, outcome: Outcome, at: Date = new Date()): void {
    this.#source.report(id, outcome, { at });
  }

  /** Takes over what another crew has found since they were parted. */
  learn(other: Crew): void {
    for (const step of other.#last.values()) {
      this.#last.set(step.id, step);
      for (const agent of this.agents) agent.adopt(step);
    }
  }

  isDown(id: string): boolean {
    return this.#source.get(id)!.status === "unhealthy";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.agents, ...this.#killed].map((agent) => agent.close()),
    );
    await this.#source.close();
    if (this.errors.length > 0) throw this.errors[0];
  }
}
