import type { Rollup } from "../../core/rollup.ts";
import type { Snapshot } from "../../core/types.ts";
import type { PastAttempt } from "../../fleet/history.ts";

/** What the table is made of. */
export interface TableContent {
  readonly rollup: Rollup;
  readonly snapshots: readonly Snapshot[];
  /** The last attempts at a check, oldest first. */
  readonly attempts: (id: string) => readonly PastAttempt[];
  /** Where the HTTP app is, or `null` if it is nowhere. */
  readonly url: string | null;
  /** What there was to say last, beside the results. */
  readonly note: string;
  /** The time of day, in milliseconds of the epoch. */
  readonly now: number;
}
