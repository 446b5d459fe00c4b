import type { Rollup } from "../../core/rollup.ts";
import type { Snapshot } from "../../core/types.ts";
import type { PastAttempt } from "../../fleet/history.ts";

/** What the table shows. */
export interface TableContent {
  readonly rollup: Rollup;
  readonly snapshots: readonly Snapshot[];
  /** The last attempts of a check, the oldest first. */
  readonly attempts: (id: string) => readonly PastAttempt[];
  /** The URL of the HTTP app, or `null` if there is none. */
  readonly url: string | null;
  /** The last message. */
  readonly note: string;
  /** The wall clock, in milliseconds since the epoch. */
  readonly now: number;
}
