import type { Muted } from "../past/incident.ts";
import type { Reason, Status } from "../types.ts";
import type { Caption } from "./caption.ts";

/** How a check is now, as far as notifiers are concerned. */
export interface Sighting extends Caption {
  /**
   * Its settled status. A check that is merely not known yet is not seen at all:
   * `unknown` is one whose attempts end in errors.
   */
  readonly status: Status;
  /** Since when it is that, in milliseconds of the epoch. */
  readonly since: number;
  /** Why; `null` if it is healthy. */
  readonly reason: Reason | null;
  /** Its incident that lasts, if there is one. */
  readonly incident: { readonly id: string; readonly began: number } | null;
  /** Why nobody is told of it now; `null` if people are to be told. */
  readonly muted: Muted | null;
  /** When it was seen, in milliseconds of the epoch. */
  readonly at: number;
}

/** What notifiers know of the whole fleet when they look what is to be told. */
export interface Scene {
  /** How many checks there are. */
  readonly checks: number;
  /** How many of them have failed since an instant, and are down. */
  downSince(at: number): number;
  /** Whether a check has failed with its last attempt, or is unhealthy. */
  hasFailed(check: string): boolean;
  /** Whether every check has been tried once since the start. */
  readonly isComplete: boolean;
}
