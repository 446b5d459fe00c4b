import { mapOf } from "../../../core/json.ts";
import type { Looker } from "../../../fleet/sharing.ts";
import { type Found, fromJson } from "./found.ts";
import type { Place } from "./place.ts";

/** What one agent has found, as it has sent it. */
export interface Batch {
  /** Who has looked. */
  readonly looker: Looker;
  /** Another text for each run of each program. */
  readonly instance: string;
  /** The hash of its config. */
  readonly config: string;
  readonly found: readonly (readonly [place: Place, found: Found])[];
}

/** Of how many runs of agents the numbers are known. */
const MAX_RUNS = 1_000;

/** Reads the batches of other agents, and notices if one is missing. */
export class Inbox {
  /** The number of the last batch of each run of each agent. */
  readonly #numbers = new Map<string, number>();

  /**
   * Reads a batch; nothing if it is not of this form. What is not of this form in
   * it is left out.
   */
  read(
    value: unknown,
  ): Batch & { readonly isMissingSome: boolean } | undefined {
    const { agent, region, instance, config, number, found } = mapOf(value);
    const isOne = typeof agent === "string" && typeof instance === "string" &&
      (region === undefined || typeof region === "string") &&
      typeof config === "string" && Number.isSafeInteger(number) &&
      Array.isArray(found);
    if (!isOne) return undefined;
    const key = JSON.stringify([agent, instance]);
    const last = this.#numbers.get(key);
    this.#numbers.delete(key);
    this.#numbers.set(key, number as number);
    if (this.#numbers.size > MAX_RUNS) {
      const [oldest] = this.#numbers.keys();
      this.#numbers.delete(oldest!);
    }
    return {
      looker: { agent, ...(region !== undefined && { region }) },
      instance,
      config,
      found: (found as unknown[]).flatMap((each) => {
        const read = readOne(each);
        return read === undefined ? [] : [read];
      }),
      // An agent that has just started begins with 1.
      isMissingSome: number !== (last ?? 0) + 1,
    };
  }
}

function readOne(value: unknown): readonly [Place, Found] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [id, region, json] = value;
  if (typeof id !== "string") return undefined;
  if (region !== null && typeof region !== "string") return undefined;
  const found = fromJson(json);
  return found === undefined ? undefined : [[id, region], found];
}
