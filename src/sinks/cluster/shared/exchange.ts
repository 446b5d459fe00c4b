import type { CheckRecord } from "../../../fleet/record.ts";
import type { Looker } from "../../../fleet/sharing.ts";
import type { Link } from "../link.ts";
import type { Fleet } from "../../../fleet/fleet.ts";
import type { Board, Weight } from "./board.ts";
import type { Found } from "./found.ts";
import { type Batch, Inbox } from "./inbox.ts";
import { Journal } from "./journal.ts";
import type { Looks } from "./looks.ts";
import { Outbox } from "./outbox.ts";
import { keyOf, type Place } from "./place.ts";
import { Records, type SharedRecord, toCheckRecord } from "./records.ts";

/** Who runs what, as an {@linkcode Exchange} needs it. */
export interface Shared {
  /** The checks of a region, if this agent may run them. */
  boardOf(region: string | null): Board | undefined;
  /** The fleet that has the checks of a region. */
  fleetOf(region: string | null): Fleet;
  /** The id of the agent that owns a check; `null` if that is not known. */
  ownerOf(place: Place): string | null;
}

/** What an {@linkcode Exchange} needs. */
export interface ExchangeOptions {
  readonly link: Link;
  /** Who this agent is. */
  readonly self: Looker;
  /** Another text for each run of the program. */
  readonly instance: string;
  /** The hash of the config. */
  readonly config: string;
  /** Who runs what. */
  readonly share: () => Shared;
  /** How the regions see checks. */
  readonly looks: () => Looks;
  /** Whether another agent is a member of the cluster. */
  readonly isThere: (agent: string) => boolean;
  /** Whether nobody else can have taken over what this agent runs. */
  readonly mayWrite: () => boolean;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** The most batches that are kept until the fleet has its checks. */
const MAX_EARLY = 1_000;

/** What this agent finds goes to the others, and what they find comes here. */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #records: Records;
  readonly #journal: Journal;
  readonly #outbox: Outbox;
  readonly #inbox = new Inbox();
  /** What others have found before the fleet had its checks. */
  #early: Batch[] | null = [];
  #config: string;

  constructor(options: ExchangeOptions) {
    const { link, self, instance, config, mayWrite, onError, signal } = options;
    this.#options = options;
    this.#config = config;
    const store = link.store("records");
    this.#records = new Records(store, {
      onRecord: (record) => {
        const { place, found, looker } = record;
        // What was heard since may be newer than the record.
        if (this.#isOfTarget(record)) this.#adopt(place, found, looker, false);
      },
      onError,
      signal,
    });
    this.#journal = new Journal(store, self, mayWrite);
    this.#outbox = new Outbox({
      self,
      instance,
      maxBytes: () => link.maxBytes,
      publish: (batch) => link.publish("results", batch),
    }, config);
    link.subscribe("results", (value) => this.#receive(value));
  }

  /** What was known of a check at the start. */
  recordOf(place: Place): CheckRecord | undefined {
    const record = this.#records.known.get(keyOf(place));
    return record && toCheckRecord(record);
  }

  /** Reads what is known of the checks, before they are added. */
  async read(): Promise<void> {
    await this.#records.read();
  }

  /** The fleet has its checks. */
  begin(): void {
    const { looks } = this.#options;
    for (const { looker, found, place } of this.#records.known.values()) {
      const [id, region] = place;
      if (region !== null) looks().note(id, region, found, looker);
    }
    const early = this.#early ?? [];
    this.#early = null;
    for (const batch of early) this.#take(batch);
  }

  /** Has the checks of another config from now on. */
  set config(config: string) {
    this.#outbox.config = config;
    this.#config = config;
  }

  /**
   * Takes over what others have found while this agent was not a member, if they can
   * be reached. It never rejects.
   */
  async catchUp(): Promise<void> {
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

  /** Tells the others what this agent has found. */
  tell(place: Place, found: Found, weight: Weight): void {
    const { share, looks, self } = this.#options;
    const [id, region] = place;
    const probe = share().fleetOf(region).probe(id);
    // It may have been removed meanwhile.
    if (probe === undefined) return;
    const { type, target } = probe;
    this.#outbox.add(place, found, weight === "transition");
    this.#journal.note({ place, type, target, found }, weight);
    if (region !== null) looks().note(id, region, found, self);
  }

  /** Sends now what waits. */
  flush(): void {
    this.#outbox.flush();
  }

  /** Another agent runs a check from now on, or nobody does. */
  left(place: Place): void {
    this.#journal.left(place);
  }

  /** Sends and writes the last. */
  close(): void {
    this.#outbox.flush();
    this.#journal.close();
  }

  #receive(value: unknown): void {
    const batch = this.#inbox.read(value);
    // Own ones come back, too.
    if (batch === undefined || batch.instance === this.#options.instance) {
      return;
    }
    if (this.#early === null) {
      if (batch.isMissingSome) this.#records.readAgain();
      this.#take(batch);
    } else if (this.#early.length < MAX_EARLY) this.#early.push(batch);
  }

  #take({ looker, config, found }: Batch): void {
    if (config !== this.#config) return;
    for (const [place, each] of found) {
      const owner = this.#options.share().ownerOf(place);
      // Who is not a member does not know who owns what, but others have gone on.
      const isOwner = owner === looker.agent || owner === null;
      this.#adopt(place, each, looker, isOwner);
    }
  }

  /** Takes over what another agent knows, which may be known already. */
  #goOnFrom(record: SharedRecord): void {
    const { share, self, isThere, onError } = this.#options;
    const { place: [id, region], found, looker } = record;
    if (looker.agent === self.agent || !this.#isOfTarget(record)) return;
    const board = share().boardOf(region);
    const known = share().fleetOf(region).get(id);
    const { attempts, checkedAt } = found.state;
    // What the agent has kept itself may be newer, and what it has heard since.
    const isHeard = known?.agent !== undefined && known.agent !== self.agent;
    const isNewer = known?.stale
      ? (known.checkedAt?.getTime() ?? -1) < (checkedAt ?? 0)
      : !isHeard || known.attempts < attempts;
    try {
      if (known?.attempts !== attempts && isNewer) {
        board?.adopt(id, found, looker, true);
      } else {
        board?.wasRun(id, looker.agent);
        if (known?.stale && isThere(looker.agent)) board?.trust(id, onError);
      }
    } catch (error) {
      onError(error);
    }
  }

  /** Whether a record is of what the check looks at by the config of now. */
  #isOfTarget({ place: [id, region], type, target }: SharedRecord): boolean {
    const share = this.#options.share();
    // A check that other regions run has its target here, too.
    const fleet = share.fleetOf(share.boardOf(region) ? region : null);
    const probe = fleet.probe(id);
    return probe?.type === type && probe.target === target;
  }

  #adopt(
    place: Place,
    found: Found,
    looker: Looker,
    isOwner: boolean,
  ): void {
    const { share, looks, onError } = this.#options;
    const [id, region] = place;
    const board = share().boardOf(region);
    try {
      board?.adopt(id, found, looker, isOwner);
      if (region === null || board?.runs(id)) return;
      looks().note(id, region, found, looker);
    } catch (error) {
      // One of them must not keep the others from being taken.
      onError(error);
    }
  }
}
