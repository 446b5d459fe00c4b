import type { Snapshot } from "../../core/types.ts";
import type { Fleet } from "../../fleet/fleet.ts";

/** How a list of checks has changed. */
export interface ListChange {
  /** The checks that are gone, each as it once was. */
  readonly gone: readonly Snapshot[];
  /** Whether those that stayed are in another order, or in other groups. */
  readonly isOrderNew: boolean;
}

/** The list of a fleet's checks as it was when somebody last looked. */
export class Listing {
  readonly #fleet: Fleet;
  #known: ReadonlyMap<string, Snapshot> = new Map();
  #revision = -1;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** Whether the fleet's list is another one by now. */
  get isOld(): boolean {
    return this.#fleet.revision !== this.#revision;
  }

  /** Looks again, and says how the list has changed since. */
  update(): ListChange {
    if (!this.isOld) return { gone: [], isOrderNew: false };
    const before = this.#known;
    const after = this.#known = new Map(
      this.#fleet.list().map((snapshot) => [snapshot.id, snapshot]),
    );
    this.#revision = this.#fleet.revision;
    const stayed = after.values().filter(({ id }) => before.has(id));
    const gone: Snapshot[] = [];
    let isOrderNew = false;
    for (const snapshot of before.values()) {
      if (!after.has(snapshot.id)) {
        gone.push(snapshot);
      } else {
        const { id, group } = stayed.next().value!;
        isOrderNew ||= snapshot.id !== id || snapshot.group !== group;
      }
    }
    return { gone, isOrderNew };
  }
}
