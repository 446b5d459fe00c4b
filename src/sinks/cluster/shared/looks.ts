import type { RegionLook } from "../../../core/cluster/status.ts";
import type { Looker } from "../../../fleet/sharing.ts";
import type { Found } from "./found.ts";

/** A region that nobody looks from yet. */
function unseen(region: string): RegionLook {
  return {
    region,
    status: "unknown",
    reason: null,
    agent: null,
    checkedAt: null,
    durationMs: null,
  };
}

/** How checks are that are run in several regions, as each of these last saw it. */
export class Looks {
  readonly #looks = new Map<string, Map<string, RegionLook>>();
  readonly #listeners = new Map<string, (look: RegionLook) => void>();

  /** The regions of a check from now on; what is known of those that stay is kept. */
  set(check: string, regions: readonly string[]): void {
    const known = this.#looks.get(check);
    this.#looks.set(
      check,
      new Map(regions.map((region) => [
        region,
        known?.get(region) ?? unseen(region),
      ])),
    );
  }

  /** Forgets a check. */
  delete(check: string): void {
    this.#looks.delete(check);
  }

  /** The ids of all checks. */
  checks(): Iterable<string> {
    return this.#looks.keys();
  }

  /** A check as each of its regions sees it, in their order. */
  of(check: string): readonly RegionLook[] {
    return [...this.#looks.get(check)?.values() ?? []];
  }

  /** An agent has looked from a region. */
  note(check: string, region: string, { state }: Found, looker: Looker): void {
    const { status, reason, checkedAt, durationMs } = state;
    const { agent } = looker;
    const look = { region, status, reason, agent, checkedAt, durationMs };
    this.#put(check, look);
  }

  /** Nobody looks from a region any more. */
  lose(check: string, region: string): void {
    const known = this.#looks.get(check)?.get(region);
    if (known?.agent !== null) this.#put(check, unseen(region));
  }

  /** Calls back after each look at a check, until that is disposed of. */
  listen(check: string, listener: (look: RegionLook) => void): Disposable {
    this.#listeners.set(check, listener);
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners.get(check) !== listener) return;
        this.#listeners.delete(check);
      },
    };
  }

  #put(check: string, look: RegionLook): void {
    const looks = this.#looks.get(check);
    if (!looks?.has(look.region)) return;
    looks.set(look.region, look);
    this.#listeners.get(check)?.(look);
  }
}
