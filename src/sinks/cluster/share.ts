import type { Assignment, Changes } from "../../core/cluster/assignment.ts";
import type { Vantage } from "../../core/cluster/vantage.ts";
import type { View } from "../../core/cluster/view.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { patience } from "../../io/sleep.ts";
import type { Board } from "./shared/board.ts";
import type { Exchange } from "./shared/exchange.ts";
import { keyOf, type Place, type Placed } from "./shared/place.ts";
import type { Regions } from "./shared/regions.ts";

/** How long is waited for what others know, before it is gone on without. */
const CATCH_UP_MS = 5_000;

/** What a {@linkcode Share} needs. */
export interface ShareOptions {
  /** The agent's fleet, and what is shared of it. */
  readonly fleet: Fleet;
  readonly board: Board;
  readonly regions: Regions;
  readonly exchange: Exchange;
  /** The region of this agent, if it has one. */
  readonly region: string | null;
  /** Whether another agent is a member of the cluster. */
  readonly isThere: (agent: string) => boolean;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/**
 * The share of this agent: the checks that it runs. While it is no member, others may
 * run them. So it takes over what they know before it runs any again.
 */
export class Share {
  readonly #options: ShareOptions;
  #vantages: readonly Vantage[];
  /** The index of each vantage, by its key. */
  #indices: ReadonlyMap<string, number>;
  #assignment: Assignment;
  #viewNumber: number | null = null;
  #isCaughtUp = false;
  /** A number for each time that it takes over what others know. */
  #catchUps = 0;

  /** Begins with checks of which none is run. */
  constructor(options: ShareOptions, placed: Placed, assignment: Assignment) {
    this.#options = options;
    this.#assignment = assignment;
    [this.#vantages, this.#indices] = placed;
  }

  /** Where checks are run. */
  get vantages(): readonly Vantage[] {
    return this.#vantages;
  }

  /**
   * Has other checks from now on. Those that run already go on; others may know the
   * new ones.
   */
  change(placed: Placed, assignment: Assignment): void {
    this.#assignment = assignment;
    const before = this.#vantages;
    [this.#vantages, this.#indices] = placed;
    for (const { check, region } of before) {
      const place = [check, region] as const;
      if (!this.#indices.has(keyOf(place))) this.#options.exchange.left(place);
    }
    for (const index of this.#vantages.keys()) {
      if (!assignment.runs(index)) this.#hold(index);
    }
    if (this.#isCaughtUp) void this.#catchUp();
  }

  /** The checks of a region, if this agent may run them. */
  boardOf(region: string | null): Board | undefined {
    const { board, regions } = this.#options;
    if (region === null) return board;
    return region === this.#options.region ? regions.board : undefined;
  }

  /** The fleet that has the checks of a region. */
  fleetOf(region: string | null): Fleet {
    const { fleet, regions } = this.#options;
    return region === null ? fleet : regions.fleet;
  }

  /** The id of the agent that owns a check; `null` if that is not known. */
  ownerOf(place: Place): string | null {
    const index = this.#indices.get(keyOf(place));
    return index === undefined ? null : this.#assignment.owner(index);
  }

  /** Runs and holds what is to be. */
  apply({ start, hold }: Changes): void {
    if (this.#options.signal.aborted) return;
    for (const index of hold) this.#hold(index);
    if (!this.#isCaughtUp) return;
    for (const index of start) this.#run(index);
  }

  /** Another view of the members is there, or none. */
  see(view: View | null): void {
    const number = view?.number ?? null;
    if (number === this.#viewNumber) return;
    const wasOut = this.#viewNumber === null;
    this.#viewNumber = number;
    if (view === null) {
      this.#isCaughtUp = false;
      return;
    }
    this.#loseUnseen();
    if (wasOut) void this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    this.#isCaughtUp = false;
    const catchUp = ++this.#catchUps;
    await patience(this.#options.exchange.catchUp(), CATCH_UP_MS);
    // It may have been put out meanwhile, or have got other checks.
    const isLast = this.#viewNumber !== null && catchUp === this.#catchUps;
    if (!isLast || this.#options.signal.aborted) return;
    this.#isCaughtUp = true;
    this.#runAll();
  }

  #runAll(): void {
    for (let index = 0; index < this.#vantages.length; index++) {
      if (this.#assignment.runs(index)) this.#run(index);
    }
  }

  #run(index: number): void {
    const { check, region } = this.#vantages[index]!;
    const { isThere } = this.#options;
    this.#try(() => this.boardOf(region)?.run(check, isThere));
  }

  #hold(index: number): void {
    const { check, region } = this.#vantages[index]!;
    this.#try(() => this.boardOf(region)?.hold(check));
    this.#options.exchange.left([check, region]);
  }

  /** One check must not keep the others from being shared. */
  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Notes from which regions nobody looks any more. */
  #loseUnseen(): void {
    for (const [index, { check, region }] of this.#vantages.entries()) {
      if (region === null || this.#assignment.owner(index) !== null) continue;
      this.#options.regions.looks.lose(check, region);
    }
  }
}
