import type { ClusterWords } from "./cluster.ts";
import type { Policy } from "../../core/policy.ts";
import type { Rollup } from "../../core/rollup.ts";
import type { Snapshot } from "../../core/types.ts";
import type { History } from "../../fleet/history.ts";

/** What is known of the checks, and what else is shown. */
export interface Content {
  readonly rollup: Rollup;
  /** All checks, in the order of the fleet. */
  readonly snapshots: readonly Snapshot[];
  /** The past attempts of a check. */
  readonly history: (id: string) => History | undefined;
  /** The policy of a check; nothing for one whose probe reports by itself. */
  readonly policy: (id: string) => Policy | undefined;
  /** The URL of the HTTP app, or `null` if there is none. */
  readonly url: string | null;
  /** The agents that share the checks, in a few words, if there may be any. */
  readonly cluster?: ClusterWords | undefined;
  /** The last message. */
  readonly note: string;
  /** The wall clock, in milliseconds since the epoch. */
  readonly now: number;
}

/** The terminal that is drawn for. */
export interface Space {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
}

/** The lines of a terminal. */
export interface Drawing {
  readonly lines: readonly string[];
  /** The column of the cursor in the last line, if there is one. */
  readonly cursor?: number;
}
