import { error } from "../../core/outcome.ts";
import { oneLine } from "../../core/text.ts";
import type { Probe } from "../../core/types.ts";
import { inWords } from "../attempt.ts";

/** A probe's `hold` threw, or returned no `Disposable`. */
export class HoldError extends TypeError {}

/** A resource, and how many probes use it. */
interface Held {
  readonly resource: Disposable;
  probes: number;
}

/**
 * Makes what the attempts of a probe share, if it has a `hold`.
 *
 * @throws {HoldError} If its `hold` throws, or returns no `Disposable`.
 */
export function resourceOf(
  { hold, type, secrets }: Probe,
): Disposable | undefined {
  if (hold === undefined) return undefined;
  const shown = (value: unknown): string =>
    oneLine(secrets?.redact(inWords(value)) ?? inWords(value));
  const name = `hold() of a probe of the type ${JSON.stringify(type)}`;
  let resource: Disposable | null | undefined;
  try {
    resource = hold();
  } catch (cause) {
    throw new HoldError(`${name} threw ${shown(cause)}`, { cause });
  }
  if (typeof resource?.[Symbol.dispose] === "function") return resource;
  throw new HoldError(
    `Expected ${name} to return a Disposable, got ${shown(resource)}`,
  );
}

/**
 * Passes on a probe, such as to `Fleet.add()`. If its `hold` is at fault, passes on
 * one in its place, whose attempts have that as their error: one bad probe must not
 * keep the other checks from being tried.
 */
export function isolateHold(probe: Probe, use: (probe: Probe) => void): void {
  try {
    use(probe);
  } catch (thrown) {
    if (!(thrown instanceof HoldError)) throw thrown;
    const { hold: _, prepare: __, ...about } = probe;
    const outcome = error({ code: "internal", message: thrown.message });
    use(Object.assign(() => Promise.resolve(outcome), about));
  }
}

/**
 * The resources that probes share from one attempt to the next, such as HTTP
 * clients. Probes of the same kind have the same `hold`: it is called once for
 * all of them.
 */
export class SharedResources {
  readonly #held = new Map<() => Disposable, Held>();

  /**
   * Holds what a probe shares, until it is released as often. Its `hold` may do
   * anything: if `check` throws afterwards, nothing is held.
   *
   * @throws {HoldError} If its `hold` throws, or returns no `Disposable`.
   */
  hold(probe: Probe, check: () => void): void {
    const { hold } = probe;
    if (hold === undefined) return;
    const resource = this.#held.has(hold) ? undefined : resourceOf(probe);
    const held = this.#held.get(hold);
    if (held !== undefined) {
      held.probes++;
      // Meanwhile, its `hold` has added a probe with the same `hold`.
      resource?.[Symbol.dispose]();
    } else if (resource !== undefined) {
      this.#held.set(hold, { resource, probes: 1 });
    }
    try {
      check();
    } catch (error) {
      this.release(probe);
      throw error;
    }
  }

  /** Releases what a probe shares. */
  release({ hold }: Probe): void {
    const held = hold && this.#held.get(hold);
    if (hold === undefined || held === undefined || --held.probes > 0) return;
    this.#held.delete(hold);
    held.resource[Symbol.dispose]();
  }
}
