import type { Rollup } from "../core/rollup.ts";
import type { Probe, Snapshot } from "../core/types.ts";
import type { History } from "./history.ts";
import type { CheckRecord } from "./record.ts";
import type { Roster } from "./roster.ts";

/** What is known of the checks of a fleet, for reading only. */
export abstract class FleetView {
  readonly #roster: Roster;

  /** Reads from a roster, which only the package can make. */
  protected constructor(roster: Roster) {
    this.#roster = roster;
  }

  /** How many checks there are. */
  get size(): number {
    return this.#roster.size;
  }

  /**
   * How often checks were added, removed, replaced or put in another order:
   * while it is the same, the list is of the same checks.
   */
  get revision(): number {
    return this.#roster.revision;
  }

  /** The ids of all checks, in the order they were added or put in. */
  ids(): string[] {
    return this.#roster.ids();
  }

  /** The probe of a check. */
  probe(id: string): Probe | undefined {
    return this.#roster.get(id)?.probe;
  }

  /** What is known of a check. */
  get(id: string): Snapshot | undefined {
    return this.#roster.get(id)?.snapshot;
  }

  /** What is known of all checks, in the order they were added or put in. */
  list(): Snapshot[] {
    return this.#roster.snapshots();
  }

  /**
   * The worst status of all checks, or of some.
   *
   * @throws {RangeError} If there is no check of one of the ids.
   */
  rollup(ids?: Iterable<string>): Rollup {
    return this.#roster.rollup(ids);
  }

  /** The past attempts of a check. */
  history(id: string): History | undefined {
    return this.#roster.get(id)?.history;
  }

  /** What to save of a check for another run; nothing before an attempt. */
  record(id: string): CheckRecord | undefined {
    return this.#roster.get(id)?.record;
  }
}
