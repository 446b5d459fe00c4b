import type { Changes } from "../../core/cluster/assignment.ts";
import type {
  CheckPlan,
  ClusterLog,
  Telling,
} from "../../core/cluster/status.ts";
import { type Vantage, vantagesOf } from "../../core/cluster/vantage.ts";
import type { Profile } from "../../core/cluster/view.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import type { Looker } from "../../fleet/sharing.ts";
import { monotonicTime } from "../../io/clock.ts";
import { sleep } from "../../io/sleep.ts";
import { VERSION } from "../../version.ts";
import type { Link, Store } from "./link.ts";
import { Log } from "./log.ts";
import { Loop } from "./loop.ts";
import { parseMember, parseTeller } from "./register_values.ts";
import { REPORT_MS, Roster } from "./roster.ts";
import { Board, type Weight } from "./shared/board.ts";
import type { Found } from "./shared/found.ts";
import { Inbox } from "./shared/inbox.ts";
import {
  Journal,
  placeOf,
  recordFromJson,
  type SharedRecord,
  toCheckRecord,
} from "./shared/journal.ts";
import { Outbox, type Place } from "./shared/outbox.ts";
import { Questions } from "./shared/questions.ts";

/** Who an agent is, in its cluster. */
export interface Identity {
  /** The name of the cluster. */
  readonly name: string;
  /** The id of this agent. */
  readonly id: string;
  /** Its region, `null` if it has none. */
  readonly region: string | null;
  /** Its other labels. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a {@linkcode Cluster} needs. */
export interface ClusterOptions {
  readonly link: Link;
  readonly identity: Identity;
  readonly fleet: Fleet;
  readonly plan: CheckPlan;
  readonly onError: (error: unknown) => void;
}

/** How old a result of a live agent may be, in milliseconds. */
const CURRENT_MS = 86_400_000;

/** How often all records are read again at most, after some results were missed. */
const READ_AGAIN_MS = 5_000;

/** One agent of a cluster: it shares the checks of its fleet with the others. */
export class Cluster implements Telling {
  /** What is known of it, for those who show it. */
  readonly log: ClusterLog;
  readonly #options: ClusterOptions;
  readonly #looker: Looker;
  readonly #loop: Loop;
  readonly #board: Board;
  readonly #roster: Roster;
  readonly #records: Store;
  readonly #journal: Journal;
  readonly #outbox: Outbox;
  readonly #inbox = new Inbox();
  readonly #end = new AbortController();
  readonly #listeners = new Set<() => void>();
  /** The records that were read at the start. */
  #known: ReadonlyMap<string, SharedRecord> = new Map();
  #plan: CheckPlan;
  #vantages: readonly Vantage[];
  /** The index of each vantage, by its check; regions come after. */
  #indices: ReadonlyMap<string, number>;
  #told = false;
  #hasJoined = false;
  #isReading = false;
  #readAt = -Infinity;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ClusterOptions) {
    const { link, identity, fleet, plan, onError } = options;
    const { id, region } = identity;
    const instance = crypto.randomUUID();
    this.#options = options;
    this.#looker = { agent: id, ...(region !== null && { region }) };
    this.#plan = plan;
    [this.#vantages, this.#indices] = placed(plan);
    const questions = new Questions(link, fleet, (id) => this.#ownerOf(id));
    this.#board = new Board(fleet, this.#looker, {
      acts: () => this.#loop.acts,
      tell: (id, found, weight) => this.#tell(id, found, weight),
      attempt: (id) => questions.attempt(id),
      ping: (id, ping) => questions.ping(id, ping),
    }, this.#end.signal);
    questions.listen(
      id,
      (id, ping) => this.#board.hear(id, ping),
      () => this.#outbox.flush(),
    );
    this.#records = link.store("records");
    this.#journal = new Journal(this.#records, this.#looker);
    this.#outbox = new Outbox({
      self: this.#looker,
      instance,
      hasListeners: () => this.#loop.membership.hasOthers,
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
    this.#roster = new Roster(link.store("agents"), id, () => {});
    this.log = new Log({
      link,
      identity,
      loop: this.#loop,
      board: this.#board,
      roster: this.#roster,
      vantages: () => this.#vantages,
      profile: () => this.#profile,
    });
    link.subscribe("results", (value) => this.#receive(value));
  }

  /** What was known of the checks before, by their ids; to be read before. */
  get records(): Pick<ReadonlyMap<string, CheckRecord>, "has" | "get"> {
    return {
      has: (id) => this.#known.has(id),
      get: (id) => {
        const record = this.#known.get(id);
        return record && toCheckRecord(id, record);
      },
    };
  }

  /** Reads what is known of the checks, before they are added. */
  async read(): Promise<void> {
    this.#known = await this.#readRecords();
  }

  /** Joins the others, once the fleet has its checks. */
  begin(): void {
    this.#loop.start();
    const report = () =>
      this.#roster.report({
        ...this.#profile,
        owned: this.#loop.assignment.running,
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
    this.#outbox.config = plan.hash;
    this.#loop.configure(this.#profile, this.#vantages);
    for (const [index, { check }] of this.#vantages.entries()) {
      if (this.#loop.assignment.runs(index)) this.#board.run(check);
      else this.#board.hold(check);
    }
  }

  /** Leaves the others, and ends. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#end.abort();
    this.#outbox.flush();
    this.#journal.close();
    const { link, identity: { id } } = this.#options;
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

  #share({ start, hold }: Changes): void {
    if (this.#end.signal.aborted) return;
    for (const index of hold) this.#board.hold(this.#vantages[index]!.check);
    for (const index of start) this.#board.run(this.#vantages[index]!.check);
  }

  #changed(): void {
    if (!this.#hasJoined && this.#loop.membership.view !== null) {
      this.#hasJoined = true;
      this.#trustKnown();
    }
    if (this.tells() === this.#told) return;
    this.#told = !this.#told;
    for (const listener of [...this.#listeners]) listener();
  }

  #tell(id: string, found: Found, weight: Weight): void {
    const place: Place = [id, null];
    const { type, target } = this.#options.fleet.probe(id)!;
    this.#outbox.add(place, found, weight === "transition");
    this.#journal.note(place, { type, target, found }, weight);
  }

  #receive(value: unknown): void {
    const batch = this.#inbox.read(value);
    if (batch === undefined) return;
    const { looker, config, found, isMissingSome } = batch;
    if (isMissingSome) void this.#readAgain();
    if (config !== this.#plan.hash) return;
    for (const [[id], each] of found) {
      const isOwner = this.#ownerOf(id) === looker.agent;
      this.#board.adopt(id, each, looker, isOwner);
    }
  }

  /** What was read at the start of checks that other agents run is current. */
  #trustKnown(): void {
    const { fleet, identity, onError } = this.#options;
    for (const [id, { looker: { agent } }] of this.#known) {
      if (agent === identity.id || this.#ownerOf(id) !== agent) continue;
      fleet.attempt(id, { maxAge: CURRENT_MS }).catch(onError);
    }
    this.#known = new Map();
  }

  #ownerOf(id: string): string | null {
    const index = this.#indices.get(id);
    return index === undefined ? null : this.#loop.assignment.owner(index);
  }

  async #readRecords(): Promise<ReadonlyMap<string, SharedRecord>> {
    const known = new Map<string, SharedRecord>();
    for (const [key, value] of await this.#records.list()) {
      const place = placeOf(key);
      const record = place && recordFromJson(value);
      if (record !== undefined) known.set(place![0], record);
    }
    return known;
  }

  /** Takes over what was missed. */
  async #readAgain(): Promise<void> {
    const { onError } = this.#options;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const wait = this.#readAt + READ_AGAIN_MS - monotonicTime();
      if (wait > 0) await sleep(wait, this.#end.signal);
      if (this.#end.signal.aborted) return;
      this.#readAt = monotonicTime();
      for (const [id, { found, looker }] of await this.#readRecords()) {
        this.#board.adopt(id, found, looker, false);
      }
    } catch (error) {
      onError(error);
    } finally {
      this.#isReading = false;
    }
  }
}

/** Where the checks of a plan are run. */
function placed(
  { checks }: CheckPlan,
): [vantages: Vantage[], indices: Map<string, number>] {
  const vantages = checks.flatMap(({ id, from }) =>
    vantagesOf(id, { regions: null, labels: from?.labels ?? {} })
  );
  const indices = new Map(vantages.map(({ check }, index) => [check, index]));
  return [vantages, indices];
}
