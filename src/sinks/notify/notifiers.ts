import { isDeepStrictEqual } from "node:util";
import type { ClusterLog, Telling } from "../../core/cluster/status.ts";
import { Desk } from "../../core/notify/desk.ts";
import type { NotifierPolicy } from "../../core/notify/policy.ts";
import type { Message } from "../../core/notify/message.ts";
import type {
  NotificationLog,
  NotifierStatus,
} from "../../core/notify/status.ts";
import type { Say } from "../../core/say.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { IncidentLog } from "../../fleet/past/incident_log.ts";
import type { Kept } from "../../fleet/past/kept.ts";
import { Zone } from "../../io/calendar/zone.ts";
import { wallTime } from "../../io/clock.ts";
import { denied } from "../../io/permission_flags.ts";
import { sleep } from "../../io/sleep.ts";
import { join } from "../../schema/issue.ts";
import { VERSION } from "../../version.ts";
import { Follower } from "./follower.ts";
import { makeLetter } from "./letter/letter.ts";
import { Notifier } from "./notifier.ts";
import type { Letter } from "./receiver.ts";
import { RECEIVERS } from "./receivers/table.ts";
import type { Destination } from "./sending/deliver.ts";
import { Shelf } from "./shelf.ts";
import { type NotifierSpec, policyOf } from "./spec.ts";

/** How old the result of a check may be that tells of the agent's own network. */
const SELF_MAX_AGE_MS = 2000;

/** How long is waited for another one. */
const SELF_PATIENCE_MS = 15_000;

/** What notifiers follow, and where they keep what they know. */
export interface NotifiersContext {
  readonly fleet: Fleet;
  readonly incidents: IncidentLog;
  /** Where values outlive the process, if there is such a place. */
  readonly kept: Kept | undefined;
  /** Whether it is this agent that tells, if there are others. */
  readonly telling: Telling | undefined;
  /** The agents that share the checks, if there are others. */
  readonly cluster: ClusterLog | undefined;
  readonly say: Say;
  readonly onError: (error: unknown) => void;
}

/** What messages are made with. */
export interface Surroundings {
  /** The time zone of quiet times, and of the people who read. */
  readonly timeZone: string;
  /** Where the HTTP app is, as others see it, if that is known. */
  readonly siteUrl: string | undefined;
}

/** A notifier and what it was made of. */
interface Entry {
  readonly spec: NotifierSpec;
  readonly notifier: Notifier;
}

/**
 * The notifiers of a fleet, from their start to their end. Where one agent of many
 * tells, they are made anew when this one begins to, from what is kept then: like
 * after a restart. When another one is to tell, they end at once, and forget all.
 */
export class Notifiers implements NotificationLog {
  readonly #context: NotifiersContext;
  readonly #follower: Follower;
  readonly #shelf: Shelf;
  #surroundings: Surroundings;
  #zone: Zone;
  /** The notifiers that there are to be, in their order. */
  #specs: readonly NotifierSpec[] = [];
  /** The notifiers, in the order of the config. */
  #entries = new Map<string, Entry>();
  /** Those that there were: they may come back. */
  readonly #gone = new Map<string, Entry>();
  readonly #closing = new AbortController();
  #hasBegun = false;
  /** The time in which this agent tells; `null` if another does. */
  #term: AbortController | null = null;
  /** Whether it has made its notifiers. */
  #isOn: boolean;
  /** Resolves once those of before send nothing any more. */
  #ended: Promise<unknown> = Promise.resolve();

  /** Follows a fleet from now on, without notifiers yet. */
  constructor(context: NotifiersContext, surroundings: Surroundings) {
    const { fleet, incidents, kept, telling, cluster, onError } = context;
    this.#context = context;
    this.#surroundings = surroundings;
    this.#zone = new Zone(surroundings.timeZone);
    this.#follower = new Follower(fleet, incidents, cluster);
    this.#shelf = new Shelf(kept, onError);
    this.#isOn = telling === undefined;
    telling?.onChange(() => this.#take(), this.#closing.signal);
  }

  list(): readonly NotifierStatus[] {
    if (!this.#isOn) return this.#shelf.statuses(this.#specs);
    return Array.from(this.#entries.values(), (it) => it.notifier.status());
  }

  /** Begins to tell, once the fleet has its checks. */
  begin(): void {
    this.#hasBegun = true;
    this.#follower.begin();
    for (const { notifier } of this.#entries.values()) notifier.resume();
    this.#take();
  }

  /** Has these notifiers from now on. */
  set(specs: readonly NotifierSpec[], surroundings: Surroundings): void {
    const { timeZone } = this.#surroundings;
    const isZoneNew = surroundings.timeZone !== timeZone;
    this.#surroundings = surroundings;
    if (isZoneNew) this.#zone = new Zone(surroundings.timeZone);
    for (const spec of specs) {
      const before = this.#specs.find(({ name }) => name === spec.name);
      if (!isDeepStrictEqual(before, spec)) this.#sayDenied(spec);
    }
    this.#specs = specs;
    if (this.#isOn) this.#apply(isZoneNew);
  }

  #apply(isZoneNew: boolean): void {
    const specs = this.#specs;
    const before = this.#entries;
    this.#entries = new Map();
    for (const spec of specs) {
      const known = before.get(spec.name);
      before.delete(spec.name);
      if (known === undefined) {
        this.#add(spec);
        continue;
      }
      const { notifier } = known;
      this.#entries.set(spec.name, { spec, notifier });
      const isNew = !isDeepStrictEqual(known.spec, spec);
      if (isNew || isZoneNew) this.#change(notifier, spec);
    }
    for (const [name, entry] of before) this.#remove(name, entry);
    this.#shelf.tidy(this.#entries.keys(), wallTime());
  }

  /** Sends what is due within a moment, and keeps the rest. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#follower[Symbol.dispose]();
    this.#term?.abort();
    this.#end();
    await this.#ended;
  }

  /** Makes notifiers or ends them, if this agent tells only now, or not any more. */
  #take(): void {
    const { telling, onError } = this.#context;
    if (telling === undefined || !this.#hasBegun) return;
    if (telling.tells() === (this.#term !== null)) return;
    if (this.#term === null) {
      this.#term = new AbortController();
      void this.#begin(this.#term).catch(onError);
    } else {
      this.#term.abort();
      this.#term = null;
      this.#end();
    }
  }

  /** Makes the notifiers of what is kept, once that is known. */
  async #begin(term: AbortController): Promise<void> {
    const { kept } = this.#context;
    const { signal } = term;
    await this.#ended;
    await this.#shelf.catchUp();
    if (signal.aborted) return;
    this.#isOn = true;
    this.#apply(false);
    kept?.onOthers?.(() => {
      if (signal.aborted) return;
      term.abort();
      this.#end();
      this.#term = null;
      this.#take();
    }, signal);
  }

  /** Ends the notifiers; what they are sending may end. */
  #end(): void {
    const all = [...this.#entries.values(), ...this.#gone.values()];
    for (const { notifier } of all) this.#follower.remove(notifier);
    this.#ended = Promise.all([
      this.#ended,
      ...all.map(({ notifier }) => notifier.pause()),
    ]);
    if (this.#context.telling === undefined) return;
    this.#isOn = false;
    this.#entries.clear();
    this.#gone.clear();
  }

  #add(spec: NotifierSpec): void {
    const { name } = spec;
    const gone = this.#gone.get(name);
    this.#gone.delete(name);
    const notifier = gone?.notifier ?? this.#make(spec);
    if (gone !== undefined) this.#change(notifier, spec);
    this.#entries.set(name, { spec, notifier });
    this.#follower.add(notifier);
    if (this.#hasBegun) notifier.resume();
  }

  #make(spec: NotifierSpec): Notifier {
    const { incidents, onError } = this.#context;
    const { name } = spec;
    const shelf = this.#shelf;
    const policy = this.#policyOf(spec);
    const desk = new Desk({
      policy,
      dependsOnOthers: (check) => incidents.dependsOnOthers(check),
      saved: shelf.saved(name),
      save: (key, value) => shelf.save(name, key, value),
    });
    return new Notifier(
      {
        name,
        desk,
        scene: this.#follower,
        trySelf: (checks) => this.#trySelf(checks),
        written: () => shelf.written(),
        tells: () => this.#context.telling?.tells() ?? true,
        toLetter: (message) => this.#letterOf(message, name),
        onError,
      },
      policy,
      this.#destinationOf(spec),
    );
  }

  #change(notifier: Notifier, spec: NotifierSpec): void {
    notifier.change(this.#policyOf(spec), this.#destinationOf(spec));
    // It may be for others now.
    if (this.#hasBegun) this.#follower.meet(notifier);
  }

  #remove(name: string, entry: Entry): void {
    this.#follower.remove(entry.notifier);
    this.#gone.set(name, entry);
    void entry.notifier.pause();
  }

  /** Says which permissions are missing, before something is to be sent. */
  #sayDenied(spec: NotifierSpec): void {
    const { receiver, options, say } = this.#destinationOf(spec);
    const why = denied(receiver.needs(options));
    if (why !== undefined) say(`cannot send: ${why}`, "warn");
  }

  #policyOf(spec: NotifierSpec): NotifierPolicy {
    return policyOf(spec, this.#surroundings.timeZone);
  }

  #destinationOf({ name, type, options }: NotifierSpec): Destination {
    const { say } = this.#context;
    const path = join("notify", name);
    return {
      receiver: RECEIVERS[type]!,
      options,
      say: (message, level) => say(`${path}: ${message}`, level),
    };
  }

  #letterOf(message: Message, notifier: string): Letter {
    return makeLetter(message, {
      now: wallTime(),
      zone: this.#zone,
      siteUrl: this.#surroundings.siteUrl,
      agent: `lifesign/${VERSION}`,
      notifier,
      nameOf: (check) => this.#context.fleet.get(check)?.name ?? check,
    });
  }

  /** Tries some checks, and waits until it is known how they are, or long enough. */
  async #trySelf(checks: readonly string[]): Promise<void> {
    const { fleet } = this.#context;
    const end = new AbortController();
    const signal = AbortSignal.any([end.signal, this.#closing.signal]);
    void sleep(SELF_PATIENCE_MS, signal).then(() => end.abort());
    // One may be removed meanwhile, or the fleet closed.
    await Promise.allSettled(
      checks.map((id) =>
        fleet.attempt(id, { maxAge: SELF_MAX_AGE_MS, signal })
      ),
    );
    end.abort();
  }
}
