/** Places for histories in tests, and what is written there. */

import type { Entry } from "../../../../src/sinks/history/batch.ts";
import { EventWriter } from "../../../../src/sinks/history/events.ts";
import type { Store } from "../../../../src/sinks/history/store/store.ts";

/** A folder with a place for a history, which is gone at the end of the block. */
export async function place(): Promise<
  { readonly folder: string; readonly path: string } & AsyncDisposable
> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  return {
    folder,
    path: `${folder}/lifesign.db`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** An entry with some events in a time. */
export function entryOf(
  since: number,
  until: number,
  write: (events: EventWriter) => void = () => {},
  more: Partial<Omit<Entry, "checks">> & {
    readonly checks?: readonly (readonly [number, string])[];
  } = {},
): Entry {
  const events = new EventWriter();
  write(events);
  const { checks, ...rest } = more;
  return {
    batches: [{ since, until, ...events.take() }],
    states: [],
    forgotten: [],
    incidents: [],
    ...rest,
    checks: checks === undefined ? "" : JSON.stringify(checks),
  };
}

/** Seals all that can be. */
export function sealAll(store: Store): void {
  while (store.seal());
}
