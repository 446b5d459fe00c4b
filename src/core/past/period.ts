import type { Verdict } from "../types.ts";
import type { LatencyHistogram } from "./latency.ts";
import type { Spans } from "./uptime.ts";

/** What is known of a check in a range of time. */
export interface Period {
  /** When it begins, in milliseconds of the epoch. */
  readonly from: number;
  /** When it ends, likewise; the end is not in it. */
  readonly to: number;
  /** How the check was for how long. */
  readonly spans: Spans;
  /** How many attempts had each verdict. */
  readonly counts: Readonly<Record<Verdict, number>>;
  /** How long the attempts took that passed, with a warning or without. */
  readonly latency: LatencyHistogram;
}
