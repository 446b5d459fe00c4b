import type {
  CheckPlan,
  ClusterLog,
  Telling,
} from "../../core/cluster/status.ts";
import type { Profile } from "../../core/cluster/view.ts";
import type { Say } from "../../core/say.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { FleetLimits } from "../../fleet/fleet_options.ts";
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
import { Sayings } from "./sayings.ts";
import { Share } from "./share.ts";
import { Board, type Peers } from "./shared/board.ts";
import { Exchange } from "./shared/exchange.ts";
import { type Place, placed } from "./shared/place.ts";
import { Questions } from "./shared/questions.ts";
import { Regions } from "./shared/regions.ts";
import type { AddedCheck } from "../section.ts";

/** What a {@linkcode Cluster} needs. */
export interface ClusterOptions {
  readonly link: Link;
  readonly identity: Identity;
  readonly fleet: Fleet;
  /** The checks that the fleet is to have. */
  readonly plan: CheckPlan;
  /** The limits of the fleet. */
  readonly limits: FleetLimits;
  readonly say: Say;
  readonly onError: (error: unknown) => void;
}

/** A result that is younger is good enough for who asks, in milliseconds. */
const ASKED_MS = 1_000;

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
  readonly #exchange: Exchange;
  readonly #sayings: Sayings;
  readonly #end = new AbortController();
  readonly #listeners = new Set<() => void>();
  #plan: CheckPlan;
  #told = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ClusterOptions) {
    const { link, identity, fleet, plan, onError } = options;
    const { id, region } = identity;
    const { signal } = this.#end;
    // Another text for each run of the program.
    const instance: string = crypto.randomUUID();
    this.#options = options;
    const self = { agent: id, ...(region !== null && { region }) };
    this.#self = self;
    this.#plan = plan;
    const places = placed(plan);
    const isThere = (agent: string): boolean =>
      this.#loop.membership.viewOf(agent) !== undefined;
    this.#exchange = new Exchange({
      link,
      self,
      instance,
      config: plan.hash,
      share: () => this.#share,
      looks: () => this.#regions.looks,
      isThere,
      mayWrite: () => this.#mayWrite,
      onError,
      signal,
    });
    const questions = new Questions({
      link,
      instance,
      ownerOf: (place) => this.#share.ownerOf(place),
      signal,
    });
    const peersOf = (region: string | null): Peers => ({
      acts: () => this.#loop.acts,
      tell: (id, found, weight) =>
        this.#exchange.tell([id, region], found, weight),
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
      limits: options.limits,
      recordOf: (id) => this.#exchange.recordOf([id, region]),
      signal,
      onError,
    });
    questions.listen(id, {
      isMember: () => this.log.standing === "member",
      hear: (id, ping) => this.#board.hear(id, ping),
      attempt: (place) => this.#attempt(place),
    });
    this.#loop = new Loop({
      id,
      instance,
      profile: this.#profile,
      vantages: places[0],
      members: (events) => link.register("members", parseMember, events),
      tellers: (events) => link.register("tellers", parseTeller, events),
      // Its checks are not run any more, however long the rest takes to end.
      isOpen: () => fleet.isOpen,
      onShare: (changes) => this.#share.apply(changes),
      onChange: () => this.#changed(),
      onError,
    });
    this.#share = new Share(
      {
        fleet,
        board: this.#board,
        regions: this.#regions,
        exchange: this.#exchange,
        region,
        isThere,
        onError,
        signal,
      },
      places,
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
    this.#sayings = new Sayings(this.log, options.say);
  }

  /** What was known of the checks before, by their ids; once it was read. */
  get records(): Pick<ReadonlyMap<string, CheckRecord>, "get"> {
    return { get: (id) => this.#exchange.recordOf([id, null]) };
  }

  /** The fleet of the checks of this agent's region. */
  get beside(): Fleet {
    return this.#regions.fleet;
  }

  /** Reads what is known of the checks, before they are added. */
  async read(): Promise<void> {
    await this.#exchange.read();
  }

  /** Takes a check, and returns what the fleet is to have of it. */
  wrap(check: AddedCheck): AddedCheck {
    return this.#regions.wrap(check);
  }

  /** Joins the others, once the fleet has its checks. */
  begin(): void {
    this.#exchange.begin();
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
    this.#exchange.config = plan.hash;
    const places = placed(plan);
    this.#loop.configure(this.#profile, places[0]);
    this.#share.change(places, this.#loop.assignment);
  }

  /** Leaves the others, and ends. */
  async close(): Promise<void> {
    const { link, identity: { id } } = this.#options;
    clearInterval(this.#timer);
    this.#end.abort();
    this.#exchange.close();
    this.#roster.forget(id);
    await Promise.all([
      this.#regions.close(),
      this.#loop.leave(link.isConnected),
    ]);
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

  /** Something may have changed: the members, or whether this agent tells. */
  #changed(): void {
    this.#share.see(this.#loop.membership.view);
    this.#sayings.look();
    if (this.tells() === this.#told) return;
    this.#told = !this.#told;
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        this.#options.onError(error);
      }
    }
  }

  /** Whether nobody else can have taken over what this agent runs. */
  get #mayWrite(): boolean {
    const { link } = this.#options;
    const { membership } = this.#loop;
    return link.isConnected && membership.lease(monotonicTime()) === "held";
  }

  /** Tries a check that another agent asks for, if it is run here. */
  async #attempt([id, region]: Place): Promise<void> {
    const fleet = this.#share.fleetOf(region);
    if (!fleet.isOpen || fleet.isHeld(id) !== false) return;
    // Several agents may ask at the same time. It may be removed meanwhile, too, or
    // the fleet be closed.
    await fleet.attempt(id, { maxAge: ASKED_MS }).catch(() => {});
    this.#exchange.flush();
  }
}
