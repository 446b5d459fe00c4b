import type { Changes } from "../../core/cluster/assignment.ts";
import type {
  CheckPlan,
  ClusterLog,
  Telling,
} from "../../core/cluster/status.ts";
import type { Vantage } from "../../core/cluster/vantage.ts";
import type { Profile } from "../../core/cluster/view.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import type { Looker } from "../../fleet/sharing.ts";
import { VERSION } from "../../version.ts";
import type { Identity } from "./identity.ts";
import { Lag } from "./lag.ts";
import type { Link } from "./link.ts";
import { Log } from "./log.ts";
import { Loop } from "./loop.ts";
import { parseMember, parseTeller } from "./register_values.ts";
import { REPORT_MS, Roster } from "./roster.ts";
import { Board, type Peers, type Weight } from "./shared/board.ts";
import type { Found } from "./shared/found.ts";
import { type Batch, Inbox } from "./shared/inbox.ts";
import { Journal } from "./shared/journal.ts";
import { Outbox } from "./shared/outbox.ts";
import { keyOf, type Place, placed } from "./shared/place.ts";
import { Questions } from "./shared/questions.ts";
import { Records, toCheckRecord } from "./shared/records.ts";
import { Regions } from "./shared/regions.ts";
import type { AddedCheck } from "../section.ts";

/** What a {@linkcode Cluster} needs. */
export interface ClusterOptions {
  readonly link: Link;
  readonly identity: Identity;
  readonly fleet: Fleet;
  /** The checks that the fleet is to have. */
  readonly plan: CheckPlan;
  readonly onError: (error: unknown) => void;
}

/** The most batches that are kept until the fleet has its checks. */
const MAX_EARLY = 1_000;

/** How old a result of a live agent may be, in milliseconds. */
const CURRENT_MS = 86_400_000;

/** One agent of a cluster: it shares the checks of its fleet with the others. */
export class Cluster implements Telling {
  /** What is known of it, for those who show it. */
  readonly log: ClusterLog;
  readonly #options: ClusterOptions;
  readonly #self: Looker;
  readonly #loop: Loop;
  readonly #board: Board;
  readonly #regions: Regions;
  readonly #roster: Roster;
  readonly #records: Records;
  readonly #journal: Journal;
  readonly #outbox: Outbox;
  readonly #inbox = new Inbox();
  /** Another text for each run of the program. */
  readonly #instance: string = crypto.randomUUID();
  readonly #end = new AbortController();
  readonly #listeners = new Set<() => void>();
  #plan: CheckPlan;
  #vantages: readonly Vantage[];
  /** The index of each vantage, by its key. */
  #indices: ReadonlyMap<string, number>;
  #told = false;
  #hasBegun = false;
  /** What others have found before. */
  readonly #early: Batch[] = [];
  #hasJoined = false;
  #viewNumber = -1;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ClusterOptions) {
    const { link, identity, fleet, plan, onError } = options;
    const { id, region } = identity;
    const { signal } = this.#end;
    const instance = this.#instance;
    this.#options = options;
    const self = { agent: id, ...(region !== null && { region }) };
    this.#self = self;
    this.#plan = plan;
    [this.#vantages, this.#indices] = placed(plan);
    const store = link.store("records");
    this.#records = new Records(
      store,
      (place, record) => {
        const { looker, found } = record;
        this.#adopt(place, found, looker, false);
      },
      onError,
      signal,
    );
    this.#journal = new Journal(store, self);
    const questions = new Questions(link, (place) => this.#ownerOf(place));
    const peersOf = (region: string | null): Peers => ({
      acts: () => this.#loop.acts,
      tell: (id, found, weight) => this.#tell([id, region], found, weight),
      attempt: (id) =>
        questions.attempt([id, region], this.#fleetOf(region).policy(id)),
      ping: (id, ping) => questions.ping(id, ping),
    });
    this.#board = new Board(fleet, self, peersOf(null), signal);
    this.#regions = new Regions({
      self,
      peers: peersOf(region),
      recordOf: (id) => this.#recordOf([id, region]),
      signal,
      onError,
    });
    questions.listen(id, {
      hear: (id, ping) => this.#board.hear(id, ping),
      attempt: async ([id, region]) => {
        const fleet = this.#fleetOf(region);
        if (fleet.isHeld(id) !== false) return;
        await fleet.attempt(id);
        this.#outbox.flush();
      },
    });
    this.#outbox = new Outbox({
      self,
      instance,
      maxBytes: () => link.maxBytes,
      publish: (batch) => link.publish("results", batch),
    }, plan.hash);
    this.#loop = new Loop({
      id,
      instance,
      profile: this.#profile,
      vantages: this.#vantages,
      members: (events) => link.register("members", parseMember, events),
      tellers: (events) => link.register("tellers", parseTeller, events),
      onShare: (changes) => this.#share(changes),
      onChange: () => this.#changed(),
      onError,
    });
    this.#roster = new Roster(link, id);
    this.log = new Log({
      link,
      identity,
      loop: this.#loop,
      board: this.#board,
      roster: this.#roster,
      looks: this.#regions.looks,
      vantages: () => this.#vantages,
      profile: () => this.#profile,
    });
    link.subscribe("results", (value) => this.#receive(value));
  }

  /** What was known of the checks before, by their ids; once it was read. */
  get records(): Pick<ReadonlyMap<string, CheckRecord>, "has" | "get"> {
    return {
      has: (id) => this.#records.known.has(keyOf([id, null])),
      get: (id) => this.#recordOf([id, null]),
    };
  }

  /** Reads what is known of the checks, before they are added. */
  async read(): Promise<void> {
    await this.#records.read();
  }

  /** Takes a check, and returns what the fleet is to have of it. */
  wrap(check: AddedCheck): AddedCheck {
    return this.#regions.wrap(check);
  }

  /** Joins the others, once the fleet has its checks. */
  begin(): void {
    for (const { looker, found, place } of this.#records.known.values()) {
      const [id, region] = place;
      if (region !== null) this.#regions.looks.note(id, region, found, looker);
    }
    this.#hasBegun = true;
    for (const batch of this.#early.splice(0)) this.#take(batch);
    this.#loop.start();
    const lag = new Lag(this.#options.fleet, this.#regions.fleet);
    const report = () =>
      this.#roster.report({
        ...this.#profile,
        owned: this.#loop.assignment.running,
        lagMs: lag.read(),
        version: VERSION,
      });
    this.#timer = setInterval(report, REPORT_MS);
    report();
  }

  /** Shares the checks of another config from now on. */
  reload(plan: CheckPlan): void {
    if (plan.hash === this.#plan.hash) return;
    this.#plan = plan;
    [this.#vantages, this.#indices] = placed(plan);
    this.#regions.keep(new Set(plan.checks.map(({ id }) => id)));
    this.#outbox.config = plan.hash;
    this.#loop.configure(this.#profile, this.#vantages);
    const { assignment } = this.#loop;
    for (const [index, { check, region }] of this.#vantages.entries()) {
      const board = this.#boardOf(region);
      if (assignment.runs(index)) board?.run(check);
      else board?.hold(check);
    }
  }

  /** Leaves the others, and ends. */
  async close(): Promise<void> {
    const { link, identity: { id } } = this.#options;
    clearInterval(this.#timer);
    this.#end.abort();
    await this.#regions.close();
    this.#outbox.flush();
    this.#journal.close();
    await this.#loop.leave(link.isConnected);
    this.#roster.forget(id);
  }

  tells(): boolean {
    return this.#loop.tells;
  }

  onChange(callback: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const listener = () => callback();
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), {
      once: true,
    });
  }

  /** The revision of the lease of who tells, by which its writes are ordered. */
  get revision(): number | null {
    return this.#loop.teller.revision;
  }

  get #profile(): Profile {
    const { region, labels } = this.#options.identity;
    return { region, labels, config: this.#plan.hash };
  }

  /** The checks of a region, if this agent may run them. */
  #boardOf(region: string | null): Board | undefined {
    if (region === null) return this.#board;
    return region === this.#self.region ? this.#regions.board : undefined;
  }

  #fleetOf(region: string | null): Fleet {
    return region === null ? this.#options.fleet : this.#regions.fleet;
  }

  #recordOf(place: Place): CheckRecord | undefined {
    const record = this.#records.known.get(keyOf(place));
    return record && toCheckRecord(record);
  }

  #ownerOf(place: Place): string | null {
    const index = this.#indices.get(keyOf(place));
    return index === undefined ? null : this.#loop.assignment.owner(index);
  }

  #share({ start, hold }: Changes): void {
    if (this.#end.signal.aborted) return;
    for (const index of hold) {
      const { check, region } = this.#vantages[index]!;
      this.#boardOf(region)?.hold(check);
      this.#journal.left([check, region]);
    }
    for (const index of start) {
      const { check, region } = this.#vantages[index]!;
      this.#boardOf(region)?.run(check);
    }
  }

  /** Something may have changed: the members, or whether this agent tells. */
  #changed(): void {
    const { view } = this.#loop.membership;
    if (view !== null && !this.#hasJoined) {
      this.#hasJoined = true;
      this.#trustKnown();
    }
    if (view !== null && view.number !== this.#viewNumber) {
      this.#viewNumber = view.number;
      this.#loseUnseen();
    }
    if (this.tells() === this.#told) return;
    this.#told = !this.#told;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Notes from which regions nobody looks any more. */
  #loseUnseen(): void {
    const { assignment } = this.#loop;
    for (const [index, { check, region }] of this.#vantages.entries()) {
      if (region === null || assignment.owner(index) !== null) continue;
      this.#regions.looks.lose(check, region);
    }
  }

  /** What was read at the start of checks that other agents run is current. */
  #trustKnown(): void {
    const { identity, onError } = this.#options;
    for (const { place, looker: { agent } } of this.#records.known.values()) {
      const [id, region] = place;
      if (agent === identity.id || this.#ownerOf(place) !== agent) continue;
      if (this.#boardOf(region) === undefined) continue;
      this.#fleetOf(region).attempt(id, { maxAge: CURRENT_MS }).catch(onError);
    }
    this.#records.forget();
  }

  #tell(place: Place, found: Found, weight: Weight): void {
    const [id, region] = place;
    const { type, target } = this.#fleetOf(region).probe(id)!;
    this.#outbox.add(place, found, weight === "transition");
    this.#journal.note({ place, type, target, found }, weight);
    if (region === null) return;
    this.#regions.looks.note(id, region, found, this.#self);
  }

  #receive(value: unknown): void {
    const batch = this.#inbox.read(value);
    // Own ones come back, too.
    if (batch === undefined || batch.instance === this.#instance) return;
    if (batch.isMissingSome) this.#records.readAgain();
    if (this.#hasBegun) this.#take(batch);
    else if (this.#early.length < MAX_EARLY) this.#early.push(batch);
  }

  #take({ looker, config, found }: Batch): void {
    if (config !== this.#plan.hash) return;
    for (const [place, each] of found) {
      const isOwner = this.#ownerOf(place) === looker.agent;
      this.#adopt(place, each, looker, isOwner);
    }
  }

  #adopt(place: Place, found: Found, looker: Looker, isOwner: boolean): void {
    const [id, region] = place;
    this.#boardOf(region)?.adopt(id, found, looker, isOwner);
    if (region === null || this.#boardOf(region)?.runs(id)) return;
    this.#regions.looks.note(id, region, found, looker);
  }
}
