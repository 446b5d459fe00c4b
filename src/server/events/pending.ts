import type { CheckInfo, Step } from "../../fleet/step.ts";

/** How the checks of a fleet have changed. */
export interface PendingChanges {
  /** The ids of the checks that have changed, are new or were replaced. */
  readonly changed: readonly string[];
  /** The checks that were removed. */
  readonly gone: readonly CheckInfo[];
  /** Whether checks are in another order, or in other groups. */
  readonly isOrderNew: boolean;
}

/** Gathers steps until they are sent. */
export class Pending {
  #changed = new Set<string>();
  /** Added checks that no listener was told of yet. */
  #added = new Set<string>();
  #gone = new Map<string, CheckInfo>();
  #isOrderNew = false;

  /** Whether checks were added, removed or put in another order. */
  get isListNew(): boolean {
    return this.#isOrderNew || this.#added.size > 0 || this.#gone.size > 0;
  }

  /** Notes a step. */
  note(step: Step): void {
    switch (step.type) {
      case "join":
        this.#join(step.check);
        break;
      case "leave":
        this.#changed.delete(step.id);
        if (!this.#added.delete(step.id)) this.#gone.set(step.id, step.check);
        break;
      case "replace":
        this.#changed.add(step.id);
        this.#isOrderNew ||= step.check.group !== step.replaced.group;
        break;
      case "begin":
      case "end":
      case "hold":
        this.#changed.add(step.id);
        break;
      case "arrange":
        this.#isOrderNew = true;
        break;
      case "remember":
      case "close":
        break;
      default:
        step satisfies never;
    }
  }

  /** Returns the changes since the last call. */
  take(): PendingChanges {
    const changes = {
      changed: [...this.#changed],
      gone: [...this.#gone.values()],
      isOrderNew: this.#isOrderNew,
    };
    this.#changed = new Set();
    this.#added = new Set();
    this.#gone = new Map();
    this.#isOrderNew = false;
    return changes;
  }

  #join({ id }: CheckInfo): void {
    this.#changed.add(id);
    // A listener that knows the removed check sees the same check, which now
    // comes last.
    if (this.#gone.delete(id)) this.#isOrderNew = true;
    else this.#added.add(id);
  }
}
