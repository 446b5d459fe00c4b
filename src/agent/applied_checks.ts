import type { CheckSpec } from "../config/check.ts";
import { compareChecks } from "../config/compare.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { CheckRecord } from "../fleet/record.ts";
import { isolateHold } from "../fleet/run/shared_resources.ts";
import type { AddedCheck } from "../sinks/section.ts";
import type { Reloaded } from "./reloaded.ts";

/** What changed with other checks. */
type Changes = Omit<Reloaded, "notes" | "needRestart">;

/** The checks of a config that a fleet has. */
export class AppliedChecks {
  readonly #fleet: Fleet;
  readonly #wrap: (check: AddedCheck) => AddedCheck;
  #checks = new Map<string, CheckSpec>();

  /** Takes the fleet, and how a check is changed before the fleet gets it. */
  constructor(fleet: Fleet, wrap: (check: AddedCheck) => AddedCheck) {
    this.#fleet = fleet;
    this.#wrap = wrap;
  }

  /** The checks that the fleet has. */
  specs(): Iterable<CheckSpec> {
    return this.#checks.values();
  }

  /** Adds a check, with what is known of it from before. */
  add(check: CheckSpec, record?: CheckRecord): void {
    const { id, probe, options } = this.#wrap(check);
    isolateHold(
      probe,
      (probe) => this.#fleet.add(probe, { ...options, id, record }),
    );
    this.#checks.set(check.id, check);
  }

  /**
   * Makes the fleet have these checks, and leaves those alone that are the same.
   * Resolves when the attempts of removed checks have ended. Rejects if a check
   * cannot be added; all other changes are applied, and may be tried again.
   */
  async apply(next: readonly CheckSpec[]): Promise<Changes> {
    const { added, removed, changed, isOrderNew } = compareChecks(
      [...this.#checks.values()],
      next,
    );
    const left = removed.map((id) => {
      this.#checks.delete(id);
      return this.#fleet.remove(id);
    });
    // A check that cannot be added must not keep the others from being added.
    const errors = [
      ...changed.flatMap((check) => errorOf(() => this.#replace(check))),
      ...added.flatMap((check) => errorOf(() => this.add(check))),
    ];
    this.#checks = new Map(next.flatMap(({ id }) => {
      const check = this.#checks.get(id);
      return check === undefined ? [] : [[id, check]];
    }));
    if (isOrderNew || added.length > 0) {
      this.#fleet.arrange(this.#checks.keys());
    }
    await Promise.all(left);
    if (errors.length > 0) throw errors[0];
    return {
      added: added.length,
      removed: removed.length,
      changed: changed.length,
      isOrderNew,
    };
  }

  #replace(check: CheckSpec): void {
    const { id, probe, options } = this.#wrap(check);
    isolateHold(
      probe,
      (probe) => this.#fleet.replace(probe, { ...options, id }),
    );
    this.#checks.set(check.id, check);
  }
}

/** What a function throws, if it throws. */
function errorOf(run: () => void): unknown[] {
  try {
    run();
    return [];
  } catch (error) {
    return [error];
  }
}
