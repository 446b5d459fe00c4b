import type {
  CheckPlan,
  ClusterLog,
  Telling,
} from "../../core/cluster/status.ts";
import type { Profile } from "../../core/cluster/view.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import type { Looker } from "../../fleet/sharing.ts";
import { monotonicTime } from "../../io/clock.ts";
import { VERSION } from "../../version.ts";
import type { Identity } from "./identity.ts";
import { Lag } from "./lag.ts";
import type { Link } from "./link.ts";
import { Log } from "./log.ts";
import { Loop } from "./loop.ts";
import { parseMember, parseTeller } from "./register_values.ts";
import { REPORT_MS, Roster } from "./roster.ts";
import { Share } from "./share.ts";
import { Board, type Peers, type Weight } from "./shared/board.ts";
import type { Found } from "./shared/found.ts";
import { type Batch, Inbox } from "./shared/inbox.ts";
import { Journal } from "./shared/journal.ts";
import { Outbox } from "./shared/outbox.ts";
import { keyOf, type Place, placed } from "./shared/place.ts";
import { Questions } from "./shared/questions.ts";
import { Records, type SharedRecord, toCheckRecord } from "./shared/records.ts";
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

/** A result that is younger is good enough for who asks, in milliseconds. */
const ASKED_MS = 1_000;

/** The most batches that are kept until the fleet has its checks. */
const MAX_EARLY = 1_000;

/** One agent of a cluster: it shares the checks of its fleet with the others. */
export class Cluster implements Telling {
  /** What is known of it, for those who show it. */
  readonly log: ClusterLog;
  readonly #options: ClusterOptions;
  readonly #self: Looker;
  readonly #loop: Loop;
  readonly #share: Share;
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
  #told = false;
  #hasBegun = false;
  /** What others have found before. */
  readonly #early: Batch[] = [];
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
    const store = link.store("records");
    this.#records = new Records(store, {
      onRecord: ({ place, found, looker }) => this.#adopt(place, found, looker),
      onError,
      signal,
    });
    this.#journal = new Journal(store, self, () => this.#mayWrite);
    const questions = new Questions(
      link,
      (place) => this.#share.ownerOf(place),
    );
    const peersOf = (region: string | null): Peers => ({
      acts: () => this.#loop.acts,
      tell: (id, found, weight) => this.#tell([id, region], found, weight),
      attempt: (id) =>
        questions.attempt(
          [id, region],
          this.#share.fleetOf(region).policy(id),
        ),
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
        const fleet = this.#share.fleetOf(region);
        if (fleet.isHeld(id) !== false) return;
        // Several agents may ask at the same time.
        await fleet.attempt(id, { maxAge: ASKED_MS });
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
      vantages: placed(plan)[0],
      members: (events) => link.register("members", parseMember, events),
      tellers: (events) => link.register("tellers", parseTeller, events),
      onShare: (changes) => this.#share.apply(changes),
      onChange: () => this.#changed(),
      onError,
    });
    this.#share = new Share(
      {
        fleet,
        board: this.#board,
        regions: this.#regions,
        journal: this.#journal,
        region,
        catchUp: () => this.#catchUp(),
        signal,
      },
      plan,
      this.#loop.assignment,
    );
    this.#roster = new Roster(link, id);
    this.log = new Log({
      link,
      identity,
      loop: this.#loop,
      board: this.#board,
      roster: this.#roster,
      looks: this.#regions.looks,
      vantages: () => this.#share.vantages,
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
    this.#regions.keep(new Set(plan.checks.map(({ id }) => id)));
    this.#outbox.config = plan.hash;
    this.#loop.configure(this.#profile, placed(plan)[0]);
    this.#share.change(plan, this.#loop.assignment);
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

  #recordOf(place: Place): CheckRecord | undefined {
    const record = this.#records.known.get(keyOf(place));
    return record && toCheckRecord(record);
  }

  /** Something may have changed: the members, or whether this agent tells. */
  #changed(): void {
    this.#share.see(this.#loop.membership.view);
    if (this.tells() === this.#told) return;
    this.#told = !this.#told;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Whether nobody else can have taken over what this agent runs. */
  get #mayWrite(): boolean {
    const { link } = this.#options;
    const { membership } = this.#loop;
    return link.isConnected && membership.lease(monotonicTime()) === "held";
  }

  /** Takes over what others have found while this agent was not a member. */
  async #catchUp(): Promise<void> {
    const { link, onError } = this.#options;
    if (!link.isConnected) return;
    try {
      for await (const records of this.#records.latest()) {
        for (const record of records) this.#goOnFrom(record);
      }
    } catch (error) {
      onError(error);
    }
  }

  /** Takes over what another agent knows, which may be known already. */
  #goOnFrom({ place, found, looker }: SharedRecord): void {
    const [id, region] = place;
    if (looker.agent === this.#self.agent) return;
    const { attempts, stale } = this.#share.fleetOf(region).get(id) ?? {};
    const board = this.#share.boardOf(region);
    const isKnown = attempts === found.state.attempts;
    if (!isKnown) board?.adopt(id, found, looker, true);
    else if (stale && this.#share.ownerOf(place) === looker.agent) {
      board?.trust(id, this.#options.onError);
    }
  }

  #tell(place: Place, found: Found, weight: Weight): void {
    const [id, region] = place;
    const { type, target } = this.#share.fleetOf(region).probe(id)!;
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
    for (const [place, each] of found) this.#adopt(place, each, looker);
  }

  #adopt(place: Place, found: Found, looker: Looker): void {
    const [id, region] = place;
    const board = this.#share.boardOf(region);
    const owner = this.#share.ownerOf(place);
    // Who is not a member does not know who owns what, but others have gone on.
    const isOwner = owner === looker.agent || owner === null;
    board?.adopt(id, found, looker, isOwner);
    if (region === null || board?.runs(id)) return;
    this.#regions.looks.note(id, region, found, looker);
  }
}
