import type { Snapshot } from "../../core/types.ts";
import { Changes } from "./changes.ts";
import type { Dispatch } from "../dispatch.ts";
import { type Emit, isTold, parseEmit } from "./emit.ts";
import type { Roster } from "../roster.ts";

/** The watchers of a fleet; those that ask for the same share their changes. */
export class Watches {
  readonly #roster: Roster;
  readonly #dispatch: Dispatch;
  readonly #changes = new Map<Emit | undefined, Changes>();

  constructor(roster: Roster, dispatch: Dispatch) {
    this.#roster = roster;
    this.#dispatch = dispatch;
  }

  /**
   * Watches from now on for what `emit` says, or else each check's own.
   *
   * @throws {OptionError} If `emit` is not valid.
   */
  watch(
    emit: Emit | undefined,
    signal: AbortSignal | undefined,
  ): AsyncIterableIterator<Snapshot, void, void> {
    const asked = emit === undefined ? undefined : parseEmit(emit);
    // Those that watch already may yet be told of a step that was made before.
    if (this.#dispatch.isTelling) return this.#changesOf(asked).watch(signal);
    let changes = this.#changes.get(asked);
    if (changes === undefined) {
      changes = this.#changesOf(asked);
      this.#changes.set(asked, changes);
    }
    return changes.watch(signal);
  }

  #changesOf(asked: Emit | undefined): Changes {
    return new Changes({
      observe: (observer, signal) => this.#dispatch.observe(observer, signal),
      isTold: (step) => {
        const { id, after, before } = step;
        // An observer before this one may have removed the check.
        const emit = asked ?? this.#roster.get(id)?.emit;
        if (emit === undefined) return false;
        // The counts of another agent's machine may not go on from those here.
        return step.type === "end" && step.looker !== undefined
          ? emit !== "transition" || after.status !== before.status
          : isTold(emit, after, before);
      },
      snapshotOf: (id) => this.#roster.get(id)?.snapshot,
    });
  }
}
