import { Fleet } from "../../../fleet/fleet.ts";
import type { FleetLimits } from "../../../fleet/fleet_options.ts";
import type { CheckRecord } from "../../../fleet/record.ts";
import type { Looker } from "../../../fleet/sharing.ts";
import { isolateHold } from "../../../fleet/run/shared_resources.ts";
import type { AddedCheck } from "../../section.ts";
import { Board, type Peers } from "./board.ts";
import { judged } from "./judged.ts";
import { Looks } from "./looks.ts";

/** What {@linkcode Regions} need. */
export interface RegionsOptions {
  /** Who this agent is. */
  readonly self: Looker;
  readonly peers: Peers;
  /** The limits of the agent's fleet. */
  readonly limits: FleetLimits;
  /** What was known of a check as this region sees it. */
  readonly recordOf: (id: string) => CheckRecord | undefined;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/**
 * The checks that are run in several regions. A fleet of its own has those of this
 * agent's region; in the agent's fleet, each is judged by what all regions see.
 */
export class Regions {
  /** How the checks are, as each region sees them. */
  readonly looks: Looks = new Looks();
  readonly #options: RegionsOptions;
  readonly #fleet: Fleet;
  /** What each of the checks looks at. */
  readonly #targets = new Map<string, string>();
  /** The checks of this region. */
  readonly board: Board;

  constructor(options: RegionsOptions) {
    const { self, peers, limits, signal, onError } = options;
    this.#options = options;
    this.#fleet = new Fleet({ ...limits, onError });
    this.board = new Board(this.#fleet, self, peers, signal);
  }

  /** The fleet of this region. */
  get fleet(): Fleet {
    return this.#fleet;
  }

  /** Takes a check, and returns what the agent's fleet is to have of it. */
  wrap(check: AddedCheck): AddedCheck {
    const { id, probe, options, from, need } = check;
    if (from === undefined || from.regions === null) {
      void this.#remove(id);
      return check;
    }
    const target = JSON.stringify([probe.type, probe.target]);
    // What regions have seen of another target says nothing of this one.
    if (this.#targets.get(id) !== target) this.looks.delete(id);
    this.#targets.set(id, target);
    this.looks.set(id, from.regions);
    const { region } = this.#options.self;
    const isHere = region !== undefined && from.regions.includes(region);
    if (!isHere) void this.#fleet.remove(id);
    else {
      isolateHold(probe, (probe) => {
        if (this.#fleet.probe(id) !== undefined) {
          this.#fleet.replace(probe, { ...options, id });
        } else {
          const record = this.#options.recordOf(id);
          this.#fleet.add(probe, { ...options, id, record });
        }
      });
    }
    return {
      ...check,
      probe: judged(id, probe, this.looks, need ?? null),
      // What the regions see is settled.
      options: { ...options, retries: 1, rise: 1 },
    };
  }

  /** Forgets all checks but these. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of [...this.looks.checks()]) {
      if (!ids.has(id)) void this.#remove(id);
    }
  }

  /** Ends the attempts of this region. */
  async close(): Promise<void> {
    await this.#fleet.close();
  }

  async #remove(id: string): Promise<void> {
    this.looks.delete(id);
    this.#targets.delete(id);
    await this.#fleet.remove(id);
  }
}
